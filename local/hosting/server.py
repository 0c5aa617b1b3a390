"""The host's web application: functions, /admin and webhook as the real one, /dev for the lab."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from typing import Final

from aiohttp import web

from local.hosting import cors
from local.hosting.clock import HostClock
from local.hosting.events import WEBHOOK, Events
from local.hosting.front import Front
from local.hosting.index import Index
from local.hosting.timers import Timers
from local.origin import refusing_others
from local.simulators.common import MAX_OFFSET_SECONDS, json_object

# The real host's limits, in bytes.
LARGEST_BODY: Final = 100 * 1024 * 1024
LARGEST_HEADER: Final = 32 * 1024


def application(index: Index, clock: HostClock, origins: Collection[str]) -> web.Application:
    """Return the host for these functions; their timers run while it does."""
    timers = Timers(index.timers, clock)
    host = web.Application(
        middlewares=[cors.preflights(origins), refusing_others(("/admin/", "/dev/", "/runtime/"))],
        client_max_size=LARGEST_BODY,
        handler_args={"max_field_size": LARGEST_HEADER},
    )
    cors.mark(host, origins)
    host.add_routes(_own_routes(index, timers, clock))
    host.router.add_route("*", r"/{path:[\s\S]*}", Front(index.http).handle)

    async def keep_schedules(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(timers.run_forever())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    host.cleanup_ctx.append(keep_schedules)
    return host


def _own_routes(index: Index, timers: Timers, clock: HostClock) -> list[web.RouteDef]:
    events = Events(index.events)

    async def status(_: web.Request) -> web.Response:
        errors = {"errors": index.errors} if index.errors else {}
        return web.json_response({"state": "Running", **errors})

    async def run(request: web.Request) -> web.Response:
        given = await json_object(request)
        name = request.match_info["name"]
        timer = timers.get(name)
        if timer is None:
            return await events.run(name, given.get("input"))
        # To the end, even if the caller leaves: the lab counts on it that a run is whole.
        succeeded = await asyncio.shield(timer.run())
        return web.Response(status=202 if succeeded else 500)

    async def move(request: web.Request) -> web.Response:
        seconds = (await json_object(request)).get("offsetSeconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise web.HTTPBadRequest(text="offsetSeconds is a number.")
        if not abs(seconds) <= MAX_OFFSET_SECONDS:  # NaN too
            raise web.HTTPBadRequest(text="offsetSeconds is out of range.")
        clock.offset = timedelta(seconds=seconds)
        timers.reschedule()
        return web.Response(status=204)

    return [
        web.get("/admin/host/status", status, allow_head=False),
        web.post("/admin/functions/{name}", run),
        web.post(WEBHOOK, events.receive),
        web.post("/dev/clock", move),
    ]
