"""An event loop whose time is its own: it jumps to the next timer, so that nobody ever waits.

Everything runs in one thread and in one order: two runs of one program are the same to the step.
"""

import asyncio
import gc
from collections.abc import Coroutine, Generator, Iterator, Sized
from contextlib import contextmanager
from contextvars import Context
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

Result = TypeVar("Result")

RESOLUTION = 1e-6
"""Seconds. A float that counts the seconds of years is no finer than 1e-8."""


class Stalled(Exception):
    """Everybody waits for something that no timer will bring."""


class _Timers:
    """In the place of a selector: instead of waiting for sockets, it lets the time pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None) -> tuple[()]:
        if timeout is None:
            raise Stalled
        self.now += timeout
        return ()


class VirtualLoop(asyncio.BaseEventLoop):
    """Counts seconds from 0. Timers that are due at the same time run in a fixed order."""

    _ready: Sized

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Timers()
        self._clock_resolution = RESOLUTION
        self._tasks_made = count(1)
        self.set_task_factory(self._numbered)
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        return self._selector.now

    @property
    def is_idle(self) -> bool:
        """Whether, besides who asks, everybody waits."""
        return not self._ready

    def _process_events(self, event_list: object) -> None:
        """There is no socket."""

    def _write_to_self(self) -> None:
        """There is no other thread that would have to be woken."""

    def _numbered(
        self,
        _loop: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, object] | Generator[Any, None, object],
        context: Context | None = None,
    ) -> "asyncio.Task[Any]":
        task = _Numbered(coroutine, loop=self, context=context)
        task.number = next(self._tasks_made)
        return task


class _Numbered(asyncio.Task[Any]):
    """A task whose place in a set does not depend on where it lies in memory."""

    number: int = 0

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


class Time:
    """The true time of a simulated world; the clocks in it may be wrong."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time())

    async def reach(self, moment: datetime) -> None:
        """Wait until then; not at all if that is past."""
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


@contextmanager
def _without_collections() -> Iterator[None]:
    """Let no generator be closed at a moment that depends on how much memory is in use."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def simulate(program: Coroutine[Any, Any, Result], loop: VirtualLoop) -> Result:
    """Run a program to its end in virtual time, and close the loop."""
    with _without_collections():
        try:
            return loop.run_until_complete(program)
        finally:
            loop.close()
