"""Any page in the browser can post to loopback: only our own pages, and no-browsers, may."""

import re
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

SAFE: Final = {hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS}
# Any other name that leads here, by DNS rebinding, is another origin.
HERE: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?", re.IGNORECASE)
OURS: Final = {"same-origin", "none"}


def from_elsewhere(request: web.Request) -> bool:
    """Return whether a page of another origin sent this request. What is no browser sent none."""
    if HERE.fullmatch(request.host) is None:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OURS
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is not None and origin != f"http://{request.host}"


def refusing_others(path_prefixes: tuple[str, ...] = ("/",)) -> Middleware:
    """Answer 403 to whatever another origin's page would change below these paths."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        guarded = request.method not in SAFE and request.path.startswith(path_prefixes)
        if guarded and from_elsewhere(request):
            return web.Response(status=403, text="Only from this machine's own pages.\n")
        return await handler(request)

    return check
