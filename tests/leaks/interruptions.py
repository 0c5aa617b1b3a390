"""Errors in place of what an await came to: the first, the second, and so on to the last.

Every task that a call starts is interrupted like the call itself: awaits are counted over all.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from types import coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


@dataclass(slots=True, kw_only=True)
class Interruption:
    """Raises `error()` once, at the await of that number after `begin`, which counts as none."""

    error: Callable[[], BaseException]
    at: int
    passed: int | None = None
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    """Begun under it."""

    def begin(self) -> None:
        self.passed = 0

    @property
    def happened(self) -> bool:
        return self.passed is not None and self.passed >= self.at

    def due(self) -> BaseException | None:
        """Return the error that this await is to raise."""
        if self.passed is None:
            return None
        self.passed += 1
        return self.error() if self.passed == self.at else None

    async def over(self) -> None:
        """Wait for every task. Nobody asks what they came to: that would keep errors quiet."""
        while self.tasks:
            begun, self.tasks = self.tasks, set()
            await asyncio.wait(begun)


_CURRENT: ContextVar[Interruption | None] = ContextVar("_CURRENT", default=None)


@contextmanager
def tasks_interruptible() -> Iterator[None]:
    """Let the tasks of this loop be interrupted, if they are begun within `interrupted`."""
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(_task)
    try:
        yield
    finally:
        loop.set_task_factory(before)


async def interrupted(
    call: Callable[[], Coroutine[Any, Any, Answer]], interruption: Interruption
) -> Answer:
    """Return what the call comes to, with all its tasks, under an interruption."""

    def begun() -> asyncio.Task[Answer]:
        _CURRENT.set(interruption)
        return asyncio.create_task(call())

    return await copy_context().run(begun)


def _task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Answer] | Generator[Any, None, Answer],
    **options: Any,  # noqa: ANN401 - as asyncio has them
) -> asyncio.Task[Answer]:
    interruption = _CURRENT.get()
    if interruption is None or not isinstance(work, Coroutine):
        return asyncio.Task(work, loop=loop, **options)
    task = asyncio.Task(_stepped(work, interruption), loop=loop, **options)
    interruption.tasks.add(task)
    return task


async def _stepped(work: Coroutine[Any, Any, Answer], interruption: Interruption) -> Answer:
    return await _driven(work, interruption)


@coroutine
def _driven(
    work: Coroutine[Any, Any, Answer], interruption: Interruption
) -> Generator[Any, Any, Answer]:
    """Drive a coroutine as a task does; what it awaits is waited for, and then may be an error."""
    error: BaseException | None = None
    while True:
        try:
            awaited = work.send(None) if error is None else work.throw(error)
        except StopIteration as done:
            answer: Answer = done.value
            return answer
        try:
            yield awaited
        except BaseException as raised:  # noqa: BLE001 - a cancellation goes on its way
            error = raised
        else:
            error = interruption.due()
