"""Brings delivery reports to their receiver as Event Grid does: at least once, in no order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Final

import aiohttp
from aiohttp import web

from local.simulators.email.reports import Report
from local.simulators.email.state import State

# Real seconds. The service itself tries for a day, which nobody here would wait for.
PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
PATIENCE: Final = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30)
# The clock can be moved at any moment, so nobody sleeps until a report is due. Real seconds.
LOOK_EVERY: Final = 0.1
AT_ONCE: Final = 10
TAKEN: Final = range(200, 300)


class Courier:
    """Delivers in the background; `pauses` lie between the tries."""

    def __init__(self, state: State, pauses: Sequence[float] = PAUSES) -> None:
        self._state = state
        self._pauses = pauses
        self._looked = asyncio.Condition()

    async def while_serving(self, _: web.Application) -> AsyncIterator[None]:
        """Deliver while the application runs."""
        delivering = asyncio.create_task(self._deliver_forever())
        yield
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering

    async def settled(self) -> None:
        """Return once every report that is due was taken or given up."""
        self._state.settle()
        async with self._looked:
            await self._looked.wait_for(self._state.reports.settled)

    async def _deliver_forever(self) -> None:
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=PATIENCE) as http,
            asyncio.TaskGroup() as deliveries,
        ):
            while True:
                self._state.settle()
                for report in self._state.reports.fresh():
                    deliveries.create_task(self._deliver(http, report))
                async with self._looked:
                    self._looked.notify_all()
                await asyncio.sleep(LOOK_EVERY)

    async def _deliver(self, http: aiohttp.ClientSession, report: Report) -> None:
        for pause in (*self._pauses, None):
            # Asked each time: a receiver that was started anew has another address.
            url = self._state.reports.url
            if url is None or await self._taken(http, url, report) or pause is None:
                break
            await asyncio.sleep(pause)
        report.ended = True

    async def _taken(self, http: aiohttp.ClientSession, url: str, report: Report) -> bool:
        headers = {
            "aeg-event-type": "Notification",
            "aeg-delivery-count": str(len(report.answers)),
        }
        status = None
        with suppress(aiohttp.ClientError, TimeoutError):
            async with http.post(
                url, json=[report.event], headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
        report.answers.append(status)
        return status in TAKEN
