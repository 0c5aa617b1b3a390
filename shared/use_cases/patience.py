"""Waiting for a directory that refuses a write for now, within the lease."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from shared.domain.errors import DirectoryBusy, Throttled
from shared.ports.system import Clock

ATTEMPTS = 3
LONGEST_WAIT = 10
"""Seconds between two attempts: whoever is asked for more patience than that is told so."""

RECORD_ATTEMPTS = 3
"""To write down what the directory has done already."""

RECORD_PAUSE = 2
"""Seconds between two of them."""

Answer = TypeVar("Answer")


async def patiently(
    write: Callable[[], Awaitable[Answer]], clock: Clock, *, until: datetime
) -> Answer:
    """Return the write's answer; try again only where surely nothing was done, and as asked to.

    Raises DirectoryBusy after the last attempt, when the wait would be too long, or when it would
    end after `until`; any other error at once.
    """
    for attempt in range(1, ATTEMPTS + 1):
        if clock.now() > until:
            # Whoever stood still since the lease was taken writes no more under it.
            raise DirectoryBusy("too late to begin")
        try:
            return await write()
        except (Throttled, DirectoryBusy) as busy:
            pause = busy.retry_after
            too_late = clock.now() + timedelta(seconds=pause) > until
            if attempt == ATTEMPTS or pause > LONGEST_WAIT or too_late:
                raise DirectoryBusy("still busy", retry_after=pause) from None
            await clock.sleep(pause)
    raise AssertionError("unreachable")
