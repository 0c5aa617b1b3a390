"""What a mail says: subject, text, HTML and calendar from the frozen message, never from a clock.

A repeat is the same to the byte, since days are counted from the day of the message. Words and
layout are in `mail_templates/`: three templates each for reminders, for notices, for support and
for its monthly report.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.adapters.mail_words import ENTERED, item, month, news, one_line, section, sections
from shared.domain.messages import SUPPORT, Line, Message, Notice
from shared.domain.reminders import secret_of
from shared.domain.reports import MonthlyReport

TEXT_WIDTH: Final = 70
"""Columns of a text, as its rules are drawn."""

TEMPLATES: Final = Path(__file__).with_name("mail_templates")

_FRAME: Final = ("base.html", "styles.html")
_LIST: Final = (*_FRAME, "section.html")
_REASONS: Final = ("reason.html", "reason.txt", "addresses.html", "addresses.txt")

PARTS: Final[Mapping[str, Sequence[str]]] = {
    "coverage": (*_FRAME, "coverage.words.txt"),
    "notice": (*_LIST, "notice.row.html"),
    "reminder": (*_LIST, "reminder.row.html"),
    "support": (*_LIST, "reminder.row.html", *_REASONS),
}
"""The kinds of mails: of which templates each is made, besides its own three."""

ENDINGS: Final = (".subject.txt", ".txt", ".html")
"""Of a kind's own templates."""

_CALENDAR: Final = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What differs between deployments; the URLs are absolute."""

    provider_name: str
    portal_url: str
    support_email: str
    api_auth_guide_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail in words: text and HTML say the same. The subject is one line."""

    subject: str
    text: str
    html: str
    attachments: Sequence[Attachment]


class Rendering:
    """Renders messages in a deployment's wording."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._texts = _text_environment()
        self._pages = _html_environment()
        self._loaded: set[str] = set()

    def preparing(self, message: Message) -> Iterator[None]:
        """Load what a mail of this kind needs and was not needed before, one thing a step.

        A mail loads by itself what is missing, and holds up everything else meanwhile: 25 ms, where
        a step takes 5, and the calendar's library another 15.
        """
        kind = _kind(message)
        calendar = (_CALENDAR,) if _entered(message) else ()
        for name in (*(f"{kind}{ending}" for ending in ENDINGS), *PARTS[kind], *calendar):
            if name not in self._loaded:
                self._loaded.add(name)
                self._load(name)
                yield

    def _load(self, name: str) -> None:
        if name == _CALENDAR:
            _calendar_writer()
        else:
            environment = self._pages if name.endswith(".html") else self._texts
            environment.get_template(name)

    def __call__(self, message: Message) -> Rendered:
        """Return the mail; a fault of a template or of the message raises."""
        kind = _kind(message)
        entered = _entered(message)
        model = self._model(message, entered)
        subject = one_line(self._texts.get_template(f"{kind}.subject.txt").render(model))
        text = self._texts.get_template(f"{kind}.txt").render(model)
        html = self._pages.get_template(f"{kind}.html").render(model, subject=subject)
        attachments = (self._calendar(message, entered),) if entered else ()
        return Rendered(
            subject=subject, text=text.strip() + "\n", html=html, attachments=attachments
        )

    def _model(self, message: Message, entered: Sequence[Line]) -> Mapping[str, Any]:
        if message.notice is not None:
            return self._notice(message.notice, message.on)
        if message.report is not None:
            return self._report(message.report)
        items = [item(line, message.on) for line in message.lines]
        # Support may hear of a secret for two reasons.
        secrets = {
            secret_of(line.claim): each for line, each in zip(message.lines, items, strict=True)
        }
        reasons = {line.unreachable for line in message.lines if line.unreachable}
        return {
            "wording": self._wording,
            "first": items[0],
            "total": len(secrets),
            "expired": sum(each.is_expired for each in secrets.values()),
            "entered": len(entered),
            "applications": len({line.client_id for line in message.lines}),
            "sections": sections(message.lines, items, self._wording.portal_url),
            "has_successor": any(each.successor for each in items),
            "is_nobody_told": not any(each.is_partial for each in reasons),
        }

    def _notice(self, notice: Notice, on: date) -> Mapping[str, Any]:
        told = news(notice, on)
        return {
            "wording": self._wording,
            "told": told,
            "section": section(notice, told, self._wording.portal_url),
        }

    def _report(self, report: MonthlyReport) -> Mapping[str, Any]:
        return {
            "wording": self._wording,
            "month": month(report.month),
            "examined": report.examined,
            # What is about the portal itself counts as one.
            "total": sum(max(1, each.total) for each in report.kinds),
            "kinds": report.kinds,
            "unread": report.unread,
        }

    def _calendar(self, message: Message, entered: Sequence[Line]) -> Attachment:
        content = _calendar_writer()(entered, message.on, self._wording.portal_url)
        return Attachment(name="client-secrets.ics", content_type="text/calendar", content=content)


def _calendar_writer() -> Callable[[Iterable[Line], date, str], bytes]:
    from shared.adapters.mail_calendar import (  # noqa: PLC0415 - slow to load, seldom needed
        calendar,
    )

    return calendar


def _kind(message: Message) -> str:
    if message.notice is not None:
        return "notice"
    if message.report is not None:
        return "coverage"
    return "support" if message.recipient.partition == SUPPORT else "reminder"


def _entered(message: Message) -> Sequence[Line]:
    """Return the lines that go into the reader's calendar; support plans nobody's rotation."""
    if message.recipient.partition == SUPPORT:
        return ()
    return [line for line in message.lines if line.stage in ENTERED]


def _text_environment() -> Environment:
    # Texts and pages have an environment each: one that escapes showed "&lt;" in texts.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text: nothing reads it as markup  # nosec B701
        finalize=one_line,
        # What is deployed does not change; each mail would ask a disk for the age of ten files.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = partial(wrap, width=TEXT_WIDTH)
    return environment


def _html_environment() -> Environment:
    return _text_environment().overlay(autoescape=True)
