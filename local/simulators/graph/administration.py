"""What an administrator asks for: groups, their members and roles, owners and tags of applications.

The messages of refusals are Graph's where they are known from the field.
"""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.simulators.common import new_guid
from local.simulators.graph.entities import Endpoint, application_of, entity, json_body
from local.simulators.graph.errors import bad_request, malformed, not_found
from local.simulators.graph.filters import is_guid, parsed_filter
from local.simulators.graph.odata import USER_PROPERTIES, Query, parsed_query, shown_user
from local.simulators.graph.pages import page_response
from local.simulators.graph.state import Group, State

GROUP_DEFAULTS: Mapping[str, object] = {
    "mailNickname": None,
    "uniqueName": None,
    "groupTypes": [],
    "securityEnabled": True,
    "mailEnabled": False,
    "onPremisesSyncEnabled": None,
}
GROUP_PROPERTIES = ("id", "displayName", "description", *GROUP_DEFAULTS)
PRINCIPAL_PROPERTIES = ("id", "appId", "displayName", "servicePrincipalType", "appRoles")
NEEDED_OF_A_GROUP = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
NICKNAME = re.compile(r"[^@()\\\[\]\";:<>, \u0080-\U0010ffff]{1,64}")
MAX_TAG = 256
PAGED = ("$select", "$top", "$count", "$skiptoken", "$filter")
TAKEN = "Another object with the same value for property uniqueName already exists."


async def list_groups(state: State, request: web.Request, _: re.Match[str]) -> web.StreamResponse:
    query = parsed_query(request, "group", GROUP_PROPERTIES, PAGED)
    wanted = parsed_filter(query.filter or "", ("id", "displayName"), "groupTypes")
    found = [each for each in state.world["groups"] if wanted(each)]
    seen = [each for each in found if state.seen_group(each["id"])]
    return await page_response(
        state, request, query, seen, lambda each: _shown_group(each, query), "groups"
    )


async def get_group(state: State, request: web.Request, match: re.Match[str]) -> web.StreamResponse:
    query = parsed_query(request, "group", GROUP_PROPERTIES, ("$select",))
    shown = _shown_group(_group(state, match["id"]), query)
    return entity(request, "groups/$entity", shown)


async def get_group_by_unique_name(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(request, "group", GROUP_PROPERTIES, ("$select",))
    found = _named(state, match["name"])
    if found is None or not state.seen_group(found["id"]):
        raise not_found(match["name"])
    return entity(request, "groups/$entity", _shown_group(found, query))


async def upsert_group(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    body = _without_type(await json_body(request))
    found = _named(state, match["name"])
    if found is not None:
        found["displayName"] = body.get("displayName", found["displayName"])
        return web.Response(status=204)
    if request.headers.get("Prefer", "") != "create-if-missing":
        raise not_found(match["name"])
    for name in NEEDED_OF_A_GROUP:
        if body.get(name) is None:
            raise bad_request(f"A value is required for property '{name}' of resource 'Group'.")
    if not NICKNAME.fullmatch(body["mailNickname"]):
        raise bad_request(
            "Invalid value specified for property 'mailNickname' of resource 'Group'."
        )
    group = Group(
        id=new_guid(),
        displayName=body["displayName"],
        hasCredentialRole=False,
        members=[],
        mailNickname=body["mailNickname"],
        uniqueName=match["name"],
        securityEnabled=body["securityEnabled"],
        mailEnabled=body["mailEnabled"],
    )
    state.make_group(group)
    shown = {name: _value(group, name) for name in GROUP_PROPERTIES}
    return entity(request, "groups/$entity", shown, status=201)


async def add_member(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    members = _group(state, match["id"])["members"]
    user = await _referenced(request)
    if user not in state.users:
        raise not_found(user)
    _refer(members, state.users[user]["id"], "members")
    return web.Response(status=204)


async def add_owner(state: State, request: web.Request, match: re.Match[str]) -> web.StreamResponse:
    application = application_of(state, match)
    owner = await _referenced(request)
    if owner not in state.users and owner not in _principals(state):
        raise not_found(owner)
    _refer(application["owners"], owner, "owners")
    return web.Response(status=204)


def _refer(collection: list[str], identifier: str, name: str) -> None:
    if identifier.lower() in map(str.lower, collection):
        raise bad_request(
            "One or more added object references already exist for the following modified"
            f" properties: '{name}'."
        )
    collection.append(identifier)


async def patch_application(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    application = application_of(state, match)
    body = _without_type(await json_body(request))
    if not body or body.keys() - {"tags", "uniqueName"}:
        raise malformed("This Graph changes no other property of an application.")
    if "tags" in body:
        _check_tags(body["tags"])
    if "uniqueName" in body:
        if application.get("uniqueName") not in {None, body["uniqueName"]}:
            raise bad_request("Property 'uniqueName' is read-only and cannot be changed.")
        others = [each for each in state.world["applications"] if each is not application]
        if body["uniqueName"] in [each.get("uniqueName") for each in others]:
            raise bad_request(TAKEN)
        application["uniqueName"] = body["uniqueName"]
    application["tags"] = body.get("tags", application["tags"])
    return web.Response(status=204)


def _check_tags(tags: list[str]) -> None:
    folded = {tag.casefold() for tag in tags}
    fits = all(0 < len(tag) <= MAX_TAG and not re.search(r"\s", tag) for tag in tags)
    if not fits or len(folded) < len(tags):
        raise bad_request("Invalid value specified for property 'tags' of resource 'Application'.")


async def assign_role(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    portal = state.world["portal"]
    body = _without_type(await json_body(request))
    if not body.get("resourceId", "").lower() == match["id"] == portal["servicePrincipalId"]:
        raise not_found(match["id"])
    if body.get("appRoleId") != portal["credentialRoleId"]:
        raise bad_request("Permission being assigned was not found on application.")
    group = state.seen_group(body.get("principalId", ""))
    if group is None:
        raise bad_request("Not a valid reference update.")
    if group["hasCredentialRole"]:
        raise bad_request("Permission being assigned already exists on the object")
    group["hasCredentialRole"] = True
    made = {"id": new_guid(), **body, "principalType": "Group"}
    return entity(request, "appRoleAssignments/$entity", made, status=201)


async def list_users(state: State, request: web.Request, _: re.Match[str]) -> web.StreamResponse:
    query = parsed_query(request, "user", USER_PROPERTIES, PAGED)
    names = ("id", "mail", "userPrincipalName")
    wanted = parsed_filter(query.filter or "", names, "otherMails")
    found = [each for each in state.world["users"] if wanted(each)]
    return await page_response(
        state, request, query, found, lambda each: shown_user(each, query), "users"
    )


async def get_principal(
    state: State, request: web.Request, match: re.Match[str]
) -> web.StreamResponse:
    query = parsed_query(request, "servicePrincipal", PRINCIPAL_PROPERTIES, ("$select",))
    key = match["id"] or match["app_id"]
    for principal in _principals(state).values():
        if principal["id" if match["id"] else "appId"] == key.lower():
            shown = {name: principal[name] for name in query.selected(PRINCIPAL_PROPERTIES)}
            return entity(request, "servicePrincipals/$entity", shown)
    raise not_found(key)


def _principals(state: State) -> dict[str, dict[str, Any]]:
    """Return the portal's service principal and the identity's, by their object ids."""
    portal = state.world["portal"]
    role = {
        "id": portal["credentialRoleId"],
        "value": "credential_management",
        "displayName": "credential manager",
        "isEnabled": True,
        "allowedMemberTypes": ["User"],
    }
    described = [
        (portal["servicePrincipalId"], portal["clientId"], "Application", [role]),
        (portal["identityPrincipalId"], None, "ManagedIdentity", []),
    ]
    return {
        values[0].lower(): dict(
            zip(("id", "appId", "servicePrincipalType", "appRoles"), values, strict=True),
            displayName=values[2],
        )
        for values in described
    }


def _without_type(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "@odata.type"}


async def _referenced(request: web.Request) -> str:
    """Return the object id that a reference names."""
    reference = str((await json_body(request)).get("@odata.id"))
    identifier = reference.rpartition("/")[2].lower()
    if "/directoryObjects/" not in reference or not is_guid(identifier):
        raise malformed("The reference is not valid.")
    return identifier


def _group(state: State, identifier: str) -> Group:
    group = state.seen_group(identifier)
    if group is None:
        raise not_found(identifier)
    return group


def _named(state: State, unique_name: str) -> Group | None:
    groups = state.world["groups"]
    return next((each for each in groups if each.get("uniqueName") == unique_name), None)


def _shown_group(group: Group, query: Query) -> dict[str, Any]:
    return {name: _value(group, name) for name in query.selected(GROUP_PROPERTIES)}


def _value(group: Group, name: str) -> object:
    return group.get(name, GROUP_DEFAULTS.get(name))


GROUP = r"/groups/(?P<id>[^/()]+)"
UNIQUE = r"/groups\(uniqueName='(?P<name>[^']*)'\)"
APPLICATION = r"/applications/(?P<id>[^/()]+)(?P<app_id>(?!))?"
PRINCIPAL = r"/servicePrincipals(?:/(?P<id>[^/()]+)|\(appId='(?P<app_id>[^']*)'\))"
ADMINISTRATION: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", r"/groups", list_groups),
    ("GET", GROUP, get_group),
    ("GET", UNIQUE, get_group_by_unique_name),
    ("PATCH", UNIQUE, upsert_group),
    ("POST", GROUP + r"/members/\$ref", add_member),
    ("POST", APPLICATION + r"/owners/\$ref", add_owner),
    ("PATCH", APPLICATION, patch_application),
    ("POST", r"/servicePrincipals/(?P<id>[^/]+)/appRoleAssignedTo", assign_role),
    ("GET", r"/users", list_users),
    ("GET", PRINCIPAL, get_principal),
)
