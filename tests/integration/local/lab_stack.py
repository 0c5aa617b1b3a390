"""A lab among small parts that remember what was asked of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from local import lab
from local.azurite import free_port
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
    mails_a_day: int = 0
    failing_days: set[int] = field(default_factory=set)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_end.set()

    def application(self) -> web.Application:
        made = web.Application()
        made.add_routes(dev_routes(self.clock, self.traps, RequestLog()))
        made.router.add_post("/admin/functions/{name}", self._run)
        made.router.add_get("/dev/accepted", self._accepted)
        return made

    async def _accepted(self, _: web.Request) -> web.Response:
        days = round(self.clock.offset.total_seconds() / DAY)
        return web.json_response({"accepted": [{}] * days * self.mails_a_day})

    async def _run(self, request: web.Request) -> web.Response:
        seconds = self.clock.offset.total_seconds()
        self.runs.append((seconds, request.match_info["name"]))
        assert await request.json() == {"input": ""}
        self.started.set()
        await self.may_end.wait()
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
async def around(*away: str, **given: Part) -> AsyncIterator[Stack]:
    parts = {part: Part() for part in ("functions", "graph", "mail", "identity")} | given
    async with contextlib.AsyncExitStack() as stack:
        at = {
            part: await stack.enter_async_context(serving(each.application()))
            for part, each in parts.items()
            if part not in away
        }
        at |= {part: f"http://127.0.0.1:{free_port()}" for part in away}
        address = await stack.enter_async_context(serving(lab.application(at)))
        http = await stack.enter_async_context(aiohttp.ClientSession(address))
        yield Stack(http=http, address=address, **parts)


async def page(stack: Stack) -> str:
    async with stack.http.get("/") as answer:
        assert answer.status == 200
        return await answer.text()


async def submitted(stack: Stack, path: str, **form: str) -> str:
    async with stack.http.post(path, data=form) as answer:
        assert (answer.status, answer.url.path) == (200, "/")
        return await answer.text()
