"""Mails: whom they reach, what they say, and what has become of them."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import NewType

from shared.domain.applications import Application
from shared.domain.ids import ClientId, MessageId, UserId
from shared.domain.reminders import Claim, Reminder, Stage
from shared.domain.secrets import ClientSecret

Partition = NewType("Partition", str)
"""Whose reminders they are in the ledger: a user's id, or `support`."""

SUPPORT = Partition("support")
MAX_LINES = 40
MAX_LINES_PER_APPLICATION = 20
MAX_TEXT = 120
"""Characters of a name in a mail; a name may come from anywhere."""


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
    """Why support hears of a secret instead of, or besides, its credential managers."""

    UNMANAGED = "unmanaged"
    GROUP_WITHOUT_ROLE = "group_without_role"
    GROUP_EMPTY = "group_empty"
    MEMBERS_UNREACHABLE = "members_unreachable"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one recipient about one organisation.

    `nonce` names its writer, so that a claim whose answer was lost is recognised as one's own;
    `version` is the ledger's own word for the state that was read.
    """

    message_id: MessageId
    recipient: Recipient
    organisation: str
    on: date
    lines: tuple[Line, ...]
    state: State
    nonce: str
    posted_at: datetime | None = None
    attempts: int = 0
    version: str = ""

    @property
    def claims(self) -> frozenset[Claim]:
        return frozenset(line.claim for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reminder of an application, and who is to be told."""

    application: Application
    reminder: Reminder
    recipients: tuple[Recipient, ...]
    unreachable: Unreachable | None

    @property
    def claim(self) -> Claim:
        claim = self.reminder.claim
        return Claim(f"{claim}|{self.unreachable}") if self.unreachable else claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a mail is to say, before it has been claimed."""

    recipient: Recipient
    organisation: str
    lines: tuple[Line, ...]


def by_recipient(due: Iterable[Due]) -> Mapping[Partition, Sequence[tuple[Recipient, Due]]]:
    """Return what each recipient is to be told, the recipient with the most urgent first."""
    told: dict[Partition, list[tuple[Recipient, Due]]] = {}
    for item in sorted(due, key=_urgency):
        for recipient in item.recipients:
            told.setdefault(recipient.partition, []).append((recipient, item))
    return told


def drafts(told: Sequence[tuple[Recipient, Due]]) -> Iterator[Draft]:
    """Yield one draft per organisation, for one recipient, from what is due and unclaimed.

    What exceeds the limits of one mail is left for the next firing. Support gets one digest.
    """

    def organisation(item: tuple[Recipient, Due]) -> str:
        recipient, due = item
        return SUPPORT if recipient.partition == SUPPORT else due.application.organisation

    for name, group in groupby(sorted(told, key=organisation), key=organisation):
        items = list(group)
        lines = _lines(sorted((due for _, due in items), key=_urgency))
        yield Draft(recipient=items[0][0], organisation=name, lines=tuple(lines))


def _lines(due: Sequence[Due]) -> list[Line]:
    counts: dict[ClientId, int] = {}
    lines: list[Line] = []
    for item in due:
        client_id = item.application.client_id
        counts[client_id] = counts.get(client_id, 0) + 1
        if counts[client_id] <= MAX_LINES_PER_APPLICATION and len(lines) < MAX_LINES:
            lines.append(_line(item))
    return lines


def _line(due: Due) -> Line:
    secret, successor = due.reminder.secret, due.reminder.successor
    return Line(
        claim=due.claim,
        client_id=due.application.client_id,
        application=plain(due.application.display_name) or due.application.client_id,
        secret=plain(secret.display_name),
        hint=plain(secret.hint),
        ends_at=secret.end,
        stage=due.reminder.stage,
        successor=_successor(successor) if successor else None,
        unreachable=due.unreachable,
    )


def _successor(secret: ClientSecret) -> Successor:
    return Successor(secret=plain(secret.display_name), hint=plain(secret.hint))


def plain(text: str | None) -> str | None:
    """Return text that cannot break out of its line, at most MAX_TEXT long; None for nothing."""
    if text is None:
        return None
    kept = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in text
        if unicodedata.category(character) not in {"Cf", "Cs"}
    )
    words = " ".join(kept.split())
    if len(words) > MAX_TEXT:
        words = words[: MAX_TEXT - 1] + "…"
    return words or None


def _urgency(due: Due) -> tuple[datetime, str, str]:
    secret = due.reminder.secret
    return (secret.end, due.application.client_id, secret.key_id)


def moved(message: Message, state: State, *, posted_at: datetime | None = None) -> Message:
    """Return the message in another state; a time of posting counts as one more attempt."""
    if posted_at is None:
        return replace(message, state=state)
    return replace(message, state=state, posted_at=posted_at, attempts=message.attempts + 1)
