"""What a mail speaks of, in words: secrets, dates, and the applications that they belong to."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shared.domain.ids import ClientId
from shared.domain.messages import MAX_TEXT, Line, Successor, Unreachable
from shared.domain.reminders import Stage

# Formatting by the locale would depend on the machine.
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
ENTERED: Final = (Stage.SIX_WEEKS, Stage.THREE_WEEKS)
"""The stages whose last day goes into the reader's calendar: later, the mails come daily."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_MAX_SUBJECT_NAME: Final = 60
"""Characters: a longer name would push the deadline out of sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One secret, in words: `brief` for a subject, `label` follows the word "secret"."""

    brief: str
    label: str
    stage: Stage
    day: str
    time: str
    when: str
    successor: str | None

    @property
    def moment(self) -> str:
        return f"{self.day}, {self.time}"

    @property
    def is_expired(self) -> bool:
        return self.stage is Stage.EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The secrets of one application, the most urgent first."""

    application: str
    client_id: ClientId
    link: str
    reason: Unreachable | None
    items: Sequence[Item]


def one_line(value: object) -> str:
    """Return the value as text that stays in its line, in sight and in its own direction."""
    words = " ".join(str(value).split())
    return "".join(each for each in words if unicodedata.category(each) not in _UNSEEN)


def item(line: Line, on: date) -> Item:
    """Return a line in words; days are counted from the day of its message."""
    return Item(
        brief=_name(line, _MAX_SUBJECT_NAME),
        label=_label(line),
        stage=line.stage,
        day=_day(line.ends_at),
        time=_time(line.ends_at),
        when=_when((line.ends_at.date() - on).days),
        successor=_label(line.successor) if line.successor else None,
    )


def sections(lines: Sequence[Line], items: Sequence[Item], portal_url: str) -> Sequence[Section]:
    """Group the items of these lines by application and reason, in the order in which they come."""
    grouped: dict[tuple[ClientId, Unreachable | None], list[Item]] = {}
    names: dict[ClientId, str] = {}
    for line, each in zip(lines, items, strict=True):
        grouped.setdefault((line.client_id, line.unreachable), []).append(each)
        names[line.client_id] = line.application
    return [
        Section(
            application=names[client_id],
            client_id=client_id,
            link=link(portal_url, client_id),
            reason=reason,
            items=found,
        )
        for (client_id, reason), found in grouped.items()
    ]


def link(portal_url: str, client_id: ClientId) -> str:
    """Return where an application is on the page."""
    return f"{portal_url}#{client_id}"


def _name(secret: Line | Successor, most: int = MAX_TEXT) -> str:
    """Return the quoted name; quotes within it cannot end the quotation."""
    if secret.secret:
        cut = secret.secret if len(secret.secret) <= most else f"{secret.secret[: most - 1]}…"
        return '"{}"'.format(cut.replace('"', "'"))
    return f"without a name that starts with {secret.hint}…" if secret.hint else "without a name"


def _label(secret: Line | Successor) -> str:
    if secret.secret and secret.hint:
        return f"{_name(secret)} (starts with {secret.hint})"
    return _name(secret)


def _day(instant: datetime) -> str:
    weekday, month = _WEEKDAYS[instant.weekday()], _MONTHS[instant.month - 1]
    return f"{weekday} {instant.day} {month} {instant.year}"


def _time(instant: datetime) -> str:
    return f"{instant:%H:%M} UTC"


def _when(days: int) -> str:
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"
