"""Service principals, and what was granted to them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from local.simulators.graph.errors import denied, not_found
from local.simulators.graph.filters import parsed_filter
from local.simulators.graph.odata import MAX_EXPANDED, Query, parsed_query
from local.simulators.graph.pages import page_response
from local.simulators.graph.state import ServicePrincipal, State

PROPERTIES = ("id", "deletedDateTime", "appId", "displayName")
PAGING = ("$top", "$skiptoken")
CONSENT_NAMES = ("clientId", "consentType")

Shown = Callable[[State, ServicePrincipal], list[dict[str, Any]]]


def _assignments(state: State, principal: ServicePrincipal) -> list[dict[str, Any]]:
    """Return app role assignments: the resource by its service principal, not by its app id."""
    return [
        {
            "id": f"{principal['id']}-{each['appRoleId']}",
            "deletedDateTime": None,
            "principalDisplayName": principal["displayName"],
            "principalId": principal["id"],
            "principalType": "ServicePrincipal",
            "resourceDisplayName": _name(state, each["resourceId"]),
            **each,
        }
        for each in principal["appRoleAssignments"]
    ]


def _memberships(_: State, principal: ServicePrincipal) -> list[dict[str, Any]]:
    return [{"deletedDateTime": None, **each} for each in principal["memberOf"]]


RELATIONSHIPS: Mapping[str, Shown] = {"appRoleAssignments": _assignments, "memberOf": _memberships}


async def list_principals(
    state: State, request: web.Request, _: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(
        request,
        "servicePrincipal",
        PROPERTIES,
        ("$select", "$filter", "$expand", *PAGING),
        expandable=tuple(RELATIONSHIPS),
    )
    wanted = parsed_filter(query.filter) if query.filter is not None else lambda _: True
    found = [each for each in state.principals.values() if wanted(each)]
    return await page_response(
        state,
        request,
        query,
        found,
        lambda each: _shown(state, each, query),
        "servicePrincipals",
    )


async def list_related(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(request, "directoryObject", (), PAGING)
    principal = state.principals.get(match["id"].lower())
    if principal is None:
        raise not_found(match["id"])
    items = RELATIONSHIPS[match["related"]](state, principal)
    return await page_response(state, request, query, items, dict, match["related"])


async def list_consents(state: State, request: web.Request, _: re.Match[str]) -> web.StreamResponse:
    query = parsed_query(request, "oAuth2PermissionGrant", (), ("$filter", *PAGING))
    if not state.world["portal"].get("readsDelegatedGrants", False):
        raise denied()
    wanted = (
        parsed_filter(query.filter, CONSENT_NAMES) if query.filter is not None else lambda _: True
    )
    every = (
        {"clientId": principal["id"], "principalId": None, "id": principal["id"], **each}
        for principal in state.principals.values()
        for each in principal["oauth2PermissionGrants"]
    )
    found = [each for each in every if wanted(each)]
    return await page_response(state, request, query, found, dict, "oauth2PermissionGrants")


def _shown(state: State, principal: ServicePrincipal, query: Query) -> dict[str, Any]:
    """Return the selected properties; what is expanded is cut off, and nothing says so."""
    shown = {name: principal.get(name) for name in query.selected(PROPERTIES)}
    if query.expand:
        related = RELATIONSHIPS[query.expand](state, principal)
        shown[query.expand] = related[:MAX_EXPANDED]
    return shown


def _name(state: State, identifier: str) -> str | None:
    resource = state.principals.get(identifier.lower())
    return resource["displayName"] if resource else None
