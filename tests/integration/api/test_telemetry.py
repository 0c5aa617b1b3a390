"""What a running host sends to its operators, and that none of it names anybody or anything."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.integration.api.living import Life
from tests.integration.api.test_leaks import keys
from tests.leaks.canaries import leaks
from tests.support.ingestion import Ingestion, ingestion
from tests.support.stack import Program, running_host
from tests.support.worlds import Record, credential, new_id

CANARY = "Canary secret"
INVOCATIONS = {"list_applications", "create_secret", "delete_secret", "run_reminders"}


@dataclass(slots=True, kw_only=True)
class Scene:
    """A host of its own that sends to an ingestion of its own, and a manager with applications."""

    life: Life
    ingestion: Ingestion
    host: Program
    http: httpx.AsyncClient
    token: str
    jane: Record
    group: str
    application: Record
    dying: Record

    async def listed(self) -> httpx.Response:
        return await self.http.get("/api/applications")

    async def create(self, client_id: str) -> httpx.Response:
        day = (self.life.now + timedelta(days=30)).date()
        return await self.http.post(
            f"/api/applications/{client_id}/secrets",
            json={"displayName": CANARY, "expiresOn": f"{day}"},
            headers={"Idempotency-Key": new_id()},
        )

    async def delete(self, key_id: str) -> httpx.Response:
        path = f"/api/applications/{self.application['appId']}/secrets/{key_id}"
        return await self.http.delete(path)

    async def fire(self) -> httpx.Response:
        return await self.http.post("/admin/functions/run_reminders", json={"input": ""})

    def calls(self) -> list[tuple[str, str]]:
        """Return (name, result) of all that was traced."""
        found = self.ingestion.data("RemoteDependencyData")
        return [(each["name"], each.get("resultCode", "")) for each in found]

    def metrics(self) -> list[tuple[str, Any, dict[str, Any]]]:
        """Return (name, value, dimensions) of all that was measured."""
        return [
            (metric["name"], metric["value"], data.get("properties") or {})
            for data in self.ingestion.data("MetricData")
            for metric in data["metrics"]
        ]

    def has_heard_runs(self, count: int) -> bool:
        """Tell whether so many were handed over; what came before the last one was, too."""
        traced = sum(name == "run_reminders" for name, _ in self.calls())
        return traced == count and count <= sum(
            data["metrics"][0].get("count", 0)
            for data in self.ingestion.data("MetricData")
            if data["metrics"][0]["name"] == "portal.firings"
        )


@pytest.fixture
async def scene(life: Life) -> AsyncIterator[Scene]:
    world = life.product.world()
    jane = world.user("Jane Doe")
    group = world.group(jane)
    dying = credential(life.now, 3)
    application = world.application(group, secrets=[dying, credential(life.now, 300)])
    life.begin(world)
    token = life.product.token(jane)
    async with AsyncExitStack() as parts:
        heard, settings = await parts.enter_async_context(ingestion())
        host = parts.enter_context(running_host({**life.product.settings, **settings}))
        at_its_time(life, host)
        http = await parts.enter_async_context(
            httpx.AsyncClient(
                base_url=host.address(), headers={"Authorization": f"Bearer {token}"}, timeout=60
            )
        )
        yield Scene(
            life=life,
            ingestion=heard,
            host=host,
            http=http,
            token=token,
            jane=jane,
            group=group["id"],
            application=application,
            dying=dying,
        )


def at_its_time(life: Life, host: Program) -> None:
    """Let a host of its own live when the stack does."""
    offset = (life.now - life.product.now()).total_seconds()
    life.product.dev("POST", host.address(), "clock", {"offsetSeconds": offset})


async def live(scene: Scene) -> str:
    """Do everything once, well and badly; return the secret that was revealed."""
    client_id = scene.application["appId"]
    await scene.fire()
    assert (await scene.listed()).status_code == 200
    made = await scene.create(client_id)
    assert made.status_code == 201
    assert (await scene.delete(scene.dying["keyId"])).status_code == 204
    assert (await scene.create(new_id())).status_code == 404
    await scene.http.get("/api/applications", headers={"Authorization": f"Bearer {scene.token}x"})
    scene.life.product.trap("graph", "drop_answer", times=1)
    await scene.create(client_id)
    await scene.fire()
    return str(made.json()["secretText"])


async def test_what_is_sent_names_nobody_and_nothing(scene: Scene) -> None:
    revealed = await live(scene)
    await scene.ingestion.until(lambda: scene.has_heard_runs(2))
    sent = {"what is sent": "".join(scene.ingestion.heard)}
    secret = [revealed, *scene.token.split("."), *keys(scene.life.product)]
    people = [scene.jane[name] for name in ("mail", "displayName", "userPrincipalName", "id")]
    things = [
        scene.group,
        *(scene.application[name] for name in ("appId", "id", "displayName")),
        scene.dying["keyId"],
        CANARY,
        scene.life.product.settings["PORTAL_SERVICE_PRINCIPAL_ID"],
    ]
    assert leaks([*secret, *people, *things], sent) == []
    assert {name for name, _ in scene.calls()} >= INVOCATIONS
    printed = {"what the host prints": "".join(scene.host.printed)}
    assert leaks([*secret, scene.jane["mail"]], printed) == []
    assert "Traceback" not in printed["what the host prints"]


async def test_a_request_is_one_trace_with_what_it_asks_of_graph_and_the_tables(
    scene: Scene,
) -> None:
    trace = new_id().replace("-", "")
    parent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    assert (await scene.http.get("/api/applications", headers=parent)).status_code == 200
    await scene.fire()
    await scene.ingestion.until(lambda: scene.has_heard_runs(1))
    spans = [
        each["data"]["baseData"]
        for each in scene.ingestion.envelopes()
        if each["tags"].get("ai.operation.id") == trace
    ]
    names = {span["name"] for span in spans}
    assert "list_applications" in names
    assert "GET /applications" in names
    assert any(name.startswith("TableClient.") for name in names)
    assert {span["type"] for span in spans} == {"HTTP", "InProc"}
    assert all(span["success"] for span in spans)


async def test_what_happened_is_counted(scene: Scene) -> None:
    await live(scene)
    await scene.ingestion.until(lambda: scene.has_heard_runs(2))
    counted = {(name, *dimensions.values()) for name, _, dimensions in scene.metrics()}
    assert counted >= {
        ("portal.answers", "list_applications", "200", "ok"),
        ("portal.answers", "list_applications", "401", "invalid_token"),
        ("portal.answers", "create_secret", "404", "not_found"),
        ("portal.mails", "daily", "accepted"),
        ("portal.posts", "accepted"),
        ("portal.directory.requests", "GET", "200"),
        ("portal.directory.requests", "POST", "none"),
        ("portal.keys.fetches", "good"),
        ("portal.applications.managed",),
        ("portal.mails.oldest_unsent",),
    }


@pytest.mark.parametrize("is_gone", [True, False], ids=["nobody there", "no answer"])
async def test_an_ingestion_out_of_reach_changes_nothing(life: Life, *, is_gone: bool) -> None:
    world = life.product.world()
    jane = world.user("Jane Doe")
    world.application(world.group(jane), secrets=[credential(life.now, 3)])
    life.begin(world)
    bearer = {"Authorization": f"Bearer {life.product.token(jane)}"}
    async with AsyncExitStack() as parts, AsyncExitStack() as reachable:
        there, settings = await reachable.enter_async_context(ingestion())
        there.is_silent = True
        if is_gone:
            await reachable.aclose()
        host = parts.enter_context(running_host({**life.product.settings, **settings}))
        http = await parts.enter_async_context(
            httpx.AsyncClient(base_url=host.address(), headers=bearer, timeout=60)
        )
        at_its_time(life, host)
        for _ in range(3):
            assert (await http.get("/api/applications")).status_code == 200
            fired = await http.post("/admin/functions/run_reminders", json={"input": ""})
            assert fired.status_code == 202
        # Asked to end, it would wait for an answer once more.
        host.kill()
    assert "Traceback" not in "".join(host.printed)
    assert "alarm" not in "".join(host.printed)
