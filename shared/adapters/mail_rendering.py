"""What a mail says: subject and text from the frozen message alone, never from a clock.

A repeat says the same, since days are counted from the day of the message. Words and layout are in
`mail_templates/`: a subject and a text each for credential managers and for support.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.domain.ids import ClientId
from shared.domain.messages import MAX_TEXT, SUPPORT, Line, Message, Successor, Unreachable
from shared.domain.reminders import Stage

TEMPLATES: Final = Path(__file__).with_name("mail_templates")

# Formatting by the locale would depend on the machine.
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What differs between deployments; the URLs are absolute."""

    provider_name: str
    portal_url: str
    support_email: str
    api_auth_guide_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail in words. The subject is one line."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One secret, in words: `brief` for a subject, `label` follows the word "secret"."""

    brief: str
    label: str
    is_expired: bool
    day: str
    moment: str
    when: str
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """The secrets of one application, the most urgent first."""

    application: str
    client_id: ClientId
    link: str
    reason: Unreachable | None
    items: Sequence[_Item]


_MAX_SUBJECT_NAME: Final = 60
"""Characters: a longer name would push the deadline out of sight."""


class Rendering:
    """Renders messages in a deployment's wording."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._texts = _text_environment()

    def __call__(self, message: Message) -> Rendered:
        """Return the mail; a fault of a template or of the message raises."""
        kind = "support" if message.recipient.partition == SUPPORT else "reminder"
        model = self._model(message)
        subject = self._texts.get_template(f"{kind}.subject.txt").render(model)
        text = self._texts.get_template(f"{kind}.txt").render(model)
        return Rendered(subject=_one_line(subject), text=text.strip() + "\n")

    def _model(self, message: Message) -> Mapping[str, Any]:
        items = [_item(line, message.on) for line in message.lines]
        return {
            "wording": self._wording,
            "first": items[0],
            "total": len(items),
            "expired": sum(item.is_expired for item in items),
            "sections": self._sections(message, items),
            "has_successor": any(item.successor for item in items),
        }

    def _sections(self, message: Message, items: Sequence[_Item]) -> Sequence[_Section]:
        """Group by application and reason, in the order in which the lines come."""
        grouped: dict[tuple[ClientId, Unreachable | None], list[_Item]] = {}
        names: dict[ClientId, str] = {}
        for line, item in zip(message.lines, items, strict=True):
            grouped.setdefault((line.client_id, line.unreachable), []).append(item)
            names[line.client_id] = line.application
        return [
            _Section(
                application=names[client_id],
                client_id=client_id,
                link=f"{self._wording.portal_url}#{client_id}",
                reason=reason,
                items=found,
            )
            for (client_id, reason), found in grouped.items()
        ]


def _text_environment() -> Environment:
    # An HTML part needs an environment of its own, with autoescape: one that escapes showed
    # "&lt;" in texts.
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text: nothing reads it as markup
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _one_line(value: object) -> str:
    """Keep every value within its line, whatever it holds: it cannot add lines of its own."""
    return " ".join(str(value).split())


def _item(line: Line, on: date) -> _Item:
    return _Item(
        brief=_name(line, _MAX_SUBJECT_NAME),
        label=_label(line),
        is_expired=line.stage is Stage.EXPIRED,
        day=_day(line.ends_at),
        moment=f"{_day(line.ends_at)}, {line.ends_at:%H:%M} UTC",
        when=_when((line.ends_at.date() - on).days),
        successor=_label(line.successor) if line.successor else None,
    )


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


def _when(days: int) -> str:
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"
