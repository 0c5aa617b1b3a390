"""Mails in one deployment's wording: reminders that end so many days from today, and notices."""

from shared.adapters.mail_rendering import Rendered, Rendering, Wording
from shared.domain.messages import SUPPORT, Change, Line, Recipient
from shared.domain.reminders import Stage
from shared.domain.secrets import end_of
from tests.support.builders import day, line, message, notice

PORTAL_URL = "https://portal.example.org/manage"
SUPPORT_ADDRESS = "support@example.org"
WORDING = Wording(
    provider_name="WMDA",
    portal_url=PORTAL_URL,
    support_email=SUPPORT_ADDRESS,
    api_auth_guide_url="https://guide.example.org/tokens",
)
RENDERING = Rendering(WORDING)
SUPPORTER = Recipient(partition=SUPPORT, address=SUPPORT_ADDRESS)
HOSTILE = [
    'Secret "by" JD',
    "<img src=x onerror=alert(1)>",
    "</td></table><script>alert(1)</script><!--",
    "' style='display:none",
    "&lt;b&gt; &amp; &#8238;",
    "{{ wording.support_email }}{% for x in y %}",
    "{# hidden #}",
    "a\r\nBcc: x@example.org\r\n\r\nb",
    "a; b, c: d\\n e\\, END:VEVENT",
    "a\nEND:VEVENT\nBEGIN:VALARM",
    "\uff37" * 64,
    "\u05e1\u05d5\u05d3 \u05e9\u05dc 5 \u05d3\u05e0\u05d4",
    "Ümläut & Söhne · 秘密",
    "%s %(x)s {0}",
]
"""Names that mean something to some format."""


def rendered(*lines: Line) -> Rendered:
    return RENDERING(message(lines=lines))


def to_support(*lines: Line) -> Rendered:
    return RENDERING(message(lines=lines, recipient=SUPPORTER))


def announced(change: Change = Change.CREATED, **changes: object) -> Rendered:
    return RENDERING(message(notice=notice(1, change=change, **changes)))


def ending(days: int, stage: Stage = Stage.DAILY, **changes: object) -> Line:
    """Return a line; two that end on one day are of one secret."""
    return line(f"{days}", ends_at=end_of(day(days)), stage=stage, **changes)
