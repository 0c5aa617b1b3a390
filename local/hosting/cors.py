"""Cross-origin calls as the platform answers them: no function ever sees a preflight."""

from collections.abc import Collection

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware


def preflights(origins: Collection[str]) -> Middleware:
    """Answer preflights: 204 for an origin of the list, 400 without CORS headers for others."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        wanted = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_METHOD)
        if request.method != hdrs.METH_OPTIONS or hdrs.ORIGIN not in request.headers or not wanted:
            return await handler(request)
        if not _allowed(request, origins):
            return web.Response(status=400)
        response = web.Response(status=204, headers={hdrs.ACCESS_CONTROL_ALLOW_METHODS: wanted})
        named = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS)
        if named:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = named
        return response

    return answer


def mark(application: web.Application, origins: Collection[str]) -> None:
    """Let every answer to an origin of the list be read there. No header is exposed."""

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.add(hdrs.VARY, hdrs.ORIGIN)
        if _allowed(request, origins):
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = request.headers[hdrs.ORIGIN]

    if origins:
        application.on_response_prepare.append(add_headers)


def _allowed(request: web.Request, origins: Collection[str]) -> bool:
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is not None and (origin in origins or "*" in origins)
