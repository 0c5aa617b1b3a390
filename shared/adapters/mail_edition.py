"""The edition of the mails: a message that was posted is posted again in the same one alone."""

from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from typing import Final

from shared.adapters.mail_rendering import TEMPLATES, Wording

# To be raised by one with every change of code that changes what a mail says, how it is laid out
# or what goes along with it (mail_*.py, Letters, plain_text), and with every release of jinja2 or
# icalendar that does: none of them is in the digest.
LAYOUT: Final = 1

_DIGITS: Final = 12


def edition(
    wording: Wording,
    sender: str,
    reply_to: str,
    *,
    templates: Path = TEMPLATES,
    layout: int = LAYOUT,
) -> str:
    """Return a short digest of all that shapes a mail besides its message; reads the templates."""
    digest = sha256()
    for part in (str(layout), *astuple(wording), sender, reply_to):
        digest.update(_framed(part.encode()))
    for path in sorted(templates.iterdir()):
        digest.update(_framed(path.name.encode()) + _framed(path.read_bytes()))
    return digest.hexdigest()[:_DIGITS]


def _framed(part: bytes) -> bytes:
    """Return the part behind its length, so that no two sequences of parts are one."""
    return len(part).to_bytes(8, "big") + part
