"""Service principals and grants, as Graph shows, cuts off and refuses them."""

from typing import Any

import pytest

from local.simulators.graph.state import State
from tests.integration.simulators.graph_client import (
    ABSENT,
    IDENTITY,
    KEY,
    OWN_CLIENT,
    Graph,
    world,
)

HOLDER, RESOURCE = IDENTITY, KEY


def principal(identifier: str, app_id: str, **held: object) -> dict[str, Any]:
    return {
        "id": identifier,
        "appId": app_id,
        "displayName": f"Principal of {app_id[-2:]}",
        "appRoleAssignments": [],
        "oauth2PermissionGrants": [],
        "memberOf": [],
        **held,
    }


async def load(graph: Graph, *, reads_delegated: bool = True) -> None:
    changed = world()
    changed["portal"]["readsDelegatedGrants"] = reads_delegated
    assigned = [{"appRoleId": ABSENT, "resourceId": RESOURCE} for _ in range(25)]
    grants = [
        {"scope": "User.Read", "resourceId": RESOURCE, "consentType": kind}
        for kind in ("AllPrincipals", "Principal")
    ]
    changed["servicePrincipals"] = [
        principal(HOLDER, OWN_CLIENT, appRoleAssignments=assigned, oauth2PermissionGrants=grants),
        principal(RESOURCE, ABSENT),
    ]
    assert (await graph.call("PUT", "/dev/world", json=changed)).status == 204


async def test_an_expansion_ends_at_twenty_without_a_word(graph: Graph) -> None:
    await load(graph)
    listed = await graph.get(
        "/servicePrincipals",
        filter=f"appId eq '{OWN_CLIENT}'",
        expand="appRoleAssignments",
        select="id,appId",
    )
    (found,) = listed.body["value"]
    assert found.keys() == {"id", "appId", "appRoleAssignments"}
    assert len(found["appRoleAssignments"]) == 20
    whole = await graph.get(f"/servicePrincipals/{HOLDER}/appRoleAssignments")
    assert len(whole.body["value"]) == 25
    assert whole.body["value"][0]["resourceDisplayName"] == "Principal of ff"
    assert whole.body["value"][0]["principalType"] == "ServicePrincipal"


async def test_delegated_grants_are_filtered_by_their_consent(graph: Graph) -> None:
    await load(graph)
    answer = await graph.get("/oauth2PermissionGrants", filter="consentType eq 'AllPrincipals'")
    (found,) = answer.body["value"]
    assert (found["clientId"], found["consentType"]) == (HOLDER, "AllPrincipals")
    assert len((await graph.get("/oauth2PermissionGrants")).body["value"]) == 2


async def test_delegated_grants_are_refused_to_an_identity_that_may_not_read_them(
    graph: Graph,
) -> None:
    await load(graph, reads_delegated=False)
    answer = await graph.get("/oauth2PermissionGrants")
    assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/servicePrincipals", {"expand": "owners($select=id)"}, 400),
        ("/servicePrincipals", {"expand": "memberOf,appRoleAssignments"}, 400),
        ("/servicePrincipals", {"select": "keyCredentials"}, 400),
        ("/oauth2PermissionGrants", {"filter": "scope eq 'User.Read'"}, 400),
        (f"/servicePrincipals/{ABSENT}/memberOf", {}, 404),
    ],
)
async def test_what_graph_does_not_serve_is_refused(
    graph: Graph, path: str, options: dict[str, str], status: int
) -> None:
    await load(graph)
    assert (await graph.get(path, **options)).status == status


@pytest.mark.parametrize(
    "broken", [{"appRoleAssignments": None}, {"memberOf": [{"id": ABSENT}]}, {"appId": 7}]
)
def test_a_world_with_a_broken_principal_is_refused(broken: dict[str, object]) -> None:
    changed = world()
    changed["servicePrincipals"] = [{**principal(HOLDER, OWN_CLIENT), **broken}]
    with pytest.raises(ValueError, match="not a world"):
        State(changed)
