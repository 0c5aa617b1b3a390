"""What a process has used: CPU, memory, and for how long its event loop stood still."""

import asyncio
import contextlib
import resource
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

BEAT = 0.005
"""Seconds between two looks at the loop."""


@dataclass(slots=True, kw_only=True)
class Use:
    """What a block took. Instants and durations in seconds, memory in KiB.

    `stall`: the longest time for which the loop was blocked and this thread computed; a block that
    another process or a slow disk causes is in `late` alone.
    """

    started: float = 0
    ended: float = 0
    cpu: float = 0
    memory_before: int = 0
    memory_peak: int = 0
    stall: float = 0
    late: float = 0

    def as_json(self) -> dict[str, float]:
        return asdict(self)


@contextlib.asynccontextmanager
async def using() -> AsyncIterator[Use]:
    """Measure the block."""
    use = Use(memory_before=memory("VmRSS"))
    beating = asyncio.create_task(_beat(use))
    await asyncio.sleep(0)
    cpu = time.process_time()
    use.started = time.perf_counter()
    try:
        yield use
    finally:
        use.ended = time.perf_counter()
        use.cpu = time.process_time() - cpu
        use.memory_peak = memory("VmHWM")
        beating.cancel()


async def _beat(use: Use) -> None:
    while True:
        before, computed = time.perf_counter(), time.thread_time()
        await asyncio.sleep(BEAT)
        gap = time.perf_counter() - before - BEAT
        use.late = max(use.late, gap)
        use.stall = max(use.stall, min(gap, time.thread_time() - computed))


def memory(kind: str) -> int:
    """Return resident memory in KiB: `VmRSS` now, `VmHWM` at its peak."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(each.split()[1]) for each in lines if each.startswith(f"{kind}:"))
    # Where there is no /proc, the peak has to serve for both.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak
