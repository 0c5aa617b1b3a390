"""What happened in a run, in order, for whoever replays it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Final

BUGS: Final = ("a reminder cannot be handled", "a notice failed", "could not be written")
"""Alarms that no fault of a service explains."""


class Trace:
    """Keeps nothing unless it is wanted: to write it down costs more than to live it."""

    def __init__(self, now: Callable[[], datetime], *, is_wanted: bool = False) -> None:
        self.lines: list[str] = []
        self._now = now
        self._is_wanted = is_wanted

    def note(self, who: str, what: str, outcome: str) -> None:
        if self._is_wanted:
            self.lines.append(f"{self._now():%Y-%m-%d %H:%M:%S.%f}  {who:<12} {what}  {outcome}")

    def digest(self) -> str:
        return sha256("\n".join(self.lines).encode()).hexdigest()


class _Listener(logging.Handler):
    """Hears what the product logs."""

    def __init__(self, trace: Trace, on_bug: Callable[[str], None]) -> None:
        super().__init__()
        self._trace = trace
        self._on_bug = on_bug

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        self._trace.note("log", text, "")
        if any(bug in text for bug in BUGS):
            self._on_bug(text)


@contextmanager
def listening(trace: Trace, on_bug: Callable[[str], None]) -> Iterator[None]:
    """Hear the product's warnings and errors, and nobody else."""
    with heard_by(_Listener(trace, on_bug), logging.WARNING):
        yield


@contextmanager
def heard_by(listener: logging.Handler, level: int) -> Iterator[None]:
    """Let a handler alone hear what the product logs, from a level on."""
    product = logging.getLogger("shared")
    before, propagates = product.level, product.propagate
    product.addHandler(listener)
    product.setLevel(level)
    product.propagate = False
    try:
        yield
    finally:
        product.removeHandler(listener)
        product.setLevel(before)
        product.propagate = propagates
