"""A Graph that answers the daily run of a tenant of any size from pages made beforehand.

The simulator of the local stack is the better Graph; this one takes no time of its own, which 100
pages of 999 applications would.
"""

import gzip
import re
from dataclasses import dataclass

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware

from bench.upstream.tenant import Document, Tenant
from local.simulators.common import slash_collapsing

PAGE = 999
_CLIENT_ID = re.compile(r"appId eq '([^']+)'")


@dataclass(slots=True, kw_only=True)
class Refusing:
    """How often page 2 is still refused, and for how many seconds each time."""

    times: int
    after: int


class Graph:
    """The answers; `base` is the address that next links begin with."""

    def __init__(self, tenant: Tenant, base: str, refusing: Refusing) -> None:
        self._refusing = refusing
        self._tenant = tenant
        self._base = base
        self._pages = [self._page(first) for first in range(0, tenant.applications, PAGE)]

    def _page(self, first: int) -> bytes:
        tenant = self._tenant
        end = min(first + PAGE, tenant.applications)
        link = f"{self._base}/v1.0/applications?$skiptoken={end}"
        following = {"@odata.nextLink": link} if end < tenant.applications else {}
        return _packed([tenant.application(each) for each in range(first, end)], following)

    def applications(self, request: web.Request) -> bytes:
        wanted = _CLIENT_ID.findall(request.query.get("$filter", ""))
        if wanted:
            numbers = self._tenant.due_numbers
            return _packed([self._tenant.application(numbers[each]) for each in wanted])
        token = request.query.get("$skiptoken")
        if token is None and request.query.get("$top") != str(PAGE):
            raise web.HTTPBadRequest(text=f"The pages hold {PAGE} applications.")
        number = int(token or 0) // PAGE
        if number == 1 and self._refusing.times:
            self._refusing.times -= 1
            after = {"Retry-After": str(self._refusing.after)}
            raise web.HTTPTooManyRequests(headers=after)
        return self._pages[number]

    async def answer(self, request: web.Request) -> web.Response:
        parts = slash_collapsing(request.path).strip("/").split("/")
        match parts:
            case ["v1.0", "applications"]:
                body = self.applications(request)
            case ["v1.0", "servicePrincipals", _, "appRoleAssignedTo"]:
                body = _packed(self._tenant.assignments())
            case ["v1.0", "groups", group, "members", _]:
                body = _packed([self._tenant.member(group)])
            case _:
                raise web.HTTPNotFound
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=body, headers=headers)


def _packed(items: list[Document], following: dict[str, str] | None = None) -> bytes:
    return gzip.compress(orjson.dumps({**(following or {}), "value": items}), 6, mtime=0)


def serving(graph: Graph, delayed: Middleware) -> web.Application:
    """Return the server of this Graph."""
    app = web.Application(middlewares=[delayed])
    app.router.add_route("*", "/{path:.*}", graph.answer)
    return app
