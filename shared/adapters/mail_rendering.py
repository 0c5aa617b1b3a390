"""What a mail says: the same message always gives the same words, wherever it is rendered.

The sentences are in mail_templates/; here is what they are told: dates, counts, groups, reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.domain.ids import ClientId
from shared.domain.messages import SUPPORT, Line, Message, Unreachable, plain
from shared.domain.reminders import Stage

MAX_SUBJECT_NAME: Final = 60
"""Characters: a longer name would push the deadline out of the line in a list of mails."""

# Never by strftime: its names follow the locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the mails say of the portal itself. URLs without a trailing slash."""

    provider_name: str
    portal_url: str
    support_email: str
    api_auth_guide_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message in words."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why support hears of an application, and what mends that."""

    why: str
    remedy: str


PROBLEMS: Final[Mapping[Unreachable, Problem]] = {
    Unreachable.UNMANAGED: Problem(
        why="The portal does not manage this application: it has no valid tag that names a group "
        "of credential managers, or the portal's managed identity is not among its owners.",
        remedy="Add the tag credential-managers:<object id of the group> and the managed identity "
        "as an owner. If the application is retired, tag it credential-portal:ignore.",
    ),
    Unreachable.GROUP_WITHOUT_ROLE: Problem(
        why="No group that its tags name is assigned the role credential_management now.",
        remedy="Assign the group to that role of the portal, or correct the tag.",
    ),
    Unreachable.GROUP_EMPTY: Problem(
        why="The group of its credential managers has no direct members.",
        remedy="Ask the organisation who its technical contacts are, and add them to the group "
        "themselves: members of a group within the group do not count.",
    ),
    Unreachable.MEMBERS_UNREACHABLE: Problem(
        why="The accounts of its credential managers are all disabled or have no mail address.",
        remedy="Enable an account, enter its address, or add another member to the group.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secret:
    described: str
    subject: str
    deadline: str
    day: str
    is_expired: bool
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Application:
    name: str
    client_id: ClientId
    link: str
    secrets: Sequence[_Secret]
    problems: Sequence[Problem]


def _environment() -> Environment:
    environment = Environment(
        autoescape=False,  # noqa: S701 - plain text: escaping would show `&lt;` to the reader
        loader=FileSystemLoader(Path(__file__).parent / "mail_templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    return environment


class MailRenderer:
    """Puts messages into words."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._text = _environment()

    def render(self, message: Message) -> Mail:
        """Return the mail; `message` has at least one line."""
        name = "support" if message.recipient.partition == SUPPORT else "reminder"
        told = self._told(message)
        return Mail(
            subject=" ".join(self._text.get_template(f"{name}.subject.txt").render(told).split()),
            text=self._text.get_template(f"{name}.txt").render(told),
        )

    def _told(self, message: Message) -> dict[str, Any]:
        applications = [
            self._application(client_id, list(lines))
            for client_id, lines in groupby(_together(message.lines), key=lambda l: l.client_id)
        ]
        secrets = [secret for application in applications for secret in application.secrets]
        return {
            "wording": self._wording,
            "applications": applications,
            "secrets": secrets,
            "first": secrets[0],
            "expired": [secret for secret in secrets if secret.is_expired],
            "all_have_successors": all(secret.successor for secret in secrets),
        }

    def _application(self, client_id: ClientId, lines: Sequence[Line]) -> _Application:
        reasons = dict.fromkeys(line.unreachable for line in lines if line.unreachable)
        return _Application(
            name=plain(lines[0].application) or client_id,
            client_id=client_id,
            link=f"{self._wording.portal_url}#{client_id}",
            secrets=[_secret(line) for line in lines],
            problems=[PROBLEMS[reason] for reason in reasons],
        )


def _together(lines: Sequence[Line]) -> Sequence[Line]:
    """Bring each application's lines together, the one with the most urgent line first."""
    places: dict[ClientId, int] = {}
    for line in lines:
        places.setdefault(line.client_id, len(places))
    return sorted(lines, key=lambda line: places[line.client_id])


def _secret(line: Line) -> _Secret:
    name, hint = plain(line.secret), plain(line.hint)
    key_id = line.claim.partition("|")[0]
    return _Secret(
        described=_described(name, hint, key_id),
        subject=_described(_cut(name), None if name else hint, None),
        deadline=f"{_instant(line.ends_at)} ({relative(line.days_left)})",
        day=_day(line.ends_at),
        is_expired=line.stage is Stage.EXPIRED,
        successor=_described(plain(line.successor.secret), plain(line.successor.hint), None)
        if line.successor
        else None,
    )


def _described(name: str | None, hint: str | None, key_id: str | None) -> str:
    """Return what follows the word "secret", so that the reader can tell it from the others."""
    called = f'"{name}"' if name else "without a name"
    if hint:
        return f"{called} (starts with {hint})"
    return called if name or not key_id else f"{called} (ID {key_id})"


def _cut(name: str | None) -> str | None:
    if name is None or len(name) <= MAX_SUBJECT_NAME:
        return name
    return name[: MAX_SUBJECT_NAME - 1].rstrip() + "…"


def _day(instant: datetime) -> str:
    day = instant.astimezone(UTC)
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _instant(instant: datetime) -> str:
    return f"{_day(instant)}, {instant.astimezone(UTC):%H:%M} UTC"


def relative(days_left: int) -> str:
    """Return so many days from today in words."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days_left in near:
        return near[days_left]
    return f"in {days_left} days" if days_left > 0 else f"{-days_left} days ago"


def counted(number: int, noun: str) -> str:
    """Return the number with the noun, in the plural where there is not exactly one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
