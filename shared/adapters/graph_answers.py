"""What comes back from Graph, and how long it is waited for. Knows nothing of the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import orjson


class NotSent(Exception):
    """The request never left: no connection, or no token. Its argument names the kind of fault."""


class AnswerLost(Exception):
    """The request may have had its effect. Its argument names the kind of fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. The body may hold a secret's value: it shows in no repr."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's class of successes

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, as the answer asks for: a number, or a date beside its own Date."""
        wanted = self.headers.get("retry-after", "").strip()
        try:
            if wanted.isdecimal():
                return int(wanted)
            pause = parsedate_to_datetime(wanted) - parsedate_to_datetime(self.headers["date"])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None
        return max(0, int(pause.total_seconds()))


def parsed(body: bytes) -> object:
    """Return the JSON document, or None for what is none.

    No parser's exception gets out: orjson's holds the whole body.
    """
    try:
        document: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a request is tried: seconds per attempt, and the pauses before further attempts.

    A pause is as long as Graph asks for; where it asks for more than `longest_pause`, no further
    attempt is made.
    """

    seconds: float
    pauses: tuple[float, ...] = ()
    longest_pause: float = 0


ONCE = Patience(seconds=30)
"""For a POST: a repeat could make a second secret."""

BRIEF = Patience(seconds=15, pauses=(0.5,), longest_pause=2)
"""Somebody waits for the answer."""

PATIENT = Patience(seconds=60, pauses=(1, 5, 15), longest_pause=60)
"""The daily evaluation, which starts again only in an hour."""
