"""What a mail speaks of, in words: secrets, dates, and the applications that they belong to."""

import unicodedata
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Final

from shared.domain.ids import ClientId
from shared.domain.messages import Change, Line, Notice, Unreachable
from shared.domain.plain_text import plain
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
_WIDE: Final = frozenset({"F", "W"})
_MAX_SUBJECT_NAME: Final = 60
"""Columns: a longer name would push the deadline out of sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant, such as `Fri 4 Dec 2026, 23:59 UTC`."""

    day: str
    time: str

    def __str__(self) -> str:
        return f"{self.day}, {self.time}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One secret, in words: `brief` for a subject, `label` follows the word "secret"."""

    brief: str
    label: str
    stage: Stage
    end: Moment
    when: str
    successor: str | None

    @property
    def is_expired(self) -> bool:
        return self.stage is Stage.EXPIRED

    @property
    def tone(self) -> str:
        return self.stage


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was done to a secret, in words; `place` says in a subject whose it is."""

    brief: str
    label: str
    place: str
    change: Change
    done: Moment
    by: str
    end: Moment
    when: str

    @property
    def is_created(self) -> bool:
        return self.change is Change.CREATED

    @property
    def tone(self) -> str:
        return self.change


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The secrets of one application, the most urgent first."""

    application: str
    client_id: ClientId
    link: str
    items: Sequence[Item | News]
    reason: Unreachable | None = None
    addresses: Sequence[str] = ()


def one_line(value: object) -> str:
    """Return the value as text that stays in its line, in sight and in its own direction."""
    words = " ".join(str(value).split())
    return "".join(each for each in words if unicodedata.category(each) not in _UNSEEN)


def item(line: Line, on: date) -> Item:
    """Return a line in words; days are counted from the day of its message."""
    successor = line.successor
    return Item(
        brief=_brief(line.secret, line.hint),
        label=_label(line.secret, line.hint),
        stage=line.stage,
        end=_moment(line.ends_at),
        when=_when((line.ends_at.date() - on).days),
        successor=_label(successor.secret, successor.hint) if successor else None,
    )


def news(notice: Notice, on: date) -> News:
    """Return a notice in words; days are counted from the day of its message."""
    secret, hint = plain(notice.secret), plain(notice.hint)
    return News(
        brief=_brief(secret, hint),
        label=_label(secret, hint),
        place=_cut(_place(notice), _MAX_SUBJECT_NAME),
        change=notice.change,
        done=_moment(notice.at),
        by=plain(notice.by) or "a credential manager",
        end=_moment(notice.ends_at),
        when=_when((notice.ends_at.date() - on).days),
    )


def sections(lines: Sequence[Line], items: Sequence[Item], portal_url: str) -> Sequence[Section]:
    """Group the items of these lines by application, reason and addresses, in their order."""
    grouped: dict[tuple[ClientId, Unreachable | None, tuple[str, ...]], list[Item]] = {}
    names: dict[ClientId, str] = {}
    for line, each in zip(lines, items, strict=True):
        grouped.setdefault((line.client_id, line.unreachable, line.addresses), []).append(each)
        names[line.client_id] = line.application
    return [
        Section(
            application=names[client_id],
            client_id=client_id,
            link=link(portal_url, client_id),
            items=found,
            reason=reason,
            addresses=addresses,
        )
        for (client_id, reason, addresses), found in grouped.items()
    ]


def section(notice: Notice, told: News, portal_url: str) -> Section:
    """Return the application of a notice with what was done to its secret."""
    return Section(
        application=plain(notice.application) or notice.client_id,
        client_id=notice.client_id,
        link=link(portal_url, notice.client_id),
        items=[told],
    )


def link(portal_url: str, client_id: ClientId) -> str:
    """Return where an application is on the page."""
    return f"{portal_url}#{client_id}"


def _place(notice: Notice) -> str:
    """Return the organisation, or the application where it stands for an organisation."""
    organisation = plain(notice.organisation)
    if organisation and organisation != notice.client_id:
        return organisation
    return plain(notice.application) or notice.client_id


def _name(secret: str | None, hint: str | None) -> str:
    """Return the quoted name; quotes within it cannot end the quotation."""
    if secret:
        return '"{}"'.format(secret.replace('"', "'"))
    return f"without a name that starts with {hint}…" if hint else "without a name"


def _brief(secret: str | None, hint: str | None) -> str:
    return _name(_cut(secret, _MAX_SUBJECT_NAME) if secret else None, hint)


def _label(secret: str | None, hint: str | None) -> str:
    name = _name(secret, hint)
    return f"{name} (starts with {hint})" if secret and hint else name


def _cut(text: str, columns: int) -> str:
    """Return the text, or what of it fits with an ellipsis; a wide character takes two columns."""
    ends = [*accumulate(1 + (unicodedata.east_asian_width(each) in _WIDE) for each in text)]
    if not ends or ends[-1] <= columns:
        return text
    return f"{text[: bisect(ends, columns - 1)]}…"


def month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _moment(instant: datetime) -> Moment:
    weekday, month = _WEEKDAYS[instant.weekday()], _MONTHS[instant.month - 1]
    return Moment(
        day=f"{weekday} {instant.day} {month} {instant.year}", time=f"{instant:%H:%M} UTC"
    )


def _when(days: int) -> str:
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"
