"""A host of its own, before a Graph of known values: what it prints and answers holds none."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from tests.leaks.canaries import canary, half, shown
from tests.leaks.canary_graph import DISORDERS, CanaryGraph, Manner, canary_graph, in_good_order
from tests.leaks.portal import mails, rows
from tests.support.stack import Program, Stack, running_host
from tests.support.worlds import new_id

MANNERS: list[Manner] = [in_good_order, *DISORDERS.values(), in_good_order]


class Scene:
    """A host, its Graph, and a client that may create on an application for each manner."""

    def __init__(
        self, graph: CanaryGraph, host: Program, http: httpx.AsyncClient, client_ids: list[str]
    ) -> None:
        self.graph = graph
        self.host = host
        self.http = http
        self.client_ids = client_ids

    async def create(self, value: str, manner: Manner, expires_on: str) -> httpx.Response:
        self.graph.value, self.graph.manner = value, manner
        return await self.http.post(
            f"{self.host.address()}/api/applications/{self.client_ids.pop()}/secrets",
            json={"displayName": "Secret by JD", "expiresOn": expires_on},
            headers={"Idempotency-Key": new_id()},
        )


@pytest.fixture
async def scene(product: Stack) -> AsyncIterator[Scene]:
    world = product.world()
    jane = world.user("Jane Doe")
    group = world.group(jane)
    client_ids = [world.application(group)["appId"] for _ in MANNERS]
    product.load(world)
    bearer = {"Authorization": f"Bearer {product.token(jane)}"}
    async with AsyncExitStack() as parts:
        graph, address = await parts.enter_async_context(canary_graph(product.graph))
        settings = {**product.settings, "GRAPH_BASE_URL": f"{address}/v1.0"}
        host = parts.enter_context(running_host(settings))
        http = await parts.enter_async_context(httpx.AsyncClient(headers=bearer, timeout=60))
        yield Scene(graph, host, http, client_ids)


async def test_a_host_prints_and_answers_no_value_but_in_its_201(
    product: Stack, scene: Scene
) -> None:
    family, said, statuses = half(), list[str](), list[int]()
    expires_on = f"{(product.now() + timedelta(days=30)).date()}"
    for manner in MANNERS:
        value = canary(family)
        answer = await scene.create(value, manner, expires_on)
        document = answer.json()
        if answer.status_code == httpx.codes.CREATED:
            assert document.pop("secretText") == value
        said.append(f"{document} {answer.headers}")
        statuses.append(answer.status_code)
    listed = await scene.http.get(f"{scene.host.address()}/api/applications")
    places = {
        "the host's output": "".join(scene.host.printed),
        "an answer": "".join(said),
        "a list": listed.text,
        "a table": rows(product),
        "a mail": mails(product),
    }
    assert [status == httpx.codes.CREATED for status in statuses] == [
        manner is in_good_order for manner in MANNERS
    ]
    assert '"outcome": "created"' in places["the host's output"]
    assert json.loads(places["a list"])["applications"]
    assert shown(family, places) == []
