"""The mail service."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from shared.domain.ids import MessageId
from shared.domain.messages import Message


class Posting(Enum):
    """What one attempt to post a mail came to."""

    ACCEPTED = auto()
    REFUSED_FOR_RECIPIENT = auto()
    """The address is malformed: surely not taken, and never will be."""
    SUPPRESSED = auto()
    """The address bounced before, and the service drops what is sent to it: surely not taken."""
    NOT_NOW = auto()
    """Too many requests: surely not taken."""
    REFUSED_FOR_SENDER = auto()
    """Our credentials, sender or request: surely not taken, and not the recipient's fault."""
    UNWRITTEN = auto()
    """This one message cannot be put into words: no request was sent."""
    UNKNOWN = auto()
    """The answer was lost: it may have been taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The outcome, and for how many seconds the service wants to be left alone, if it said so."""

    posting: Posting
    retry_after: int | None = None


class Status(Enum):
    """What the mail service knows of a message."""

    TAKEN = auto()
    """It is on its way, or was sent: not necessarily delivered."""
    FAILED = auto()
    SUPPRESSED = auto()
    """It was dropped since the address is suppressed."""
    DENIED = auto()
    """The service itself says that it has no such message."""
    NO_ANSWER = auto()
    """It did not say, or may not be asked now."""


class Mailer(Protocol):
    """Hands mails to the mail service."""

    @property
    def edition(self) -> str:
        """Name the words and the layout of the mails: it changes with any of them."""

    async def post(self, message: Message) -> Posted:
        """Send exactly one request, with the message's id as the operation's; never raise."""

    async def status(self, message_id: MessageId) -> Status:
        """Ask what became of a message; never raise."""
