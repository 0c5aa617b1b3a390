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
    earlier: Claim | None = None
    """The reminder of an earlier day that it is about, if it is."""

    @property
    def claim(self) -> Claim:
        claim = self.earlier or self.reminder.claim
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

    What exceeds the limits of one mail is left for the next firing; support gets as many digests
    as it takes.
    """

    def organisation(item: tuple[Recipient, Due]) -> str:
        recipient, due = item
        return SUPPORT if recipient.partition == SUPPORT else due.application.organisation

    for name, group in groupby(sorted(told, key=organisation), key=organisation):
        items = list(group)
        recipient = items[0][0]
        left = sorted((due for _, due in items), key=_urgency)
        while left:
            taken, left = _fitting(left)
            lines = sorted(map(_line, taken), key=lambda line: line.ends_at)
            yield Draft(recipient=recipient, organisation=name, lines=tuple(lines))
            if recipient.partition != SUPPORT:
                break


def _fitting(due: Sequence[Due]) -> tuple[list[Due], list[Due]]:
    """Return what fits into one mail, and the rest."""
    counts: Counter[str] = Counter()
    taken: list[Due] = []
    left: list[Due] = []
    for item in due:
        client_id = item.application.client_id
        fits = counts[client_id] < MAX_LINES_PER_APPLICATION and len(taken) < MAX_LINES
        (taken if fits else left).append(item)
        counts[client_id] += fits
    return taken, left


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


def _urgency(due: Due) -> tuple[int, datetime, str, str]:
    """Order by how near the end is, before or after: what expired long ago does not come first."""
    secret = due.reminder.secret
    return (abs(due.reminder.days_left), secret.end, due.application.client_id, secret.key_id)
