"""The traps that stand before a request or take its answer away."""

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from local.simulators.common import DEV_PREFIX, cut_connection
from local.simulators.graph.errors import concurrency, denied, server_error, throttled
from local.simulators.graph.state import State

HTML = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"

Refusal = Callable[[State, web.Request], web.Response | None]


def _html_error(state: State, request: web.Request) -> web.Response | None:
    if state.traps.fire("html_error", request) is None:
        return None
    return web.Response(status=502, text=HTML, content_type="text/html")


def _throttle(state: State, request: web.Request) -> web.Response | None:
    trap = state.traps.fire("throttle", request)
    return throttled(trap["retryAfter"]).response(state.clock.now()) if trap else None


def _concurrency(state: State, request: web.Request) -> web.Response | None:
    trap = state.traps.fire("concurrency", request)
    return concurrency(trap["status"]).response(state.clock.now()) if trap else None


def _denied(state: State, request: web.Request) -> web.Response | None:
    trap = state.traps.fire("denied", request)
    return denied().response(state.clock.now()) if trap else None


REFUSALS: tuple[Refusal, ...] = (_html_error, _throttle, _concurrency, _denied)


def faults(state: State) -> Middleware:
    """Return the middleware that shows the traps that hold for any request but those to /dev."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(DEV_PREFIX):
            return await handler(request)
        slow = state.traps.fire("slow", request)
        if slow:
            await asyncio.sleep(slow["milliseconds"] / 1000)
        for refusal in REFUSALS:
            refused = refusal(state, request)
            if refused is not None:
                return refused
        return await _answered(state, request, handler)

    return middleware


async def _answered(state: State, request: web.Request, handler: Handler) -> web.StreamResponse:
    failing = state.traps.fire("server_error", request)
    dropping = state.traps.fire("drop_answer", request)
    if failing and not failing["applied"]:
        return server_error(failing["status"], failing["retryAfter"]).response(state.clock.now())
    response = await handler(request)
    if dropping:
        return cut_connection(request)
    if failing:
        return server_error(failing["status"], failing["retryAfter"]).response(state.clock.now())
    return response
