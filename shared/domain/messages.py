"""Mails: whom they reach, what they say, and what has become of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from shared.domain.ids import ClientId, KeyId, MessageId, UserId
from shared.domain.reminders import Claim, Stage
from shared.domain.reports import MonthlyReport

Partition = NewType("Partition", str)
"""Whose reminders they are in the ledger: a user's id, or `support`."""

SUPPORT = Partition("support")


class State(StrEnum):
    """Where a message stands. What is final is never sent again."""

    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    VOID = "void"

    @property
    def is_final(self) -> bool:
        return self not in {State.READY, State.SENDING}

    @property
    def is_mailed(self) -> bool:
        return self in {State.ACCEPTED, State.DELIVERED}


class Unreachable(StrEnum):
    """Why support hears of a secret instead of, or besides, its credential managers.

    Those of a mail are known from what became of it, and go with the addresses concerned.
    """

    UNMANAGED = "unmanaged"
    GROUP_WITHOUT_ROLE = "group_without_role"
    GROUP_EMPTY = "group_empty"
    MEMBERS_UNREACHABLE = "members_unreachable"
    GROUP_UNREADABLE = "group_unreadable"
    """The directory does not say who is in one of the groups."""
    BOUNCED = "bounced"
    """The mail came back, or the address is left alone since an earlier one did."""
    FAILED = "failed"
    """The mail service refused the address or gave up."""
    UNCERTAIN = "uncertain"
    """Nobody can say whether the mail went out."""

    @property
    def is_partial(self) -> bool:
        """Others may have been told."""
        return self.is_of_a_mail or self is Unreachable.GROUP_UNREADABLE

    @property
    def is_of_a_mail(self) -> bool:
        """There was somebody to be told, and the mail did not arrive."""
        return self in UNDELIVERED.values()


UNDELIVERED = {
    State.BOUNCED: Unreachable.BOUNCED,
    State.FAILED: Unreachable.FAILED,
    State.UNCERTAIN: Unreachable.UNCERTAIN,
}
"""What support is told of a reminder whose message ended so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A direct member of a group of credential managers."""

    user_id: UserId
    address: str | None
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody to be told, at one address."""

    partition: Partition
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The newer secret that may take over."""

    secret: str | None
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One secret in a mail, frozen when the mail is claimed: a repeat says the same."""

    claim: Claim
    client_id: ClientId
    application: str
    secret: str | None
    hint: str | None
    ends_at: datetime
    stage: Stage
    successor: Successor | None
    unreachable: Unreachable | None
    addresses: tuple[str, ...] = ()
    """For support: where the reminder did not arrive."""


class Change(StrEnum):
    """What was done to a secret through the portal."""

    CREATED = "created"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That somebody created or deleted a secret: its credential managers hear of it."""

    change: Change
    client_id: ClientId
    application: str
    organisation: str
    key_id: KeyId
    secret: str | None
    hint: str | None
    ends_at: datetime
    by: str | None
    """The display name of whoever did it."""
    at: datetime

    @property
    def claim(self) -> Claim:
        return Claim(f"{self.key_id}|{self.change}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one recipient: an organisation's reminders, one notice, or a monthly report.

    `nonce` names its writer, so that a claim whose answer was lost is recognised as one's own;
    `version` is the ledger's own word for the state that was read.
    """

    message_id: MessageId
    recipient: Recipient
    organisation: str
    on: date
    claimed_at: datetime
    edition: str
    """The mailer's words and layout: a message that was posted is only repeated in the same."""
    lines: tuple[Line, ...] = ()
    notice: Notice | None = None
    report: MonthlyReport | None = None
    state: State
    nonce: str
    posted_at: datetime | None = None
    attempts: int = 0
    version: str = ""

    def __post_init__(self) -> None:
        """Refuse a message about nothing, or about two things."""
        if bool(self.lines) + (self.notice is not None) + (self.report is not None) != 1:
            raise ValueError("a message holds reminders, one notice, or one report")

    @property
    def claims(self) -> frozenset[Claim]:
        if self.notice is not None:
            return frozenset({self.notice.claim})
        if self.report is not None:
            return frozenset({self.report.claim})
        return frozenset(line.claim for line in self.lines)

    @property
    def is_escalated(self) -> bool:
        """Whether support hears of it where it does not arrive."""
        return self.recipient.partition != SUPPORT and self.notice is None

    @property
    def client_ids(self) -> frozenset[ClientId]:
        """The applications on which it depends: a report tells of a month, and of none."""
        if self.notice is not None:
            return frozenset({self.notice.client_id})
        return frozenset(line.client_id for line in self.lines)


def moved(message: Message, state: State, *, posted_at: datetime | None = None) -> Message:
    """Return the message in another state; a time of posting counts as one more attempt."""
    if posted_at is None:
        return replace(message, state=state)
    return replace(message, state=state, posted_at=posted_at, attempts=message.attempts + 1)
