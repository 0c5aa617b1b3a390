"""A tenant of any size, the same each time: its documents as Graph would send them."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from local.world_ids import (
    CREDENTIAL_ROLE_ID,
    IDENTITY_PRINCIPAL_ID,
    SEARCH,
    SEARCH_SANDBOX,
    guid,
)

Document = dict[str, Any]

MOST_GROUPS = 500
"""Organisations of a large tenant: their role assignments fill one page."""

APPLICATIONS_PER_GROUP = 10
MADE, ENDING, LASTING = timedelta(days=-300), timedelta(days=40), timedelta(days=250)


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """So many managed applications with two secrets each.

    The first `due` of them have one that ends in 40 days, and belong to the first `organisations`,
    in turn. Each organisation has one group, and that one member.
    """

    applications: int
    due: int
    organisations: int
    today: datetime

    @cached_property
    def groups(self) -> int:
        share = min(self.applications // APPLICATIONS_PER_GROUP, MOST_GROUPS)
        return max(self.organisations, share)

    @cached_property
    def due_numbers(self) -> dict[str, int]:
        """The applications with something due, by client id."""
        return {self.application(number)["appId"]: number for number in range(self.due)}

    def application(self, number: int) -> Document:
        drawn = random.Random(number)  # noqa: S311 - ids, no secrets
        group = number % (self.organisations if number < self.due else self.groups)
        end = ENDING if number < self.due else LASTING - timedelta(days=drawn.randrange(60))
        return {
            "id": _id(drawn),
            "appId": _id(drawn),
            "displayName": f"Partner-NL-Organisation{group:04}-{'DM' if number % 2 else 'SMC'}",
            "tags": [f"credential-managers:{guid(2, group)}"],
            "requiredResourceAccess": [
                {"resourceAppId": each, "resourceAccess": [{"id": guid(6, at), "type": "Role"}]}
                for at, each in enumerate((SEARCH, SEARCH_SANDBOX))
            ],
            "passwordCredentials": [self._secret(drawn, end), self._secret(drawn, LASTING)],
            "owners": [
                {"@odata.type": "#microsoft.graph.servicePrincipal", "id": IDENTITY_PRINCIPAL_ID}
            ],
        }

    def _secret(self, drawn: random.Random, end: timedelta) -> Document:
        return {
            "customKeyIdentifier": None,
            "displayName": f"Secret {drawn.randrange(1000)} by JD",
            "endDateTime": _written(self.today + end + timedelta(seconds=86_399)),
            "hint": f"{drawn.getrandbits(12):03x}",
            "keyId": _id(drawn),
            "secretText": None,
            "startDateTime": _written(self.today + MADE),
        }

    def assignments(self) -> list[Document]:
        return [
            {
                "id": guid(7, group),
                "appRoleId": CREDENTIAL_ROLE_ID,
                "principalId": guid(2, group),
                "principalType": "Group",
            }
            for group in range(self.groups)
        ]

    def member(self, group: str) -> Document:
        """Return the one member of a group, by the group's id."""
        address = f"manager{group[-4:]}@example.org"
        return {
            "id": f"1{group[1:]}",
            "mail": address,
            "otherMails": [],
            "userPrincipalName": address,
            "userType": "Member",
            "accountEnabled": True,
        }


def midnight(now: datetime) -> datetime:
    return datetime.combine(now.date(), time(), UTC)


def _id(drawn: random.Random) -> str:
    return str(UUID(int=drawn.getrandbits(128)))


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.0000000Z"
