"""What vendors say, made fit for a log, and how much patience they may ask for."""

import re

DEFAULT_RETRY_AFTER = 10
MAX_RETRY_AFTER = 120
"""Seconds."""

_UNPRINTABLE = re.compile(r"[^\w.:,-]", re.ASCII)
_MAX_LOGGED = 80


def printable(text: str) -> str:
    """Return a code or an id that cannot break its line; `-` for none."""
    return _UNPRINTABLE.sub("?", text[:_MAX_LOGGED]) or "-"


def bounded(seconds: int) -> int:
    """Return the patience that was asked for, within reason."""
    return min(max(seconds, 1), MAX_RETRY_AFTER)
