"""The endpoints of this Graph."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from local.origin import refusing_others
from local.simulators.common import DEV_PREFIX, dev_routes, json_object, slash_collapsing
from local.simulators.graph.dev import graph_dev_routes
from local.simulators.graph.errors import GraphError, bad_request, malformed, not_found
from local.simulators.graph.faults import faults
from local.simulators.graph.filters import is_guid, parsed_filter
from local.simulators.graph.odata import (
    APPLICATION_PROPERTIES,
    USER_PROPERTIES,
    context,
    parsed_query,
    shown_application,
    shown_user,
)
from local.simulators.graph.pages import page_response
from local.simulators.graph.passwords import add_password, remove_password
from local.simulators.graph.principals import (
    RELATIONSHIPS,
    list_consents,
    list_principals,
    list_related,
)
from local.simulators.graph.state import Application, Group, State

MAX_GROUPS_PER_CHECK = 20
MAX_WORLD_BYTES = 256 * 1024**2
PAGING = ("$select", "$top", "$count", "$skiptoken")

Endpoint = Callable[[State, web.Request, "re.Match[str]"], Awaitable[web.StreamResponse]]


async def list_applications(
    state: State, request: web.Request, _: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(
        request, "application", APPLICATION_PROPERTIES, (*PAGING, "$filter", "$expand")
    )
    wanted = parsed_filter(query.filter) if query.filter is not None else lambda _: True
    found = [each for each in state.world["applications"] if wanted(each)]
    with state.reading() as credentials:
        return await page_response(
            state,
            request,
            query,
            found,
            lambda each: shown_application(state, each, query, credentials),
            "applications",
        )


async def get_application(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(request, "application", APPLICATION_PROPERTIES, ("$select", "$expand"))
    application = _application(state, match)
    with state.reading() as credentials:
        shown = shown_application(state, application, query, credentials)
    return _entity(request, "applications/$entity", shown)


async def post_add_password(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    made = await add_password(state, _application(state, match), await _body(request))
    return _entity(request, "microsoft.graph.passwordCredential", made)


async def post_remove_password(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    remove_password(state, _application(state, match), await _body(request))
    return web.Response(status=204)


async def list_role_assignments(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(request, "appRoleAssignment", (), PAGING[1:])
    portal = state.world["portal"]
    if match["id"].lower() != portal["servicePrincipalId"].lower():
        raise not_found(match["id"])
    groups = state.world["groups"]
    assignments = [
        *(
            _assignment(each, portal["credentialRoleId"])
            for each in groups
            if each["hasCredentialRole"]
        ),
        *(
            _assignment(each, portal["operationsRoleId"])
            for each in groups
            if each.get("hasOperationsRole")
        ),
    ]
    others = state.world.get("otherRoleAssignments", [])
    resource = {"resourceId": portal["servicePrincipalId"], "resourceDisplayName": "Portal"}
    return await page_response(
        state,
        request,
        query,
        [*assignments, *others],
        lambda each: {"id": each["principalId"], "deletedDateTime": None, **each, **resource},
        "appRoleAssignments",
    )


def _assignment(group: Group, role_id: str) -> dict[str, Any]:
    return {
        "appRoleId": role_id,
        "principalDisplayName": group["displayName"],
        "principalId": group["id"],
        "principalType": "Group",
    }


async def list_members(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(request, "user", USER_PROPERTIES, PAGING)
    group = state.groups.get(match["id"].lower())
    if group is None:
        raise not_found(match["id"])
    members = [state.users[each.lower()] for each in group["members"]]
    return await page_response(
        state, request, query, members, lambda each: shown_user(each, query), "users"
    )


async def check_member_groups(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    wanted = (await _body(request)).get("groupIds")
    if not isinstance(wanted, list) or not all(is_guid(each) for each in wanted):
        raise bad_request("Invalid value specified for 'groupIds'.")
    if len(wanted) > MAX_GROUPS_PER_CHECK:
        raise bad_request(f"At most {MAX_GROUPS_PER_CHECK} groups can be checked in one request.")
    user = match["id"].lower()
    if user not in state.users:
        raise not_found(match["id"])
    asked = [state.groups[each.lower()] for each in wanted if each.lower() in state.groups]
    found = [each["id"] for each in asked if user in map(str.lower, each["members"])]
    return _entity(request, "Collection(Edm.String)", {"value": found})


def _application(state: State, match: re.Match[str]) -> Application:
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


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return await json_object(request)
    except web.HTTPBadRequest as fault:
        raise malformed("Unable to read JSON request payload.") from fault


def _entity(request: web.Request, fragment: str, content: dict[str, Any]) -> web.Response:
    return web.json_response({"@odata.context": context(request, fragment), **content})


ONE = r"/applications(?:/(?P<id>[^/()]+)|\(appId='(?P<app_id>[^']*)'\))"
ENDPOINTS: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", r"/applications", list_applications),
    ("GET", ONE, get_application),
    ("POST", ONE + "/addPassword", post_add_password),
    ("POST", ONE + "/removePassword", post_remove_password),
    ("GET", r"/servicePrincipals/(?P<id>[^/]+)/appRoleAssignedTo", list_role_assignments),
    ("GET", r"/servicePrincipals", list_principals),
    (
        "GET",
        rf"/servicePrincipals/(?P<id>[^/]+)/(?P<related>{'|'.join(RELATIONSHIPS)})",
        list_related,
    ),
    ("GET", r"/oauth2PermissionGrants", list_consents),
    ("GET", r"/groups/(?P<id>[^/]+)/members/(?:microsoft\.)?graph\.user", list_members),
    ("POST", r"/users/(?P<id>[^/]+)/checkMemberGroups", check_member_groups),
)


async def _answer(state: State, request: web.Request) -> web.StreamResponse:
    path = slash_collapsing(request.path)
    matches = [
        (method, endpoint, match)
        for method, pattern, endpoint in ENDPOINTS
        if (match := re.fullmatch("/v1.0" + pattern, path))
    ]
    if not matches:
        raise malformed(f"Resource not found for the segment '{path.rsplit('/', 1)[-1]}'.")
    for method, endpoint, match in matches:
        if method == request.method:
            return await endpoint(state, request, match)
    raise GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed.")


def application(state: State) -> web.Application:
    """Return the server of this directory."""

    async def graph(request: web.Request) -> web.StreamResponse:
        try:
            return await _answer(state, request)
        except GraphError as refusal:
            return refusal.response(state.clock.now())

    app = web.Application(
        middlewares=[refusing_others((DEV_PREFIX,)), state.log.middleware(), faults(state)],
        client_max_size=MAX_WORLD_BYTES,
    )
    app.add_routes(dev_routes(state.clock, state.traps, state.log))
    app.add_routes(graph_dev_routes(state))
    app.router.add_route("*", "/{path:.*}", graph)
    return app
