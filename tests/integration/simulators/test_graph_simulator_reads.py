"""Reads of the Graph simulator: filters, selection, paging, members, roles."""

import pytest

from tests.integration.simulators.graph_client import (
    ABSENT,
    IDENTITY,
    JANE,
    JOHN,
    KEY,
    MANAGERS,
    NAMES,
    OTHERS,
    OWN,
    OWN_CLIENT,
    PORTAL,
    ROLE,
    Graph,
    world,
)

EVENTUAL = {"ConsistencyLevel": "eventual"}
MEMBERS = f"/v1.0/groups/{MANAGERS}/members/microsoft.graph.user"


async def test_only_what_is_selected_is_shown(graph: Graph) -> None:
    answer = await graph.get("/applications", select="appId,keyCredentials", top="1")

    assert answer.body["value"] == [{"appId": OWN_CLIENT, "keyCredentials": []}]
    assert answer.body["@odata.context"] == graph.address + "/v1.0/$metadata#applications"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("select", "appId,nonsense"),
        ("select", ""),
        ("expand", "owners"),
        ("expand", "extensionProperties"),
        ("top", "0"),
        ("top", "1000"),
        ("top", "-1"),
        ("top", "many"),
        ("skiptoken", "nonsense"),
        ("orderby", "displayName"),
        ("search", "x"),
    ],
)
async def test_a_query_option_that_graph_does_not_serve_is_refused(
    graph: Graph, option: str, value: str
) -> None:
    assert (await graph.get("/applications", **{option: value})).status == 400


async def test_owners_are_expanded_to_type_and_id(graph: Graph) -> None:
    answer = await graph.get(f"/applications/{OWN}", select="id", expand="owners($select=id)")

    del answer.body["@odata.context"]
    assert answer.body == {
        "id": OWN,
        "owners": [
            {"@odata.type": "#microsoft.graph.servicePrincipal", "id": IDENTITY},
            {"@odata.type": "#microsoft.graph.user", "id": JANE},
        ],
    }


async def test_an_application_is_the_same_by_object_id_and_by_client_id(graph: Graph) -> None:
    by_id = await graph.get(f"/applications/{OWN}")
    by_client_id = await graph.get(f"//applications(appId='{OWN_CLIENT}')")

    assert by_id.body == by_client_id.body
    assert by_id.body["passwordCredentials"] == [
        {
            "customKeyIdentifier": None,
            "displayName": None,
            "endDateTime": "2026-12-31T23:59:59.0000000Z",
            "hint": None,
            "keyId": KEY,
            "secretText": None,
            "startDateTime": "2026-01-01T00:00:00.0000000Z",
        }
    ]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/applications/{ABSENT}", 404, "Request_ResourceNotFound"),
        (f"/applications(appId='{OWN}')", 404, "Request_ResourceNotFound"),
        ("/applications/nonsense", 400, "Request_BadRequest"),
        ("/applications(appId='nonsense')", 400, "Request_BadRequest"),
        ("/applications(appId='')", 400, "Request_BadRequest"),
        (f"/servicePrincipals/{ABSENT}/appRoleAssignedTo", 404, "Request_ResourceNotFound"),
        ("/directory/nonsense", 400, "BadRequest"),
    ],
)
async def test_what_is_not_there_is_refused_in_graphs_words(
    graph: Graph, path: str, status: int, code: str
) -> None:
    answer = await graph.get(path)

    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["request-id"] == answer.body["error"]["innerError"]["request-id"]
    assert answer.body["error"]["innerError"]["date"] == "2026-11-21T09:00:00"


async def test_pages_are_linked_and_carry_the_query(graph: Graph) -> None:
    pages = await graph.pages("/applications", select="displayName", top="2")

    assert [each.names for each in pages] == [
        list(NAMES[:2]),
        list(NAMES[2:4]),
        list(NAMES[4:]),
    ]
    assert all(each.keys() == {"displayName"} for page in pages for each in page.body["value"])


async def test_a_page_holds_100_unless_asked_otherwise_and_999_at_most(graph: Graph) -> None:
    big = world()
    template = big["applications"][0]
    big["applications"] = [
        {**template, "id": f"{n:08}{ABSENT[8:]}", "appId": f"{n:08}{OWN[8:]}"} for n in range(1001)
    ]
    assert (await graph.call("PUT", "/dev/world", json=big)).status == 204

    assert len((await graph.get("/applications")).names) == 100
    largest = await graph.get("/applications", top="999")
    rest = await graph.call("GET", largest.body["@odata.nextLink"])
    assert (len(largest.names), len(rest.names)) == (999, 2)
    assert "@odata.nextLink" not in rest.body


async def test_role_assignments_name_the_groups_with_the_role(graph: Graph) -> None:
    changed = world()
    changed["otherRoleAssignments"] = [
        {"appRoleId": ABSENT, "principalId": JANE, "principalType": "User"}
    ]
    await graph.call("PUT", "/dev/world", json=changed)

    first = await graph.get(f"/servicePrincipals/{PORTAL}/appRoleAssignedTo", top="1")
    second = await graph.call("GET", first.body["@odata.nextLink"])

    [assignment] = first.body["value"]
    assert (assignment["principalId"], assignment["appRoleId"]) == (MANAGERS, ROLE)
    assert (assignment["principalType"], assignment["resourceId"]) == ("Group", PORTAL)
    assert [each["appRoleId"] for each in second.body["value"]] == [ABSENT]


@pytest.mark.parametrize("cast", ["microsoft.graph.user", "graph.user"])
async def test_members_are_users_with_what_was_selected(graph: Graph, cast: str) -> None:
    answer = await graph.call(
        "GET",
        f"/v1.0/groups/{MANAGERS}/members/{cast}",
        params={"$count": "true", "$select": "id,accountEnabled,otherMails"},
        headers=EVENTUAL,
    )

    assert answer.body["@odata.count"] == 2
    assert answer.body["value"] == [
        {"id": JANE, "accountEnabled": True, "otherMails": ["jane.doe@partner.example.org"]},
        {"id": JOHN, "accountEnabled": False, "otherMails": ["john.roe@partner.example.org"]},
    ]


@pytest.mark.parametrize(
    ("params", "headers"),
    [({}, EVENTUAL), ({"$count": "true"}, {}), ({"$count": "false"}, EVENTUAL), ({}, {})],
)
async def test_members_by_cast_need_count_and_consistency_level(
    graph: Graph, params: dict[str, str], headers: dict[str, str]
) -> None:
    answer = await graph.call("GET", MEMBERS, params=params, headers=headers)

    assert (answer.status, answer.code) == (400, "Request_UnsupportedQuery")


async def test_the_next_page_of_members_needs_the_consistency_level_again(graph: Graph) -> None:
    params = {"$count": "true", "$top": "1"}
    first = await graph.call("GET", MEMBERS, params=params, headers=EVENTUAL)
    link = first.body["@odata.nextLink"]

    assert (await graph.call("GET", link)).status == 400
    second = await graph.call("GET", link, headers=EVENTUAL)
    assert second.names == ["john.roe"]
    assert first.body["@odata.count"] == 2
    assert "@odata.count" not in second.body


async def test_membership_is_told_of_the_groups_asked_about(graph: Graph) -> None:
    path = f"/v1.0/users/{JANE}/checkMemberGroups"
    answer = await graph.call("POST", path, json={"groupIds": [OTHERS, MANAGERS, ABSENT]})

    assert (answer.status, answer.body["value"]) == (200, [MANAGERS])


@pytest.mark.parametrize(
    ("user", "groups", "status"),
    [
        (JANE, [ABSENT] * 20, 200),
        (JANE, [ABSENT] * 21, 400),
        (JANE, ["nonsense"], 400),
        (JANE, None, 400),
        (ABSENT, [MANAGERS], 404),
    ],
)
async def test_membership_of_at_most_twenty_groups_can_be_asked(
    graph: Graph, user: str, groups: object, status: int
) -> None:
    path = f"/v1.0/users/{user}/checkMemberGroups"
    assert (await graph.call("POST", path, json={"groupIds": groups})).status == status


async def test_a_method_that_a_path_does_not_know_is_refused(graph: Graph) -> None:
    assert (await graph.call("DELETE", f"/v1.0/applications/{OWN}")).status == 405
