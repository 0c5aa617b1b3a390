"""Listings in pages, with the traps of paging."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import orjson
from aiohttp import web

from local.simulators.common import slash_collapsing
from local.simulators.graph.errors import malformed, server_error, throttled
from local.simulators.graph.odata import Query, context, root
from local.simulators.graph.state import State

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page starts: its number from 1, and how many items came before it."""

    page: int = 1
    offset: int = 0

    def token(self) -> str:
        text = f"{self.page}:{self.offset}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(token: str | None) -> _Place:
    if token is None:
        return _Place()
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        page, offset = (int(part) for part in text.split(":"))
    except (binascii.Error, ValueError) as fault:
        raise malformed("The $skiptoken is not valid.") from fault
    return _Place(page=page, offset=offset)


async def page_response(
    state: State,
    request: web.Request,
    query: Query,
    items: Sequence[Item],
    shown: Callable[[Item], dict[str, Any]],
    fragment: str,
) -> web.StreamResponse:
    """Return the page that `query` asks for; GraphError if its token or a trap refuses it."""
    place = _place(query.token)
    _fail(state, place)
    size = _size(state, query, place)
    end = place.offset + size
    body: dict[str, Any] = {"@odata.context": context(request, fragment)}
    if query.count and place.page == 1:
        body["@odata.count"] = len(items)
    if end < len(items) or (size == 0 and place.offset <= len(items)):
        body["@odata.nextLink"] = _next_link(request, _Place(page=place.page + 1, offset=end))
    foreign = state.traps.fire("foreign_next_link")
    if foreign:
        body["@odata.nextLink"] = foreign["base"] + "/applications?$skiptoken=elsewhere"
    body["value"] = [shown(item) for item in items[place.offset : end]]
    return await _sent(state, request, orjson.dumps(body))


def _fail(state: State, place: _Place) -> None:
    failing = state.traps.value("fail_page")
    if failing and failing["page"] == place.page:
        state.traps.fire("fail_page")
        after = failing["retryAfter"]
        status = failing["status"]
        raise throttled(after) if status == 429 else server_error(status, after)  # noqa: PLR2004 - HTTP


def _size(state: State, query: Query, place: _Place) -> int:
    empty = state.traps.value("empty_page")
    if empty and empty["page"] == place.page:
        state.traps.fire("empty_page")
        return 0
    capped = state.traps.fire("page_size")
    return max(1, min(query.top, capped["size"])) if capped else query.top


def _next_link(request: web.Request, place: _Place) -> str:
    options = {name: value for name, value in request.query.items() if name != "$skiptoken"}
    options["$skiptoken"] = place.token()
    path = quote(slash_collapsing(request.path).removeprefix("/v1.0"))
    return f"{root(request)}{path}?{urlencode(options, safe='$(),/:', quote_via=quote)}"


async def _sent(state: State, request: web.Request, body: bytes) -> web.StreamResponse:
    truncated = state.traps.fire("truncated_page")
    if truncated is None:
        response = web.Response(body=body, content_type="application/json")
        response.enable_compression()
        return response
    half = body[: len(body) // 2]
    if not truncated["announced"]:
        return web.Response(body=half, content_type="application/json")
    cut = web.StreamResponse(headers={"Content-Type": "application/json"})
    cut.content_length = len(body)
    await cut.prepare(request)
    await cut.write(half)
    if request.transport is not None:
        request.transport.close()
    return cut
