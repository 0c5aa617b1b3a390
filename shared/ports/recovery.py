"""What was begun and not finished: found without a scan, and settled step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.ids import ClientId
from shared.ports.secret_store import Intent


class Begun(StrEnum):
    """What was begun."""

    CREATION = "intent"
    DELETION = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A pointer to what may be unfinished: `name` is an intent's id, or a secret's key id."""

    begun: Begun
    client_id: ClientId
    name: str
    since: datetime
    version: str = ""


class RecoveryStore(Protocol):
    """Finds and settles what creates and deletes left behind. Every change is conditional."""

    async def unfinished(self) -> Sequence[Unfinished]:
        """Return every pointer, of all applications; one request a page."""

    async def forget(self, unfinished: Unfinished) -> None:
        """Drop a pointer, unless it was written anew since it was read."""

    async def intent(self, unfinished: Unfinished) -> Intent | None:
        """Return the intent that a pointer leads to, or None if there is none."""

    async def fence(self, intent: Intent, at: datetime) -> Intent | None:
        """Move an intent to `aborting` from an instant on: its secret is never revealed any more.

        An aborting one begins anew. Returns the intent as it stands then; None if it was no longer
        as it was read.
        """

    async def note_clean_reading(self, intent: Intent) -> Intent | None:
        """Count a reading that listed no secret of an aborting intent.

        Returns the intent as it stands then; None if it was no longer as it was read.
        """
