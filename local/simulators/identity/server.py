"""The addresses of this identity provider."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from local.origin import refusing_others
from local.simulators.common import DEV_PREFIX, dev_routes
from local.simulators.identity import metadata
from local.simulators.identity.authorize import authorize, front, logout
from local.simulators.identity.dev import identity_dev_routes
from local.simulators.identity.errors import unknown_tenant
from local.simulators.identity.state import State
from local.simulators.identity.tokens import preflight, token

MAX_WORLD_BYTES = 64 * 1024**2

Endpoint = Callable[[State, web.Request], Awaitable[web.Response]]


async def _discovery(state: State, request: web.Request) -> web.Response:
    return metadata.discovery(state, request)


async def _keys(state: State, request: web.Request) -> web.Response:
    return metadata.keys(state, request)


ENDPOINTS: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/v2.0/.well-known/openid-configuration", _discovery),
    ("GET", "/discovery/v2.0/keys", _keys),
    ("GET", "/oauth2/v2.0/authorize", authorize),
    ("POST", "/oauth2/v2.0/authorize", authorize),
    ("POST", "/oauth2/v2.0/token", token),
    ("OPTIONS", "/oauth2/v2.0/token", preflight),
    ("GET", "/oauth2/v2.0/logout", logout),
    ("POST", "/oauth2/v2.0/logout", logout),
)


def application(state: State) -> web.Application:
    """Return the server of this state."""

    def of_tenant(endpoint: Endpoint) -> Handler:
        async def handler(request: web.Request) -> web.Response:
            tenant = request.match_info["tenant"]
            if tenant.lower() != state.world["tenantId"].lower():
                return web.json_response(unknown_tenant(tenant).body(state.now()), status=400)
            return await endpoint(state, request)

        return handler

    async def index(request: web.Request) -> web.Response:
        return await front(state, request)

    app = web.Application(
        middlewares=[refusing_others((DEV_PREFIX,)), state.log.middleware(), _slow(state)],
        client_max_size=MAX_WORLD_BYTES,
    )
    app.add_routes(
        [web.route(method, "/{tenant}" + path, of_tenant(to)) for method, path, to in ENDPOINTS]
    )
    app.add_routes([web.get("/", index), *identity_dev_routes(state)])
    app.add_routes(dev_routes(state.clock, state.traps, state.log))
    return app


def _slow(state: State) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        dev = request.path.startswith(DEV_PREFIX)
        slow = None if dev else state.traps.fire("slow", request)
        if slow:
            await asyncio.sleep(slow["milliseconds"] / 1000)
        return await handler(request)

    return middleware
