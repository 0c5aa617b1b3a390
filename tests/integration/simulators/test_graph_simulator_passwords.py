"""addPassword and removePassword of the Graph simulator."""

import json
import re

import pytest

from tests.integration.simulators.graph_client import (
    ABSENT,
    KEY,
    OWN,
    OWN_CLIENT,
    Graph,
)

END = "2027-05-21T23:59:59Z"


async def test_a_new_secret_is_answered_once_with_its_value(graph: Graph) -> None:
    answer = await graph.add(
        displayName="Secret by Jane Doe", startDateTime="2026-11-21T08:59:58Z", endDateTime=END
    )

    assert answer.status == 200
    made = answer.body
    assert made.pop("@odata.context").endswith("#microsoft.graph.passwordCredential")
    value, key_id = made.pop("secretText"), made.pop("keyId")
    assert re.fullmatch(r"[\w.~]{3}8Q~[\w.~-]{34}", value)
    assert made == {
        "customKeyIdentifier": None,
        "displayName": "Secret by Jane Doe",
        "startDateTime": "2026-11-21T08:59:58.0000000Z",
        "endDateTime": "2027-05-21T23:59:59.0000000Z",
        "hint": value[:3],
    }
    assert await graph.key_ids() == [KEY, key_id]


async def test_the_value_is_kept_nowhere(graph: Graph) -> None:
    value = (await graph.add()).body["secretText"]

    seen = [
        (await graph.call("GET", path)).body
        for path in (
            "/dev/world",
            f"/dev/truth/{OWN_CLIENT}",
            "/dev/requests",
            "/v1.0/applications",
        )
    ]
    assert value not in json.dumps(seen)
    assert "secretText" in json.dumps(seen)


async def test_a_secret_without_dates_begins_now_and_lives_two_years(graph: Graph) -> None:
    made = (await graph.add()).body

    assert made["displayName"] is None
    assert made["startDateTime"] == "2026-11-21T09:00:00.0000000Z"
    assert made["endDateTime"] == "2028-11-21T09:00:00.0000000Z"


async def test_two_years_after_29_february_is_28_february(graph: Graph) -> None:
    made = (await graph.add(startDateTime="2028-02-29T00:00:00Z")).body

    assert made["endDateTime"] == "2030-02-28T00:00:00.0000000Z"


async def test_an_offset_is_understood(graph: Graph) -> None:
    made = (await graph.add(endDateTime="2027-05-21T01:00:00.1234567+02:00")).body

    assert made["endDateTime"] == "2027-05-20T23:00:00.1234560Z"


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        ({"endDateTime": "2026-11-21T09:00:00Z"}, "Key credential end date is invalid."),
        ({"startDateTime": END, "endDateTime": END}, "Key credential end date is invalid."),
        ({"endDateTime": "2027-05-21"}, "Cannot convert the literal"),
        ({"endDateTime": "soon"}, "Cannot convert the literal"),
        ({"displayName": 1}, "Cannot convert displayName"),
        ({"secretText": "mine"}, "New password credentials must be generated"),
    ],
)
async def test_a_secret_that_graph_would_not_make_is_refused(
    graph: Graph, credential: dict[str, object], message: str
) -> None:
    answer = await graph.add(**credential)

    assert answer.status == 400
    assert answer.message.startswith(message)
    assert await graph.true_key_ids() == [KEY]


async def test_a_body_that_is_no_json_is_refused(graph: Graph) -> None:
    url = f"{graph.address}/v1.0/applications/{OWN}/addPassword"
    async with graph.session.post(url, data=b"{") as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "BadRequest"


async def test_a_secret_can_be_made_and_removed_by_client_id(graph: Graph) -> None:
    path = f"/v1.0/applications(appId='{OWN_CLIENT}')"
    made = await graph.call("POST", path + "/addPassword")
    removed = await graph.call(
        "POST", path + "/removePassword", json={"keyId": made.body["keyId"].upper()}
    )

    assert (made.status, removed.status) == (200, 204)
    assert await graph.true_key_ids() == [KEY]


async def test_a_removed_secret_is_gone_and_can_not_be_removed_again(graph: Graph) -> None:
    assert (await graph.remove(KEY)).status == 204
    again = await graph.remove(KEY)

    assert await graph.key_ids() == []
    assert again.status == 400
    assert again.message.startswith("No password credential found with keyId")


@pytest.mark.parametrize(("key_id", "status"), [(ABSENT, 400), ("nonsense", 400)])
async def test_a_key_id_that_is_not_there_is_refused(
    graph: Graph, key_id: str, status: int
) -> None:
    assert (await graph.remove(key_id)).status == status
    assert await graph.true_key_ids() == [KEY]


async def test_an_application_that_the_identity_does_not_own_can_not_be_changed(
    graph: Graph,
) -> None:
    for answer in (await graph.add(4), await graph.remove(ABSENT, 4)):
        assert (answer.status, answer.code) == (403, "Authorization_RequestDenied")
    assert await graph.true_key_ids(4) == []


async def test_secrets_made_elsewhere_are_seen(graph: Graph) -> None:
    body = {
        "appId": OWN_CLIENT,
        "displayName": None,
        "startDateTime": "2026-11-21T00:00:00Z",
        "endDateTime": END,
    }
    made = await graph.call("POST", "/dev/secrets", json=body)

    assert made.status == 201
    assert await graph.key_ids() == [KEY, made.body["keyId"]]
