"""Requests that take a fixed time, and a record of each."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from local.simulators.common import slash_collapsing


@dataclass(slots=True, kw_only=True)
class Wire:
    """All requests of all services, in the order of their ends; `latency` is in seconds.

    Instants are of the machine's monotonic clock, which its processes share.
    """

    latency: Mapping[str, float]
    entries: list[tuple[str, str, str, float, float]] = field(default_factory=list)

    def of(self, service: str) -> Middleware:
        """Answer when the latency is over, or later where the service itself takes longer."""
        latency = self.latency[service]

        @web.middleware
        async def delayed(request: web.Request, handler: Handler) -> web.StreamResponse:
            started = time.perf_counter()
            try:
                response = await handler(request)
            finally:
                await asyncio.sleep(max(0.0, started + latency - time.perf_counter()))
                place = slash_collapsing(request.path)
                place += "?$filter" if "$filter" in request.query else ""
                self.entries.append((service, request.method, place, started, time.perf_counter()))
            return response

        return delayed

    def control(self) -> web.Application:
        """Return the server that shows the record, and forgets it."""

        async def show(_: web.Request) -> web.Response:
            return web.json_response(self.entries)

        async def forget(_: web.Request) -> web.Response:
            self.entries.clear()
            return web.Response(status=204)

        app = web.Application()
        app.add_routes([web.get("/log", show), web.delete("/log", forget)])
        return app
