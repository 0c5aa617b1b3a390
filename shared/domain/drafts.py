"""What is due to whom, and the mails that say so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from shared.domain.applications import Application
from shared.domain.messages import (
    SUPPORT,
    Line,
    Partition,
    Recipient,
    Successor,
    Unreachable,
)
from shared.domain.plain_text import plain
from shared.domain.reminders import Claim, Reminder
from shared.domain.secrets import ClientSecret

MAX_LINES = 40
MAX_LINES_PER_APPLICATION = 20
MAX_ADDRESSES = 10
"""That support is told of in one line: enough to see what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reminder of an application, and who is to be told."""

    application: Application
    reminder: Reminder
    recipients: tuple[Recipient, ...]
    unreachable: Unreachable | None
    addresses: tuple[str, ...] = ()
    """For support: where the reminder did not arrive."""

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
    counts: Counter[str] = Counter()
    lines: list[Line] = []
    for item in due:
        client_id = item.application.client_id
        counts[client_id] += 1
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
        addresses=due.addresses,
    )


def _successor(secret: ClientSecret) -> Successor:
    return Successor(secret=plain(secret.display_name), hint=plain(secret.hint))


def _urgency(due: Due) -> tuple[datetime, str, str]:
    secret = due.reminder.secret
    return (secret.end, due.application.client_id, secret.key_id)
