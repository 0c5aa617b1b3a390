"""What an administrator asks of the Graph simulator, and how it refuses."""

from typing import Any

import pytest

from tests.integration.simulators.graph_client import (
    ABSENT,
    IDENTITY,
    JANE,
    JOHN,
    MANAGERS,
    OTHERS,
    OWN,
    OWN_CLIENT,
    PORTAL,
    ROLE,
    TAG,
    Answer,
    Graph,
    client_id,
    object_id,
)

OBJECTS = "https://graph.microsoft.com/v1.0/directoryObjects"
GROUP = {
    "displayName": "New",
    "mailEnabled": False,
    "mailNickname": "new",
    "securityEnabled": True,
}
UNIQUE = "/v1.0/groups(uniqueName='new')"
ASSIGNED = f"/v1.0/servicePrincipals/{PORTAL}/appRoleAssignedTo"


async def upsert(graph: Graph, **differing: object) -> Answer:
    headers = {"Prefer": "create-if-missing"}
    return await graph.call("PATCH", UNIQUE, json={**GROUP, **differing}, headers=headers)


async def refer(graph: Graph, path: str, identifier: str) -> Answer:
    return await graph.call(
        "POST", f"/v1.0{path}/$ref", json={"@odata.id": f"{OBJECTS}/{identifier}"}
    )


async def assign(graph: Graph, group: str, role: str = ROLE) -> Answer:
    body = {"principalId": group, "resourceId": PORTAL, "appRoleId": role}
    return await graph.call("POST", ASSIGNED, json=body)


async def patch(graph: Graph, number: int = 0, /, **body: Any) -> Answer:  # noqa: ANN401 - as a JSON body has them
    return await graph.call("PATCH", f"/v1.0/applications/{object_id(number)}", json=body)


async def test_a_group_is_made_once_however_often_it_is_asked_for(graph: Graph) -> None:
    made, again = await upsert(graph), await upsert(graph)
    shown = await graph.call("GET", UNIQUE)
    assert (made.status, again.status) == (201, 204)
    assert made.body["id"] == shown.body["id"]
    assert shown.body["groupTypes"] == []
    named = await graph.get("/groups", filter="displayName eq 'NEW'", select="id,uniqueName")
    assert named.body["value"] == [{"id": made.body["id"], "uniqueName": "new"}]


async def test_no_group_is_made_without_the_preference_for_it(graph: Graph) -> None:
    answer = await graph.call("PATCH", UNIQUE, json=GROUP)
    assert (answer.status, answer.code) == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize(
    "differing", [{"displayName": None}, {"mailNickname": "a b"}, {"mailNickname": "n" * 65}]
)
async def test_a_group_that_lacks_what_it_needs_is_refused(
    graph: Graph, differing: dict[str, object]
) -> None:
    assert (await upsert(graph, **differing)).status == 400
    assert (await graph.call("GET", UNIQUE)).status == 404


async def test_a_member_is_added_once(graph: Graph) -> None:
    path = f"/groups/{OTHERS}/members"
    first, second = await refer(graph, path, JANE), await refer(graph, path, JANE)
    assert (first.status, second.status) == (204, 400)
    assert second.message == (
        "One or more added object references already exist for the following modified properties:"
        " 'members'."
    )
    assert (await refer(graph, path, ABSENT)).status == 404
    assert (await refer(graph, f"/groups/{ABSENT}/members", JANE)).status == 404


async def test_an_owner_is_added_once(graph: Graph) -> None:
    path = f"/applications/{object_id(4)}/owners"
    first, second = await refer(graph, path, IDENTITY), await refer(graph, path, IDENTITY)
    assert (first.status, second.status) == (204, 400)
    assert "already exist" in second.message
    assert (await refer(graph, path, ABSENT)).status == 404
    assert (await refer(graph, path, "nonsense")).status == 400


async def test_a_role_is_assigned_once_and_then_listed(graph: Graph) -> None:
    first, second = await assign(graph, OTHERS), await assign(graph, OTHERS)
    assert (first.status, first.body["principalType"]) == (201, "Group")
    assert (second.status, second.message) == (
        400,
        "Permission being assigned already exists on the object",
    )
    listed = await graph.get(f"/servicePrincipals/{PORTAL}/appRoleAssignedTo")
    assert [each["principalId"] for each in listed.body["value"]] == [MANAGERS, OTHERS]
    assert (await assign(graph, ABSENT)).message == "Not a valid reference update."
    assert (await assign(graph, OTHERS, role=ABSENT)).status == 400


async def test_tags_are_replaced_as_a_whole_and_judged(graph: Graph) -> None:
    assert (await patch(graph, tags=[TAG, "more"])).status == 204
    for tags in (["a b"], ["t" * 257], ["twice", "TWICE"], [""]):
        assert (await patch(graph, tags=tags)).status == 400
    shown = await graph.get(f"/applications/{OWN}", select="tags")
    assert shown.body["tags"] == [TAG, "more"]


async def test_a_unique_name_is_set_once_and_is_unique(graph: Graph) -> None:
    assert [(await patch(graph, uniqueName="one")).status for _ in range(2)] == [204, 204]
    changed, taken = await patch(graph, uniqueName="two"), await patch(graph, 1, uniqueName="one")
    assert (changed.status, taken.status) == (400, 400)
    assert taken.message == (
        "Another object with the same value for property uniqueName already exists."
    )
    listed = await graph.get(
        "/applications", filter=f"appId eq '{OWN_CLIENT}'", select="appId,uniqueName"
    )
    assert listed.body["value"] == [{"appId": OWN_CLIENT, "uniqueName": "one"}]


@pytest.mark.parametrize(
    "body", [{}, {"passwordCredentials": []}, {"tags": [], "requiredResourceAccess": []}]
)
async def test_nothing_else_of_an_application_is_changed(
    graph: Graph, body: dict[str, Any]
) -> None:
    assert (await patch(graph, **body)).status == 400


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("userPrincipalName eq 'JANE.doe@example.org'", [JANE]),
        ("mail eq 'jane.doe@example.org'", []),
        ("otherMails/any(o:o eq 'john.roe@partner.example.org')", [JOHN]),
        (f"id eq '{JANE}' or otherMails/any(o:o eq 'john.roe@partner.example.org')", [JANE, JOHN]),
    ],
)
async def test_users_are_found_by_each_of_their_names(
    graph: Graph, condition: str, found: list[str]
) -> None:
    answer = await graph.get("/users", filter=condition, select="id")
    assert [each["id"] for each in answer.body["value"]] == found


@pytest.mark.parametrize(
    ("path", "kind", "roles"),
    [
        (f"/servicePrincipals/{IDENTITY}", "ManagedIdentity", 0),
        (f"/servicePrincipals/{PORTAL}", "Application", 1),
        (f"/servicePrincipals(appId='{client_id(99)}')", "Application", 1),
    ],
)
async def test_service_principals_are_shown_with_their_roles(
    graph: Graph, path: str, kind: str, roles: int
) -> None:
    answer = await graph.get(path, select="servicePrincipalType,appRoles")
    assert (answer.body["servicePrincipalType"], len(answer.body["appRoles"])) == (kind, roles)
    assert (await graph.get(f"/servicePrincipals/{ABSENT}")).status == 404


async def test_a_group_that_was_just_made_may_not_be_found_at_first(graph: Graph) -> None:
    made = (await upsert(graph)).body["id"]
    await graph.trap("group_lag", times=4)
    listed = await graph.get("/groups", filter="displayName eq 'New'")
    assert listed.body["value"] == []
    assert (await graph.get(f"/groups/{made}")).status == 404
    assert (await assign(graph, made)).message == "Not a valid reference update."
    assert (await refer(graph, f"/groups/{made}/members", JANE)).status == 404
    assert (await refer(graph, f"/groups/{made}/members", JANE)).status == 204


async def test_somebody_without_the_right_is_refused(graph: Graph) -> None:
    await graph.trap("denied", method="PATCH")
    refused = await patch(graph, tags=[])
    assert (refused.status, refused.code) == (403, "Authorization_RequestDenied")
    assert (await assign(graph, OTHERS)).status == 201
