"""The table service as the product sees it: Azurite, behind the wire's latency."""

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Middleware
from yarl import URL

_HOP = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "host"})


def forwarding(target: str, delayed: Middleware) -> web.Application:
    """Return a server that hands every request on to `target`, an origin without a path."""
    app = web.Application(middlewares=[delayed], client_max_size=8 * 1024**2)
    sessions: list[aiohttp.ClientSession] = []

    async def forward(request: web.Request) -> web.Response:
        address = URL(target + request.raw_path, encoded=True)
        async with sessions[0].request(
            request.method,
            address,
            headers={k: v for k, v in request.headers.items() if k.lower() not in _HOP},
            data=await request.read() or None,
            skip_auto_headers=["Accept", "Accept-Encoding", "Content-Type", "User-Agent"],
        ) as answer:
            kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _HOP]
            return web.Response(status=answer.status, headers=dict(kept), body=await answer.read())

    async def connected(_: web.Application) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
            sessions.append(session)
            yield

    app.cleanup_ctx.append(connected)
    app.router.add_route("*", "/{path:.*}", forward)
    return app
