"""Values that Graph hands out show once, in their 201, whatever fails on the way to it.

The real adapters, Azurite and the simulators, with every logger at DEBUG: a create is interrupted
at each await that follows Graph's answer, and Graph answers in disorder.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import azure.functions as func
import pytest

from tests.fakes.system import FakeClock
from tests.integration.api.living import Life
from tests.leaks.canaries import canary, half, shown
from tests.leaks.canary_graph import DISORDERS, CanaryGraph, Manner, canary_graph, in_good_order
from tests.leaks.ears import Ears, ears_open, nobody_asked, speak_up
from tests.leaks.interruptions import Interruption, interrupted, tasks_interruptible
from tests.leaks.portal import Portal, mails, portal_on, rows, told
from tests.support.worlds import new_id

CREATED = 201
FEWEST_VALUES = 64
FEWEST_REVEALED = 6
SPEAKERS = dict.fromkeys(("azure.core", "httpcore.http11", "shared.use_cases.attempts"), True)
"""Some of those that must have been heard."""

MOST_CREATES = 250
MAILS_ASTRAY = ("drop_answer", "throttle", "server_error")

Error = Callable[[], BaseException]


@dataclass(slots=True, kw_only=True)
class Scene:
    """A portal before a Graph of known values; each create has an application of its own."""

    life: Life
    graph: CanaryGraph
    portal: Portal
    quiet: Portal
    """Sends no notices: their reads of Graph are tried again after real pauses."""

    clock: FakeClock
    ears: Ears
    token: str
    client_ids: list[str]
    family: str = field(default_factory=half)
    values: list[str] = field(default_factory=list)
    revealed: dict[str, str] = field(default_factory=dict)
    """By the value: the body of its 201."""

    answers: list[str] = field(default_factory=list)
    """All other answers, and the headers of the 201s."""

    logs: list[str] = field(default_factory=list)

    async def create(
        self,
        *,
        manner: Manner = in_good_order,
        interruption: Interruption | None = None,
        is_quiet: bool = False,
    ) -> bool:
        """Create one secret of one value, then ask again; tell whether it was interrupted."""
        interruption = interruption or Interruption(error=RuntimeError, at=0)
        value = self.graph.value = canary(self.family)
        self.values.append(value)
        self.graph.manner, self.graph.handed_out = manner, interruption.begin
        client_id, key = self.client_ids.pop(), new_id()
        asked = partial(self._asked, self.quiet if is_quiet else self.portal, client_id, key)
        answer = await self._struck(asked, interruption)
        assert interruption.passed is not None, "Graph has handed the value out"
        if answer is not None and answer.status_code == CREATED:
            self.revealed[value] = answer.get_body().decode()
            self.answers.append(f"{dict(answer.headers)}")
        elif answer is not None:
            self.answers.append(told(answer))
        self.answers.append(told(await asked()))
        self.logs.append(self.ears.take())
        assert shown(value, {"the log": self.logs[-1]}) == []
        return interruption.happened

    async def _struck(
        self,
        asked: Callable[[], Coroutine[Any, Any, func.HttpResponse]],
        interruption: Interruption,
    ) -> func.HttpResponse | None:
        try:
            return await interrupted(asked, interruption)
        except asyncio.CancelledError as error:
            self.ears.overhear(error)
            return None
        finally:
            self.graph.handed_out = lambda: None
            await interruption.over()

    async def _asked(self, portal: Portal, client_id: str, key: str) -> func.HttpResponse:
        day = (self.clock.now() + timedelta(days=30)).date()
        body = {"displayName": "Secret by JD", "expiresOn": f"{day}"}
        return await portal.create(self.token, client_id, body, key)

    async def end(self) -> None:
        """Let recovery and the notices that are owed come to their end, and list what is left."""
        self.clock.move(timedelta(hours=2))
        await self.portal.fire()
        self.answers.append(told(await self.portal.list(self.token)))
        await nobody_asked()
        self.logs.append(self.ears.take())

    def places(self) -> dict[str, str]:
        """Return all but the 201s."""
        return {
            "the log": "".join(self.logs),
            "another answer": "".join(self.answers),
            "what Graph heard": "".join(self.graph.heard),
            "a table": rows(self.life.product),
            "a mail": mails(self.life.product),
        }


@pytest.fixture
async def scene(life: Life) -> AsyncIterator[Scene]:
    world = life.product.world()
    jane = world.user("Jane Doe")
    group = world.group(jane)
    client_ids = [world.application(group)["appId"] for _ in range(MOST_CREATES)]
    life.begin(world)
    clock = FakeClock(life.now)
    async with AsyncExitStack() as parts:
        graph, address = await parts.enter_async_context(canary_graph(life.product.graph))
        ears = parts.enter_context(ears_open())
        portal, quiet = [
            await parts.enter_async_context(
                portal_on(
                    life.product,
                    clock,
                    GRAPH_BASE_URL=f"{address}/v1.0",
                    NOTIFY_CHANGES=notifies,
                )
            )
            for notifies in ("true", "false")
        ]
        parts.enter_context(tasks_interruptible())
        token = life.product.token(jane)
        await portal.list(token)
        speak_up()  # what was imported and told to be quiet meanwhile, too
        yield Scene(
            life=life,
            graph=graph,
            portal=portal,
            quiet=quiet,
            clock=clock,
            ears=ears,
            token=token,
            client_ids=client_ids,
        )


async def interrupt_every_await(scene: Scene, error: Error, *, is_quiet: bool) -> None:
    """Create until no await is left to interrupt; that create succeeds."""
    for at in count(1):
        interruption = Interruption(error=error, at=at)
        if not await scene.create(interruption=interruption, is_quiet=is_quiet):
            assert scene.values[-1] in scene.revealed
            return


async def test_each_value_shows_once_in_its_201_or_nowhere(
    scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    await interrupt_every_await(scene, asyncio.CancelledError, is_quiet=False)
    await interrupt_every_await(scene, lambda: ConnectionResetError("cut"), is_quiet=True)
    await interrupt_every_await(scene, lambda: RuntimeError("unforeseen"), is_quiet=True)
    for trap in MAILS_ASTRAY:
        scene.life.product.trap("email", trap, times=1)
        await scene.create()
    revealed = {*scene.revealed}
    for disorder in DISORDERS.values():
        await scene.create(manner=disorder)
    assert {*scene.revealed} == revealed
    await scene.end()
    places = {**scene.places(), "the output": "".join(capfd.readouterr())}
    assert {speaker: speaker in places["the log"] for speaker in SPEAKERS} == SPEAKERS
    assert shown(scene.family, places) == []
    documents = [json.loads(body) for body in scene.revealed.values()]
    assert [document.pop("secretText") for document in documents] == [*scene.revealed]
    assert shown(scene.family, {"the rest of the 201s": json.dumps(documents)}) == []
    assert len(scene.values) >= FEWEST_VALUES
    assert len(scene.revealed) >= FEWEST_REVEALED
