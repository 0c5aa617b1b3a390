"""The endpoints of this Graph."""

import re
from typing import Any

from aiohttp import web

from local.origin import refusing_others
from local.simulators.common import DEV_PREFIX, dev_routes, slash_collapsing
from local.simulators.graph.administration import ADMINISTRATION
from local.simulators.graph.dev import graph_dev_routes
from local.simulators.graph.entities import Endpoint, application_of, entity, json_body
from local.simulators.graph.errors import GraphError, bad_request, malformed, not_found
from local.simulators.graph.faults import faults
from local.simulators.graph.filters import is_guid, parsed_filter
from local.simulators.graph.odata import (
    APPLICATION_PROPERTIES,
    USER_PROPERTIES,
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
from local.simulators.graph.state import Group, State

MAX_GROUPS_PER_CHECK = 20
MAX_WORLD_BYTES = 256 * 1024**2
PAGING = ("$select", "$top", "$count", "$skiptoken")


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
    application = application_of(state, match)
    with state.reading() as credentials:
        shown = shown_application(state, application, query, credentials)
    return entity(request, "applications/$entity", shown)


async def post_add_password(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    made = await add_password(state, application_of(state, match), await json_body(request))
    return entity(request, "microsoft.graph.passwordCredential", made)


async def post_remove_password(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    remove_password(state, application_of(state, match), await json_body(request))
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
    wanted = (await json_body(request)).get("groupIds")
    if not isinstance(wanted, list) or not all(is_guid(each) for each in wanted):
        raise bad_request("Invalid value specified for 'groupIds'.")
    if len(wanted) > MAX_GROUPS_PER_CHECK:
        raise bad_request(f"At most {MAX_GROUPS_PER_CHECK} groups can be checked in one request.")
    user = match["id"].lower()
    if user not in state.users:
        raise not_found(match["id"])
    asked = [state.groups[each.lower()] for each in wanted if each.lower() in state.groups]
    found = [each["id"] for each in asked if user in map(str.lower, each["members"])]
    return entity(request, "Collection(Edm.String)", {"value": found})


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
    *ADMINISTRATION,
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
