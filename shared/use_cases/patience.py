"""Waiting for a directory that refuses a write for now, within the lease."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.domain.errors import DirectoryBusy, Throttled
from shared.ports.system import Clock

ATTEMPTS = 3
LONGEST_WAIT = 10
"""Seconds between two attempts: all of them end well within the lease and the request."""

Answer = TypeVar("Answer")


async def patiently(write: Callable[[], Awaitable[Answer]], clock: Clock) -> Answer:
    """Return the write's answer; try again only where surely nothing was done.

    Raises DirectoryBusy after the last attempt, and any other error at once.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await write()
        except (Throttled, DirectoryBusy) as busy:
            if attempt == ATTEMPTS:
                raise DirectoryBusy("still busy", retry_after=busy.retry_after) from None
            await clock.sleep(min(busy.retry_after, LONGEST_WAIT))
    raise AssertionError("unreachable")
