"""The applications of the sample tenant and their secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from local.world_ids import (
    AT,
    DATA,
    DATA_SANDBOX,
    DE,
    FR,
    GRAPH,
    GRAPH_USER_READ,
    GRAPH_USER_READ_ALL,
    IDENTITY_PRINCIPAL_ID,
    IT,
    MARIO,
    MATCH,
    MATCH_SANDBOX,
    NL,
    NO,
    OLA,
    PL,
    PORTAL_CLIENT_ID,
    RESOURCE_ROLE,
    SEARCH,
    SEARCH_SANDBOX,
    guid,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret that ends on the day `ends` days from now and was made `lives` days before."""

    ends: int
    name: str | None
    hint: str | None
    lives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is particular about an application; by default it is owned by the portal's identity.

    `granted`: it holds the application permissions that it asks for; `roles`: directory roles.
    """

    name: str
    app_id: str | None = None
    groups: Sequence[str] = ()
    owners: Sequence[str] = (IDENTITY_PRINCIPAL_ID,)
    resources: Sequence[str] = ()
    delegated: bool = False
    privileged: bool = False
    tags: Sequence[str] = ()
    granted: bool = True
    roles: Sequence[str] = ()
    secrets: Sequence[Secret] = ()


def secret(ends: int, name: str | None, hint: str | None, lives: int = 364) -> Secret:
    """Describe a secret; the portal allows 364 days before the last one."""
    return Secret(ends=ends, name=name, hint=hint, lives=lives)


PARTNERS: Final = (
    # The tour: Jane replaces the first one's secret; Jan's is watched through its last 50 days.
    Described(
        name="Partner-NL-OrganisationName-SMC",
        groups=[NL],
        resources=[SEARCH, MATCH],
        secrets=[secret(14, "Secret by Jane Doe", "Q_e")],
    ),
    Described(
        name="Partner-NL-OrganisationName-DM",
        groups=[NL],
        resources=[DATA],
        secrets=[secret(300, "Secret by Richard Roe", "7kR")],
    ),
    Described(
        name="PartnerAlternative-NL-OrganisationName-SMC",
        groups=[NL],
        resources=[MATCH_SANDBOX],
        secrets=[
            secret(35, "Sandbox", "mX~"),
            secret(340, "Sandbox, the newer one", "w2.", lives=345),
        ],
    ),
    Described(
        name="Partner-DE-Some-Org-SMC",
        groups=[DE],
        resources=[SEARCH, MATCH, SEARCH_SANDBOX, MATCH_SANDBOX],
        delegated=True,
        secrets=[
            secret(120, "Secret by Erika Mustermann", "Zt8"),
            secret(-200, None, None, lives=730),
        ],
    ),
    Described(
        name="Partner-PL-Przyklad-DM",
        groups=[PL],
        resources=[DATA, DATA_SANDBOX],
        secrets=[secret(50, "Secret by Jan Kowalski", "p0L", lives=50)],
    ),
    Described(
        name="Partner-FR-Registre-Exemple-SMC",
        groups=[FR],
        resources=[SEARCH, MATCH],
        secrets=[secret(5, "Secret by Jean Dupont", "fR_")],
    ),
    Described(name="Partner-FR-Registre-Exemple-DM", groups=[FR], resources=[DATA], granted=False),
    Described(
        name="Partner-AT-Beispiel-SMC",
        groups=[AT],
        resources=[SEARCH],
        secrets=[secret(-3, "Secret by Erika Mustermann", "oE1")],
    ),
)
AWKWARD: Final = (
    # Nobody is reached: an empty group, a group without the role, no tag at all.
    Described(
        name="Partner-NO-Eksempel-SMC",
        groups=[NO],
        resources=[SEARCH],
        secrets=[secret(20, "Hemmelighet", "nO5")],
    ),
    Described(
        name="Partner-IT-Esempio-SMC",
        groups=[IT],
        owners=[IDENTITY_PRINCIPAL_ID, MARIO],
        resources=[SEARCH, MATCH],
        secrets=[secret(40, "Segreto", "iT3")],
    ),
    Described(
        name="Partner-ES-Ejemplo-DM",
        resources=[DATA],
        secrets=[secret(10, "Secreto", "eS9")],
    ),
    # Tagged with somebody's group, but not owned by the portal's identity.
    Described(
        name="Partner-BE-Voorbeeld-SMC",
        groups=[NL],
        owners=[MARIO],
        resources=[SEARCH],
        secrets=[secret(100, "Geheim", "bE4")],
    ),
    # Its secret would open more than WMDA's APIs.
    Described(
        name="Partner-DE-Some-Org-DM",
        groups=[DE],
        resources=[DATA],
        privileged=True,
        secrets=[secret(150, "Secret by Erika Mustermann", "dM2")],
    ),
    Described(
        name="Legacy Search Client",
        groups=[DE],
        resources=[SEARCH],
        roles=["Directory Readers"],
        secrets=[secret(90, "legacy", "lG0")],
    ),
)
NOT_OF_PARTNERS: Final = (
    Described(name="API Credentials Portal", app_id=PORTAL_CLIENT_ID, owners=[]),
    Described(name="Intranet", owners=[OLA], secrets=[secret(12, "intranet", "in7")]),
    Described(name="Payroll Export", owners=[], secrets=[secret(-30, None, "pY6")]),
)
# These came later: the ids of those before them stay.
FOR_OPERATIONS: Final = (
    # A dummy organisation that reaches production, by a secret made by hand for two years.
    Described(
        name="PartnerAlternative-AT-Beispiel-SMC",
        groups=[AT],
        resources=[MATCH, MATCH_SANDBOX],
        secrets=[secret(500, "made by hand", "hM1", lives=730)],
    ),
    Described(
        name="Partner-SE-Exempel-DM",
        groups=[NO],
        resources=[DATA],
        tags=["credential-portal:ignore"],
        secrets=[secret(-100, "gammal", "sE6")],
    ),
)
DESCRIBED: Final = (*PARTNERS, *AWKWARD, *NOT_OF_PARTNERS, *FOR_OPERATIONS)


def applications(now: datetime) -> list[dict[str, Any]]:
    """Return the app registrations as Graph holds them at an instant (aware), in a fixed order."""
    return [_registration(number, what, now) for number, what in enumerate(DESCRIBED, start=1)]


def _registration(number: int, what: Described, now: datetime) -> dict[str, Any]:
    access = [_access(resource, RESOURCE_ROLE, "Role") for resource in what.resources]
    access += [_access(GRAPH, GRAPH_USER_READ, "Scope")] if what.delegated else []
    access += [_access(GRAPH, GRAPH_USER_READ_ALL, "Role")] if what.privileged else []
    credentials = [
        _credential(100 * number + nth, each, now) for nth, each in enumerate(what.secrets, start=1)
    ]
    return {
        "id": guid(3, number),
        "appId": what.app_id or guid(4, number),
        "displayName": what.name,
        "tags": [*(f"credential-managers:{group}" for group in what.groups), *what.tags],
        "owners": list(what.owners),
        "requiredResourceAccess": access,
        "passwordCredentials": credentials,
    }


def _access(resource: str, permission: str, kind: str) -> dict[str, Any]:
    return {"resourceAppId": resource, "resourceAccess": [{"id": permission, "type": kind}]}


def _credential(number: int, what: Secret, now: datetime) -> dict[str, Any]:
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    end = today + timedelta(days=what.ends, hours=23, minutes=59, seconds=59)
    start = today + timedelta(days=what.ends - what.lives)
    return {
        "keyId": guid(5, number),
        "displayName": what.name,
        "hint": what.hint,
        "startDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
