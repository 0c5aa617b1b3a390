"""A tenant for one test: every id is new, so that tests share a stack and never meet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4  # noqa: TID251 - tests make worlds of their own

SEARCH_AND_MATCH = "5df05a6d-8ef0-49fe-9441-62cd9b540376"
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"

Record = dict[str, Any]


def new_id() -> str:
    return str(uuid4())


@dataclass(slots=True)
class World:
    """What the directory and the sign-in hold. `portal` is what the host was started with."""

    tenant_id: str
    portal: Record
    users: list[Record] = field(default_factory=list)
    groups: list[Record] = field(default_factory=list)
    applications: list[Record] = field(default_factory=list)

    def user(self, name: str = "Jane Doe", **changes: object) -> Record:
        user_id = new_id()
        address = f"{name.lower().replace(' ', '.')}.{user_id[:8]}@example.org"
        made = {
            "id": user_id,
            "displayName": name,
            "userPrincipalName": address,
            "mail": address,
            "otherMails": [],
            "accountEnabled": True,
            "userType": "Member",
        } | changes
        self.users.append(made)
        return made

    def group(self, *members: Record, role: bool = True, operations: bool = False) -> Record:
        made = {
            "id": new_id(),
            "displayName": "Credential managers",
            "hasCredentialRole": role,
            "hasOperationsRole": operations,
            "members": [member["id"] for member in members],
        }
        self.groups.append(made)
        return made

    def application(
        self,
        *groups: Record,
        name: str = "Partner-NL-OrganisationName-SMC",
        secrets: Sequence[Record] = (),
        owned: bool = True,
        tags: Sequence[str] = (),
        permissions: Sequence[tuple[str, str]] = ((SEARCH_AND_MATCH, "Role"),),
        app_id: str | None = None,
    ) -> Record:
        made = {
            "id": new_id(),
            "appId": app_id or new_id(),
            "displayName": name,
            "tags": [f"credential-managers:{group['id']}" for group in groups] + list(tags),
            "owners": [self.portal["identityPrincipalId"] if owned else new_id()],
            "requiredResourceAccess": [
                {"resourceAppId": resource, "resourceAccess": [{"id": new_id(), "type": kind}]}
                for resource, kind in permissions
            ],
            "passwordCredentials": list(secrets),
        }
        self.applications.append(made)
        return made

    def described(self) -> Record:
        """Return what the simulators take by PUT /dev/world."""
        return {
            "tenantId": self.tenant_id,
            "portal": self.portal,
            "users": self.users,
            "groups": self.groups,
            "applications": self.applications,
        }


def credential(now: datetime, ends_in: int, *, lives: int = 300, name: str = "Secret") -> Record:
    """Return a secret that ends at the end of the day `ends_in` days from now."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(days=ends_in, hours=23, minutes=59, seconds=59)
    start = midnight + timedelta(days=ends_in - lives)
    return {
        "keyId": new_id(),
        "displayName": name,
        "hint": "Q_e",
        "startDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
