"""The contract's scene in the Graph simulator, and the real adapter connected to it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from local.simulators.graph.server import application as server
from local.simulators.graph.state import State
from shared.adapters.graph_directory import GraphDirectory, connect
from shared.domain.applications import Application
from shared.domain.findings import Grants
from tests.contract.directory_contract import ABSENT, GROUPS, JANE, JOHN, SCENE, STRANGER
from tests.support.builders import IDENTITY, MICROSOFT_GRAPH, SEARCH_AND_MATCH, numbered
from tests.support.graph import PORTAL, ROLE
from tests.support.simulators import Simulator, simulator

RESOURCES = {SEARCH_AND_MATCH: "Search and Match", MICROSOFT_GRAPH: "Microsoft Graph"}


def _graph_time(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}.0000000Z"


def _document(application: Application) -> dict[str, Any]:
    return {
        "id": application.object_id,
        "appId": application.client_id.upper(),
        "displayName": application.display_name,
        "tags": list(application.tags),
        "owners": sorted(application.owners),
        "requiredResourceAccess": [
            {
                "resourceAppId": permission.resource_app_id,
                "resourceAccess": [
                    {
                        "id": permission.permission_id,
                        "type": "Role" if permission.is_application_permission else "Scope",
                    }
                ],
            }
            for permission in application.permissions
        ],
        "passwordCredentials": [
            {
                "keyId": secret.key_id,
                "displayName": secret.display_name,
                "hint": secret.hint,
                "startDateTime": _graph_time(secret.start),
                "endDateTime": _graph_time(secret.end),
            }
            for secret in application.secrets
        ],
    }


def _user(user_id: str, mail: str | None, *, enabled: bool) -> dict[str, Any]:
    return {
        "id": user_id,
        "displayName": "Somebody",
        "userPrincipalName": "somebody_example.org#EXT#@tenant.example",
        "mail": mail,
        "otherMails": [],
        "accountEnabled": enabled,
        "userType": "Guest",
    }


def _principal(app_id: str, name: str, **held: object) -> dict[str, Any]:
    return {
        "id": _principal_id(app_id),
        "appId": app_id.upper(),
        "displayName": name,
        "appRoleAssignments": [],
        "oauth2PermissionGrants": [],
        "memberOf": [],
        **held,
    }


def _principal_id(app_id: str) -> str:
    return app_id[:-4] + "eeee"


def _holder(application: Application) -> dict[str, Any]:
    """Return an application's service principal, with what is granted to it, and what looks so."""
    held = SCENE.grants.get(application.client_id, Grants())
    graph = _principal_id(MICROSOFT_GRAPH)
    scopes = [each.permission for each in held.permissions if not each.is_application_permission]
    one_users = {"scope": "Mail.Read", "resourceId": graph, "consentType": "Principal"}
    everybodys = {"scope": " ".join(scopes), "resourceId": graph, "consentType": "AllPrincipals"}
    return _principal(
        application.client_id,
        application.display_name,
        appRoleAssignments=[
            {"appRoleId": each.permission, "resourceId": _principal_id(each.resource_app_id)}
            for each in held.permissions
            if each.is_application_permission
        ],
        oauth2PermissionGrants=[one_users, everybodys] if scopes else [one_users],
        memberOf=[
            {"@odata.type": "#microsoft.graph.group", "id": ABSENT, "displayName": "A group"},
            *(
                {"@odata.type": "#microsoft.graph.directoryRole", "id": ABSENT, "displayName": role}
                for role in held.directory_roles
            ),
        ],
    )


def world() -> dict[str, Any]:
    return {
        "tenantId": numbered(0xE1),
        "portal": {
            "clientId": numbered(0xF1),
            "servicePrincipalId": PORTAL,
            "identityPrincipalId": IDENTITY,
            "credentialRoleId": ROLE,
            "scope": "Credentials.Manage",
            "readsDelegatedGrants": True,
        },
        "users": [
            _user(JANE, "jane.doe@example.org", enabled=True),
            _user(JOHN, None, enabled=False),
            _user(STRANGER, "stranger@example.org", enabled=True),
        ],
        "groups": [
            {
                "id": group,
                "displayName": "A group",
                "hasCredentialRole": group in SCENE.with_role,
                "members": [member.user_id for member in members],
            }
            for group, members in SCENE.members.items()
        ],
        "otherRoleAssignments": [
            {"appRoleId": ABSENT, "principalId": GROUPS[20], "principalType": "Group"},
            {"appRoleId": ROLE, "principalId": JANE, "principalType": "User"},
        ],
        "applications": [_document(each) for each in SCENE.applications],
        "servicePrincipals": [
            *(_principal(app_id, name) for app_id, name in RESOURCES.items()),
            *(_holder(each) for each in SCENE.applications[:3]),
        ],
    }


class OnSimulator:
    """Fixtures: the simulator `graph`, and the adapter `directory`, whose pauses are not real."""

    @pytest.fixture
    async def graph(self) -> AsyncIterator[Simulator]:
        async with simulator(server(State(world()))) as running:
            yield running

    @pytest.fixture
    def pauses(self) -> list[float]:
        """The seconds that the adapter would have paused for."""
        return []

    @pytest.fixture
    async def directory(
        self, graph: Simulator, pauses: list[float]
    ) -> AsyncIterator[GraphDirectory]:
        async def sleep(seconds: float) -> None:
            pauses.append(seconds)

        connected = connect(
            base_url=f"{graph.base}/v1.0",
            credential=None,
            portal_service_principal_id=PORTAL,
            credential_role_id=ROLE.upper(),
            sleep=sleep,
        )
        yield connected
        await connected.close()


async def listed(directory: GraphDirectory) -> list[Application]:
    """Return every application, in one list."""
    return [each async for page in directory.every_application() for each in page]


async def statuses(graph: Simulator) -> list[int | None]:
    """Return how each request was answered."""
    return [request["status"] for request in await graph.requests()]


async def truth(graph: Simulator, application: Application) -> list[Mapping[str, Any]]:
    """Return the secrets that the application really has."""
    found = await graph.dev("GET", f"truth/{application.client_id}")
    secrets: list[Mapping[str, Any]] = found["passwordCredentials"]
    return secrets
