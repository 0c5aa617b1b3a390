"""Faults on demand, and points at which a test may crash a call."""

from asyncio import sleep
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error to raise: before the effect, or after it, as if the answer were lost."""

    error: Exception
    applied: bool


class Faulty:
    """Base of the fakes: `calls` names every call in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.at_once: Counter[str] = Counter()
        """The most calls of a method that were under way at the same time."""
        self._under_way: Counter[str] = Counter()
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._before: dict[str, Callable[[], None]] = {}

    def fail_next(self, method: str, error: Exception, *, applied: bool = False) -> None:
        """Let the next call of a method raise; several wait for as many calls."""
        if not hasattr(self, method):
            raise AttributeError(method)
        self._faults[method].append(Fault(error=error, applied=applied))

    def before(self, method: str, happen: Callable[[], None]) -> None:
        """Let something happen before each call of a method."""
        if not hasattr(self, method):
            raise AttributeError(method)
        self._before[method] = happen

    @asynccontextmanager
    async def called(self, method: str) -> AsyncIterator[None]:
        """Wrap a call's effect; other tasks run before and after it."""
        self.calls.append(method)
        self._before.get(method, _nothing)()
        fault = self._faults[method].popleft() if self._faults[method] else None
        self._under_way[method] += 1
        self.at_once[method] = max(self.at_once[method], self._under_way[method])
        try:
            await sleep(0)
            if fault is not None and not fault.applied:
                raise fault.error
            yield
            await sleep(0)
            if fault is not None:
                raise fault.error
        finally:
            self._under_way[method] -= 1


def _nothing() -> None:
    """Happens before most calls."""
