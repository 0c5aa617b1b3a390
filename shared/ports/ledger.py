"""Reminders: the ledger of what was mailed, and the mail service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Protocol

from shared.domain.ids import MessageId
from shared.domain.messages import Message, Partition, State
from shared.domain.reminders import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLedger:
    """What one recipient has been claimed for: each claim's message, and those messages."""

    claims: Mapping[Claim, MessageId]
    messages: Mapping[MessageId, Message]


class Ledger(Protocol):
    """Remembers what has been mailed. Exclusivity comes from the claims alone."""

    async def is_complete(self, day: date) -> bool:
        """Tell whether the day's evaluation is complete; one request."""

    async def complete(self, day: date, *, managed: int, at: datetime) -> None:
        """Record that everything due on the day is final; doing it twice changes nothing."""

    async def of_recipient(self, partition: Partition) -> RecipientLedger:
        """Return all claims and messages of a recipient; one request a page."""

    async def claim(self, message: Message) -> Message | None:
        """Record the message and its claims together, or nothing.

        Returns the message with its version, also where the answer was lost and the rows read back
        carry its nonce; None if somebody else holds any of the claims.
        """

    async def advance(
        self, message: Message, state: State, *, posted_at: datetime | None = None
    ) -> Message | None:
        """Move the message to another state if it still is as it was read, else return None.

        A lost answer is read back. `posted_at` counts one more attempt.
        """


class Posting(Enum):
    """What one attempt to post a mail came to."""

    ACCEPTED = auto()
    REFUSED_FOR_RECIPIENT = auto()
    """The address is malformed or suppressed: surely not taken, and never will be."""
    NOT_NOW = auto()
    """Too many requests: surely not taken."""
    REFUSED_FOR_SENDER = auto()
    """Our credentials, sender or request: surely not taken, and not the recipient's fault."""
    UNKNOWN = auto()
    """The answer was lost: it may have been taken."""


class Mailer(Protocol):
    """Hands mails to the mail service."""

    async def post(self, message: Message) -> Posting:
        """Send exactly one request, with the message's id as the operation's; never raise."""
