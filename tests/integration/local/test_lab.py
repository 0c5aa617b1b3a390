"""The lab walks the clocks day by day, and shows and sets traps."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from local import lab
from local.azurite import free_port
from local.lab_walk import Addresses
from local.simulators.common import Clock, RequestLog, Trap, Traps, dev_routes, serving

DAY = 86_400
TRAP = Trap(
    name="slow",
    description="Answers late.",
    parameters={"seconds": 1.5, "pathContains": "", "hard": False, "count": 3},
    nullable=frozenset({"count"}),
)


@dataclass
class Part:
    """One of the others: its clock and traps, and for the host how its timer runs went."""

    clock: Clock = field(default_factory=Clock)
    traps: Traps = field(default_factory=lambda: Traps([TRAP]))
    runs: list[tuple[float, str]] = field(default_factory=list)
    failing_days: set[int] = field(default_factory=set)

    def application(self) -> web.Application:
        made = web.Application()
        made.add_routes(dev_routes(self.clock, self.traps, RequestLog()))
        made.router.add_post("/admin/functions/{name}", self._run)
        return made

    async def _run(self, request: web.Request) -> web.Response:
        seconds = self.clock.offset.total_seconds()
        self.runs.append((seconds, request.match_info["name"]))
        assert await request.json() == {"input": ""}
        return web.Response(status=500 if seconds / DAY in self.failing_days else 202)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The lab and the parts that it moves."""

    http: aiohttp.ClientSession
    address: str
    functions: Part
    graph: Part
    mail: Part
    identity: Part


@contextlib.asynccontextmanager
async def around(*away: str) -> AsyncIterator[Stack]:
    parts = {part: Part() for part in ("functions", "graph", "mail", "identity")}
    async with contextlib.AsyncExitStack() as stack:
        at = {
            part: await stack.enter_async_context(serving(each.application()))
            for part, each in parts.items()
            if part not in away
        }
        at |= {part: f"http://127.0.0.1:{free_port()}" for part in away}
        address = await stack.enter_async_context(serving(lab.application(Addresses(**at))))
        http = await stack.enter_async_context(aiohttp.ClientSession(address))
        yield Stack(http=http, address=address, **parts)


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with around() as made:
        yield made


async def page(stack: Stack) -> str:
    async with stack.http.get("/") as answer:
        assert answer.status == 200
        return await answer.text()


async def submitted(stack: Stack, path: str, **form: str) -> str:
    async with stack.http.post(path, data=form) as answer:
        assert (answer.status, answer.url.path) == (200, "/")
        return await answer.text()


async def test_every_day_of_a_walk_is_lived_through(stack: Stack) -> None:
    before = Clock().now()
    async with stack.http.post("/dev/clock", json={"days": 3}) as answer:
        content = await answer.json()
    assert (answer.status, content["runs"], content["failedRuns"]) == (200, 3, 0)
    ahead = datetime.fromisoformat(content["now"]) - before
    assert timedelta(days=2, hours=23) < ahead < timedelta(days=3, hours=1)
    assert stack.functions.runs == [(n * DAY, "run_reminders") for n in (1, 2, 3)]


async def test_the_clocks_of_product_and_simulators_move_together(stack: Stack) -> None:
    for _ in range(2):
        async with stack.http.post("/dev/clock", json={"days": 2}):
            pass
    for part in (stack.functions, stack.graph, stack.mail):
        assert part.clock.offset == timedelta(days=4)
    async with stack.http.get("/dev/clock") as answer:
        assert (await answer.json())["offsetSeconds"] == 4 * DAY


async def test_tokens_stay_valid_since_the_identity_stays_where_it_is(stack: Stack) -> None:
    async with stack.http.post("/dev/clock", json={"days": 40}):
        pass
    assert stack.identity.clock.offset == timedelta()


async def test_two_walks_at_once_are_walked_one_after_the_other(stack: Stack) -> None:
    async def walk() -> None:
        async with stack.http.post("/dev/clock", json={"days": 2}) as answer:
            assert answer.status == 200

    await asyncio.gather(walk(), walk())
    assert [seconds / DAY for seconds, _ in stack.functions.runs] == [1, 2, 3, 4]


async def test_a_failed_run_is_counted_and_the_walk_goes_on(stack: Stack) -> None:
    stack.functions.failing_days.add(2)
    async with stack.http.post("/dev/clock", json={"days": 3}) as answer:
        content = await answer.json()
    assert (content["runs"], content["failedRuns"]) == (3, 1)


@pytest.mark.parametrize(
    "body",
    ["", "x", "[]", "{}", *(f'{{"days": {n}}}' for n in ("0", "401", "-1", "1.5", '"1"', "true"))],
)
async def test_a_walk_that_is_none_is_refused(stack: Stack, body: str) -> None:
    async with stack.http.post("/dev/clock", data=body) as answer:
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"
        assert (await answer.json())["status"] == 400
    assert stack.functions.runs == []


@pytest.mark.parametrize("part", ["graph", "mail", "functions"])
async def test_a_part_that_is_away_is_named(part: str) -> None:
    async with around(part) as stack, stack.http.post("/dev/clock", json={"days": 1}) as answer:
        assert answer.status == 502
        assert (await answer.json())["detail"].startswith(f"{part} does not answer")
        async with stack.http.get("/dev/clock") as clock:
            assert (await clock.json())["offsetSeconds"] == 0


async def test_the_buttons_do_the_same(stack: Stack) -> None:
    assert "A day has passed." in await submitted(stack, "/walk", days="1")
    assert "7 days have passed." in await submitted(stack, "/walk", days="7")
    assert "The daily check has run." in await submitted(stack, "/check")
    assert [seconds / DAY for seconds, _ in stack.functions.runs] == [*range(1, 9), 8]


async def test_the_way_back_to_today(stack: Stack) -> None:
    assert "8 days ahead" in await submitted(stack, "/walk", days="8")
    assert "The real time." in await submitted(stack, "/today")
    for part in (stack.functions, stack.graph, stack.mail):
        assert part.clock.offset == timedelta()


async def test_a_failed_check_is_said(stack: Stack) -> None:
    stack.functions.failing_days.add(0)
    assert "The daily check failed." in await submitted(stack, "/check")


async def test_a_note_is_shown_once(stack: Stack) -> None:
    assert 'role="status"' in await submitted(stack, "/check")
    assert 'role="status"' not in await page(stack)


async def test_the_page_leads_everywhere(stack: Stack) -> None:
    content = await page(stack)
    for path in ("/api/health", "/api/config", "/api/openapi.json", "/dev/users", "/dev/world"):
        assert f'{path}"' in content


async def test_a_trap_is_switched_on_with_its_parameters_and_off_again(stack: Stack) -> None:
    form = {
        "switch": "on",
        "parameter.seconds": "2.5",
        "parameter.pathContains": "<token>",
        "parameter.hard": "on",
        "parameter.count": "",
        "parameter.times": "2",
    }
    content = await submitted(stack, "/traps/mail/slow", **form)
    assert stack.mail.traps.value("slow") == {
        "seconds": 2.5,
        "pathContains": "<token>",
        "hard": True,
        "count": None,
        "times": 2,
    }
    assert 'value="&lt;token&gt;"' in content
    assert stack.graph.traps.value("slow") is None
    await submitted(stack, "/traps/mail/slow", switch="off")
    assert stack.mail.traps.value("slow") is None


async def test_a_parameter_that_the_form_leaves_out_has_its_default(stack: Stack) -> None:
    await submitted(stack, "/traps/mail/slow", switch="on")
    assert stack.mail.traps.value("slow") == TRAP.defaults


async def test_what_a_simulator_refuses_is_said(stack: Stack) -> None:
    content = await submitted(
        stack, "/traps/graph/slow", switch="on", **{"parameter.seconds": "soon"}
    )
    assert "seconds must be of type float" in content
    assert stack.graph.traps.value("slow") is None


async def test_all_traps_go_off_together(stack: Stack) -> None:
    parts = (stack.graph, stack.mail, stack.identity)
    for part in parts:
        part.traps.switch_on("slow", {})
    await submitted(stack, "/traps")
    assert [part.traps.value("slow") for part in parts] == [None, None, None]


async def test_the_page_shows_a_simulator_that_is_away() -> None:
    async with around("identity") as stack:
        assert "identity does not answer" in await page(stack)


async def test_a_trap_of_nobody_is_not_found(stack: Stack) -> None:
    async with stack.http.post("/traps/functions/slow", data={"switch": "on"}) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["/dev/clock", "/walk", "/check", "/today", "/traps"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_origin_changes_nothing(
    stack: Stack, path: str, headers: dict[str, str]
) -> None:
    async with stack.http.post(path, data='{"days": 1}', headers=headers) as answer:
        assert answer.status == 403
    assert stack.functions.runs == []


async def test_the_labs_own_page_may_post(stack: Stack) -> None:
    headers = {"Origin": stack.address, "Sec-Fetch-Site": "same-origin"}
    async with stack.http.post("/check", headers=headers) as answer:
        assert answer.status == 200
    assert len(stack.functions.runs) == 1
