"""The service principals of the sample tenant, and what was granted to them."""

from typing import Any, Final

from local.world_applications import DESCRIBED, Described
from local.world_ids import (
    DATA,
    DATA_SANDBOX,
    GRAPH,
    GRAPH_USER_READ_ALL,
    MATCH,
    MATCH_SANDBOX,
    RESOURCE_ROLE,
    SEARCH,
    SEARCH_SANDBOX,
    guid,
)

RESOURCES: Final = {
    SEARCH: "Search and Match",
    SEARCH_SANDBOX: "Search and Match Sandbox",
    MATCH: "Match-Connect",
    MATCH_SANDBOX: "Match-Connect Sandbox",
    DATA: "Data Manager",
    DATA_SANDBOX: "Data Manager Sandbox",
    GRAPH: "Microsoft Graph",
}
_OF_RESOURCE: Final = {app_id: guid(7, 900 + nth) for nth, app_id in enumerate(RESOURCES, start=1)}


def service_principals() -> list[dict[str, Any]]:
    """Return one for each resource, and for each application that was granted anything."""
    resources = [
        _principal(_OF_RESOURCE[app_id], app_id, name) for app_id, name in RESOURCES.items()
    ]
    holders = [
        _holder(number, what)
        for number, what in enumerate(DESCRIBED, start=1)
        if what.granted and what.app_id is None
    ]
    return [*resources, *holders]


def _principal(identifier: str, app_id: str, name: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "appId": app_id,
        "displayName": name,
        "appRoleAssignments": [],
        "oauth2PermissionGrants": [],
        "memberOf": [],
    }


def _holder(number: int, what: Described) -> dict[str, Any]:
    granted = [(resource, RESOURCE_ROLE) for resource in what.resources]
    granted += [(GRAPH, GRAPH_USER_READ_ALL)] if what.privileged else []
    return {
        **_principal(guid(7, number), guid(4, number), what.name),
        "appRoleAssignments": [
            {"appRoleId": role, "resourceId": _OF_RESOURCE[resource]} for resource, role in granted
        ],
        "memberOf": [
            {
                "@odata.type": "#microsoft.graph.directoryRole",
                "id": guid(8, nth),
                "displayName": name,
            }
            for nth, name in enumerate(what.roles, start=1)
        ],
    }
