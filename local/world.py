"""The sample tenant: invented organisations, their credential managers and applications."""

from datetime import datetime
from typing import Any

from local.world_applications import applications
from local.world_ids import (
    AT,
    CREDENTIAL_ROLE_ID,
    DE,
    ERIKA,
    FR,
    IDENTITY_PRINCIPAL_ID,
    IT,
    JAN,
    JANE,
    JEAN,
    JOE,
    MARIO,
    MAX,
    NL,
    NO,
    NOBODY,
    OLA,
    OPERATIONS,
    OPERATIONS_ROLE_ID,
    PL,
    PORTAL_CLIENT_ID,
    PORTAL_SERVICE_PRINCIPAL_ID,
    RICHARD,
    SCOPE,
    STAFF,
    TENANT_ID,
)
from local.world_principals import service_principals


def sample(now: datetime) -> dict[str, Any]:
    """Return the world, as JSON would hold it. Its days are counted from `now` (aware)."""
    return {
        "tenantId": TENANT_ID,
        "portal": {
            "clientId": PORTAL_CLIENT_ID,
            "servicePrincipalId": PORTAL_SERVICE_PRINCIPAL_ID,
            "identityPrincipalId": IDENTITY_PRINCIPAL_ID,
            "credentialRoleId": CREDENTIAL_ROLE_ID,
            "operationsRoleId": OPERATIONS_ROLE_ID,
            "scope": SCOPE,
        },
        "users": _users(),
        "groups": _groups(),
        "applications": applications(now),
        "servicePrincipals": service_principals(),
    }


def _user(user: str, name: str, address: str, **differing: object) -> dict[str, Any]:
    return {
        "id": user,
        "displayName": name,
        "userPrincipalName": address,
        "mail": address,
        "otherMails": [],
        "accountEnabled": True,
        "userType": "Member",
        **differing,
    }


def _users() -> list[dict[str, Any]]:
    guest = {"mail": None, "otherMails": ["jean.dupont@registre.example"], "userType": "Guest"}
    return [
        _user(JANE, "Jane Doe", "jane.doe@example.org"),
        _user(RICHARD, "Richard Roe", "richard.roe@example.org"),
        _user(ERIKA, "Erika Mustermann", "erika.mustermann@example.com"),
        _user(MAX, "Max Mustermann", "max.mustermann@example.com", accountEnabled=False),
        _user(JEAN, "Jean Dupont", "jean.dupont_registre.example#EXT#@example.org", **guest),
        _user(JAN, "Jan Kowalski", "jan.kowalski@example.net"),
        _user(MARIO, "Mario Rossi", "mario.rossi@example.org"),
        _user(OLA, "Ola Nordmann", "ola.nordmann@example.org"),
        _user(NOBODY, "Nomen Nescio", "nomen.nescio@example.org"),
        _user(JOE, "Joe Bloggs", "joe.bloggs@example.org"),
    ]


def _group(group: str, name: str, members: list[str], *, role: bool = True) -> dict[str, Any]:
    return {"id": group, "displayName": name, "hasCredentialRole": role, "members": members}


def _operations() -> dict[str, Any]:
    """Return the group of those who look after all applications, and manage none."""
    return {
        "id": OPERATIONS,
        "displayName": "Credential operations",
        "hasCredentialRole": False,
        "hasOperationsRole": True,
        "members": [JOE],
    }


def _groups() -> list[dict[str, Any]]:
    return [
        _group(NL, "Credential managers NL OrganisationName", [JANE, RICHARD]),
        _group(DE, "Credential managers DE Some-Org", [ERIKA, MAX]),
        _group(FR, "Credential managers FR Registre-Exemple", [JEAN]),
        _group(PL, "Credential managers PL Przyklad", [JAN]),
        _group(NO, "Credential managers NO Eksempel", []),
        _group(IT, "Credential managers IT Esempio", [MARIO], role=False),
        _group(AT, "Credential managers AT Beispiel", [ERIKA]),
        _group(STAFF, "Staff", [JANE, OLA], role=False),
        _operations(),
    ]
