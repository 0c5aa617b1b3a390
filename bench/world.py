"""A small tenant for the API's calls: whom the simulators know, and who asks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local.simulators.common import real_now
from local.world import sample
from local.world_ids import IDENTITY_PRINCIPAL_ID, SEARCH, guid

Json = dict[str, Any]

ONE_GROUP = "manager@example.org"
"""Manages ten applications of one organisation."""

MANY_GROUPS = "consultant@example.org"
"""Manages 31 applications of 31 organisations: three requests' worth."""

OTHERS = 50
GROUPS, APPLICATIONS = 31, 10


def crowd() -> list[str]:
    """Return the users who manage three applications of one organisation each."""
    return [f"user{number}@example.org" for number in range(OTHERS)]


def world() -> Json:
    """Return the world, in the shape of the sample tenant."""
    users = [ONE_GROUP, MANY_GROUPS, *crowd()]
    managers = [0] + [1] * GROUPS + [2 + number for number in range(OTHERS)]
    sizes = [APPLICATIONS] + [1] * GROUPS + [3] * OTHERS
    placed = [group for group, size in enumerate(sizes) for _ in range(size)]
    return {
        **sample(real_now()),
        "users": [_user(number, address) for number, address in enumerate(users)],
        "groups": [_group(number, manager) for number, manager in enumerate(managers)],
        "applications": [_application(number, group) for number, group in enumerate(placed)],
    }


def _user(number: int, address: str) -> Json:
    return {
        "id": guid(1, number),
        "displayName": "Jane Doe",
        "userPrincipalName": address,
        "mail": address,
        "otherMails": [],
        "accountEnabled": True,
        "userType": "Member",
    }


def _group(number: int, manager: int) -> Json:
    return {
        "id": guid(2, number),
        "displayName": f"Credential managers {number}",
        "hasCredentialRole": True,
        "members": [guid(1, manager)],
    }


def _application(number: int, group: int) -> Json:
    return {
        "id": guid(3, number),
        "appId": guid(4, number),
        "displayName": f"Partner-NL-Organisation{group}-SMC",
        "tags": [f"credential-managers:{guid(2, group)}"],
        "owners": [IDENTITY_PRINCIPAL_ID],
        "requiredResourceAccess": [
            {"resourceAppId": SEARCH, "resourceAccess": [{"id": guid(6, 1), "type": "Role"}]}
        ],
        "passwordCredentials": [_secret(2 * number, 100), _secret(2 * number + 1, 300)],
    }


def _secret(number: int, days: int) -> Json:
    now = datetime.now(UTC).replace(microsecond=0)
    return {
        "keyId": guid(5, number),
        "displayName": "Secret by JD",
        "hint": "Q_e",
        "startDateTime": (now - timedelta(days=60)).isoformat(),
        "endDateTime": (now + timedelta(days=days)).isoformat(),
    }
