"""What every endpoint needs: whom a path names, the body, the answer that is one object."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from local.simulators.common import json_object
from local.simulators.graph.errors import bad_request, malformed, not_found
from local.simulators.graph.filters import is_guid
from local.simulators.graph.odata import context
from local.simulators.graph.state import Application, State

Endpoint = Callable[[State, web.Request, "re.Match[str]"], Awaitable[web.StreamResponse]]


def application_of(state: State, match: re.Match[str]) -> Application:
    """Return the application that a path names; GraphError if it names none."""
    identifier, client_id = match["id"], match["app_id"]
    if identifier is not None and not is_guid(identifier):
        raise bad_request(f"Invalid object identifier '{identifier}'.")
    if client_id is not None and not is_guid(client_id):
        raise bad_request(
            "Invalid value specified for object reference property 'appId'."
            " Please ensure that this value has an appropriate syntax and length."
        )
    table, key = (state.applications, identifier) if identifier else (state.by_app_id, client_id)
    if key.lower() not in table:
        raise not_found(key)
    return table[key.lower()]


async def json_body(request: web.Request) -> dict[str, Any]:
    """Return the body; GraphError if it is no JSON object."""
    try:
        return await json_object(request)
    except web.HTTPBadRequest as fault:
        raise malformed("Unable to read JSON request payload.") from fault


def entity(
    request: web.Request, fragment: str, content: dict[str, Any], *, status: int = 200
) -> web.Response:
    """Return the answer that is one object."""
    shown = {"@odata.context": context(request, fragment), **content}
    return web.json_response(shown, status=status)
