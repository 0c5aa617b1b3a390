"""Any page in the browser can post to loopback: only our own pages, and no-browsers, may."""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

SAFE: Final = {hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS}
HERE: Final = {"127.0.0.1", "localhost", "::1"}
OURS: Final = {"same-origin", "none"}


def from_elsewhere(request: web.Request) -> bool:
    """Return whether a page of another origin sent this request. What is no browser sent none.

    A name of somebody's own that leads to this machine (DNS rebinding) is another origin, too.
    """
    if urlsplit(f"//{request.host}").hostname not in HERE:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OURS
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is not None and urlsplit(origin).netloc != request.host


def refusing_others(path_prefixes: tuple[str, ...] = ("/",)) -> Middleware:
    """Answer 403 to whatever another origin's page would change below these paths."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        guarded = request.method not in SAFE and request.path.startswith(path_prefixes)
        if guarded and from_elsewhere(request):
            return web.Response(status=403, text="Only from this machine's own pages.\n")
        return await handler(request)

    return check
