"""The clock, ids, and the judge of tokens."""

from datetime import datetime
from typing import Protocol

from shared.domain.access import Principal


class Clock(Protocol):
    """The one place that asks the time."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Let that much of this clock's time pass."""


class Ids(Protocol):
    """The one place that makes ids."""

    def new(self) -> str:
        """Return a fresh random GUID in canonical form."""


class Authenticator(Protocol):
    """Judges bearer tokens."""

    async def principal(self, authorization: str | None) -> Principal:
        """Return who an Authorization header's token speaks for.

        Raises InvalidToken, TooManyGroups, or KeysUnavailable where no judgement is possible.
        Which role the principal needs is the endpoint's business.
        """
