"""What follows from what became of a mail: when to ask, to post again, to give up, to leave alone.

The mail service documents neither what a second post of one id does nor how long it remembers an
id. So a message whose answer was lost is asked about only after WAIT: longer than the time-out of a
post, a late arrival and the lag of the service's status together. It is posted again only if the
service denies it within HORIZON, and never after.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from hashlib import sha256
from typing import NewType

from shared.domain.messages import Message, State

WAIT = timedelta(minutes=30)
HORIZON = timedelta(hours=24)

AddressDigest = NewType("AddressDigest", str)
"""The hex SHA-256 of an address in lower case: what is suppressed is not kept in the clear."""

SUPPRESSIONS = (
    timedelta(hours=24),
    timedelta(hours=48),
    timedelta(hours=96),
    timedelta(days=7),
    timedelta(days=14),
)
"""For so long the mail service drops mails to an address that bounced again and again."""

LONGEST_SUPPRESSION = max(SUPPRESSIONS)

MAX_ATTEMPTS = 10
"""What could not be written so often never will be: support is told instead."""

FORGIVEN_AFTER = timedelta(days=30)
"""An address that did not bounce for so long after its suppression starts at the first again."""


class Step(Enum):
    """What an open message needs next."""

    SEND = auto()
    """It surely was not taken."""
    WAIT = auto()
    """Its answer was lost too short a time ago: the service may not know it yet."""
    ASK = auto()
    """Ask the service what became of it."""


def next_step(message: Message, now: datetime) -> Step:
    """Return what to do with a message that is `ready` or `sending`."""
    if message.state is State.READY or message.posted_at is None:
        return Step.SEND
    return Step.WAIT if now - message.posted_at < WAIT else Step.ASK


def is_denial_sound(message: Message, now: datetime) -> bool:
    """Tell whether the service's denial of a message counts: it may have forgotten an older one."""
    return message.posted_at is not None and now - message.posted_at < HORIZON


class Report(StrEnum):
    """What the mail service reports of a mail that it had accepted."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """It came back, or was dropped since the address is suppressed."""
    LOST = "lost"
    """It failed on the way, or was taken for spam."""


_REPORTABLE = frozenset({State.SENDING, State.ACCEPTED, State.UNCERTAIN})


def reported(state: State, report: Report) -> State | None:
    """Return the state that a report moves a message to; None where it changes nothing.

    Reports come at least once and in any order: what came back was not delivered, whatever is
    reported before or after. A report proves that the service took the message.
    """
    if report is Report.DELIVERED:
        return State.DELIVERED if state in _REPORTABLE else None
    return State.BOUNCED if state in _REPORTABLE | {State.DELIVERED} else None


def digest(address: str) -> AddressDigest:
    return AddressDigest(sha256(address.lower().encode()).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """For how long an address is left alone. `level` counts bounces in a row, from 1."""

    since: datetime
    level: int

    @property
    def until(self) -> datetime:
        return self.since + SUPPRESSIONS[min(self.level, len(SUPPRESSIONS)) - 1]


def suppressed(known: Suppression | None, bounced_at: datetime) -> Suppression:
    """Return the suppression after a bounce.

    One while the address is left alone changes nothing: that mail was sent before, or is reported
    again.
    """
    if known is None or bounced_at - known.until > FORGIVEN_AFTER:
        return Suppression(since=bounced_at, level=1)
    if bounced_at < known.until:
        return known
    return Suppression(since=bounced_at, level=min(known.level + 1, len(SUPPRESSIONS)))
