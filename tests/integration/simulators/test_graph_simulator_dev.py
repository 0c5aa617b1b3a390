"""/dev of the Graph simulator: what every simulator has, and the world."""

import pytest

from tests.integration.simulators.graph_client import (
    ABSENT,
    KEY,
    OWN,
    OWN_CLIENT,
    Graph,
    world,
)


@pytest.mark.parametrize(
    ("method", "name", "parameters", "status"),
    [
        ("PUT", "nonsense", {}, 404),
        ("DELETE", "nonsense", None, 404),
        ("PUT", "throttle", {"nonsense": 1}, 400),
        ("PUT", "throttle", {"retryAfter": "soon"}, 400),
        ("PUT", "throttle", {"retryAfter": -1}, 400),
        ("PUT", "throttle", {"method": None}, 400),
        ("PUT", "throttle", {"times": 0}, 400),
        ("PUT", "throttle", {"times": True}, 400),
        ("PUT", "server_error", {"status": 418}, 400),
        ("PUT", "throttle", [], 400),
        ("PUT", "throttle", None, 204),
        ("DELETE", "throttle", None, 204),
    ],
)
async def test_a_trap_that_is_unknown_or_ill_set_is_refused(
    graph: Graph, method: str, name: str, parameters: object, status: int
) -> None:
    url = f"{graph.address}/dev/traps/{name}"
    async with graph.session.request(method, url, json=parameters) as response:
        assert response.status == status


async def test_requests_are_listed_as_received_until_forgotten(graph: Graph) -> None:
    await graph.get(f"//applications/{OWN}", select="id")
    await graph.get("/applications", filter="nonsense")
    listed = (await graph.call("GET", "/dev/requests")).body["requests"]
    await graph.call("DELETE", "/dev/requests")

    assert listed == [
        {
            "method": "GET",
            "path": f"/v1.0/applications/{OWN}",
            "query": "$select=id",
            "status": 200,
        },
        {
            "method": "GET",
            "path": "/v1.0/applications",
            "query": "$filter=nonsense",
            "status": 400,
        },
    ]
    assert (await graph.call("GET", "/dev/requests")).body == {"requests": []}


async def test_the_clock_is_set_and_not_added_to(graph: Graph) -> None:
    await graph.later(seconds=86_400)
    await graph.later(seconds=60)

    assert (await graph.add()).body["startDateTime"] == "2026-11-21T09:01:00.0000000Z"


@pytest.mark.parametrize("seconds", [None, "1", True, 1e12])
async def test_a_clock_can_not_be_set_to_nonsense(graph: Graph, seconds: object) -> None:
    url = graph.address + "/dev/clock"
    async with graph.session.post(url, json={"offsetSeconds": seconds}) as response:
        assert response.status == 400


async def test_the_world_can_be_read_and_replaced(graph: Graph) -> None:
    shown = (await graph.call("GET", "/dev/world")).body
    shown["applications"] = shown["applications"][:2]
    assert (await graph.call("PUT", "/dev/world", json=shown)).status == 204

    assert (await graph.call("GET", "/dev/world")).body == shown
    assert len((await graph.get("/applications")).names) == 2


@pytest.mark.parametrize("missing", ["portal", "users", "groups", "applications"])
async def test_what_is_no_world_is_refused_and_changes_nothing(graph: Graph, missing: str) -> None:
    body = world()
    del body[missing]
    async with graph.session.put(graph.address + "/dev/world", json=body) as response:
        assert response.status == 400

    assert len((await graph.get("/applications")).names) == 5


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 201),
        ({"appId": ABSENT}, 404),
        ({"endDateTime": "soon"}, 400),
        ({"startDateTime": None}, 400),
    ],
)
async def test_a_secret_made_elsewhere_needs_an_application_and_dates(
    graph: Graph, change: dict[str, object], status: int
) -> None:
    body = {
        "appId": OWN_CLIENT,
        "displayName": "Made elsewhere",
        "startDateTime": "2025-11-21T00:00:00Z",
        "endDateTime": "2026-11-20T00:00:00Z",
        **change,
    }
    async with graph.session.post(graph.address + "/dev/secrets", json=body) as response:
        assert response.status == status

    assert len(await graph.true_key_ids()) == (2 if status == 201 else 1)
    assert KEY in await graph.true_key_ids()


async def test_the_truth_of_an_absent_application_is_not_told(graph: Graph) -> None:
    async with graph.session.get(f"{graph.address}/dev/truth/{ABSENT}") as response:
        assert response.status == 404
