"""The clock that the host hands to the app."""

import asyncio

from local.simulators.common import Clock


class HostClock(Clock):
    """A clock that can be moved; what sleeps, sleeps in real seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait, without holding up anybody else."""
        await asyncio.sleep(seconds)
