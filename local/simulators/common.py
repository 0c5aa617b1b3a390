"""What every simulator has: a clock that can be moved, traps, a request log, /dev, a server."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from local.simulators.traps import Trap, Traps, slash_collapsing

__all__ = [
    "DEV_PREFIX",
    "Clock",
    "RequestLog",
    "Trap",
    "Traps",
    "cut_connection",
    "dev_routes",
    "is_cut",
    "json_object",
    "new_guid",
    "real_now",
    "serve_forever",
    "serving",
    "slash_collapsing",
]

LOOPBACK = "127.0.0.1"
DEV_PREFIX = "/dev/"
MAX_OFFSET_SECONDS = 100 * 366 * 86_400


def real_now() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the simulators' one place that asks the time


class Clock:
    """UTC time as told by `real`, moved by `offset`."""

    def __init__(self, real: Callable[[], datetime] = real_now) -> None:
        self._real = real
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return an aware instant in UTC."""
        return self._real() + self.offset


def new_guid() -> str:
    """Return a random GUID, lower case with hyphens."""
    return str(uuid.uuid4())  # noqa: TID251 - the simulators' one place that makes ids


@dataclass(slots=True)
class RequestLog:
    """All requests but those to /dev, oldest first. Bodies and headers are never kept."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def middleware(self) -> Middleware:
        """Record every answered request; `status` is null where the connection was cut."""

        @web.middleware
        async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
            status: int | None = 500
            try:
                response = await handler(request)
                status = None if is_cut(request) else response.status
            except web.HTTPException as refusal:
                status = refusal.status
                raise
            finally:
                self._add(request, status)
            return response

        return record

    def _add(self, request: web.Request, status: int | None) -> None:
        path = slash_collapsing(request.path)
        if path.startswith(DEV_PREFIX):
            return
        query = unquote_plus(request.rel_url.raw_query_string)
        entry = {"method": request.method, "path": path, "query": query}
        self.entries.append({**entry, "status": status})


def is_cut(request: web.Request) -> bool:
    """Return whether the connection is gone, whoever ended it."""
    return request.transport is None or request.transport.is_closing()


def cut_connection(request: web.Request) -> web.Response:
    """Close the connection without an answer; return what the handler must return."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def json_object(request: web.Request) -> dict[str, Any]:
    """Return the body, a JSON object ({} if there is none); HTTPBadRequest if it is not one."""
    if not await request.read():
        return {}
    try:
        body = await request.json()
    except ValueError as fault:
        raise web.HTTPBadRequest(text="The body is not JSON.") from fault
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is not a JSON object.")
    return body


def dev_routes(clock: Clock, traps: Traps, log: RequestLog) -> list[web.RouteDef]:
    """Return the routes that every simulator has: clock, traps, requests."""

    async def move(request: web.Request) -> web.Response:
        seconds = (await json_object(request)).get("offsetSeconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise web.HTTPBadRequest(text="offsetSeconds is a number.")
        if not abs(seconds) <= MAX_OFFSET_SECONDS:  # NaN too
            raise web.HTTPBadRequest(text="offsetSeconds is out of range.")
        clock.offset = timedelta(seconds=seconds)
        return web.Response(status=204)

    async def requests(_: web.Request) -> web.Response:
        return web.json_response({"requests": log.entries})

    async def forget(_: web.Request) -> web.Response:
        log.entries.clear()
        return web.Response(status=204)

    return [
        web.post("/dev/clock", move),
        web.get("/dev/requests", requests),
        web.delete("/dev/requests", forget),
        *_trap_routes(traps),
    ]


def _trap_routes(traps: Traps) -> list[web.RouteDef]:
    async def show(_: web.Request) -> web.Response:
        return web.json_response({"traps": traps.described()})

    async def switch_on(request: web.Request) -> web.Response:
        try:
            traps.switch_on(request.match_info["name"], await json_object(request))
        except KeyError as fault:
            raise web.HTTPNotFound(text="No such trap.") from fault
        except ValueError as fault:
            raise web.HTTPBadRequest(text=str(fault)) from fault
        return web.Response(status=204)

    async def switch_off(request: web.Request) -> web.Response:
        try:
            traps.switch_off(request.match_info["name"])
        except KeyError as fault:
            raise web.HTTPNotFound(text="No such trap.") from fault
        return web.Response(status=204)

    async def switch_all_off(_: web.Request) -> web.Response:
        traps.switch_all_off()
        return web.Response(status=204)

    return [
        web.get("/dev/traps", show),
        web.delete("/dev/traps", switch_all_off),
        web.put("/dev/traps/{name}", switch_on),
        web.delete("/dev/traps/{name}", switch_off),
    ]


class _Malformed(logging.Filter):
    """Drops what the server says of a request that is not HTTP: it quotes headers, tokens too."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError)


logging.getLogger("aiohttp.server").addFilter(_Malformed())


@contextlib.asynccontextmanager
async def serving(application: web.Application, port: int = 0) -> AsyncIterator[str]:
    """Serve on loopback while the context lasts (port 0: any free one); yield the base address.

    OSError if the port is taken.
    """
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=1,
        auto_decompress=False,  # what is no gzip would be a 500, and a bomb would be unpacked
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        await site.start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def serve_forever(application: web.Application, port: int) -> None:
    """Serve on loopback, print the address, end on SIGINT or SIGTERM; SystemExit if taken."""

    async def serve() -> None:
        end = asyncio.Event()
        for ending in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(ending, end.set)
        async with serving(application, port) as address:
            sys.stdout.write(f"Listening on {address}\n")
            sys.stdout.flush()
            await end.wait()

    try:
        asyncio.run(serve())
    except OSError as fault:
        raise SystemExit(f"Port {port} can't be used: {os.strerror(fault.errno or 0)}") from fault
