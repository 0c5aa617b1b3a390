"""The lab: one page on which time is moved, mail is read and traps are set."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local import lab_traps
from local.lab_walk import PartError, Parts, Walk, Walked
from local.origin import refusing_others
from local.simulators.common import is_cut, json_object

MOST_DAYS: Final = 120
# A firing may wait for the mail service within its own limits.
PATIENCE: Final = aiohttp.ClientTimeout(total=600)
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def application(addresses: Mapping[str, str]) -> web.Application:
    """Return the lab for a stack whose other parts are at these base addresses.

    They are functions, graph, mail and identity.
    """
    lab = _Lab(addresses)
    made = web.Application(middlewares=[refusing_others()])
    made.add_routes(
        [
            web.get("/", lab.page),
            web.get("/dev/clock", lab.clock),
            web.post("/dev/clock", lab.move),
            web.post("/walk", lab.walk),
            web.post("/check", lab.check),
            web.post("/today", lab.today),
            web.post("/traps", lab.all_traps_off),
            web.post("/traps/{part}/{name}", lab.trap),
        ]
    )
    made.cleanup_ctx.append(lab.session)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """What came of the last click; `part` names the simulator that it was about."""

    text: str
    part: str = ""
    fault: bool = False
    mails: bool = False


class _Lab:
    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._note: _Note | None = None
        self._typed: lab_traps.Typed | None = None

    async def session(self, _: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(timeout=PATIENCE) as http:
            self._parts = Parts(self._addresses, http)
            self._walk = Walk(self._parts)
            yield

    async def page(self, _: web.Request) -> web.Response:
        note, self._note = self._note, None
        typed, self._typed = self._typed, None
        text = TEMPLATES.get_template("lab.html").render(
            now=self._walk.clock.now(),
            ahead=self._walk.clock.offset.days,
            at=self._addresses,
            note=note,
            simulators=await lab_traps.described(self._parts, typed),
            field=lab_traps.FIELD,
        )
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    async def clock(self, _: web.Request) -> web.Response:
        seconds = self._walk.clock.offset.total_seconds()
        return web.json_response({"now": self._now(), "offsetSeconds": seconds})

    async def move(self, request: web.Request) -> web.Response:
        days = await _days(request)
        if days is None:
            return _problem(
                HTTPStatus.BAD_REQUEST,
                f'The body is {{"days": n}}, n a whole number from 1 to {MOST_DAYS}.',
            )
        try:
            walked = await self._walk.days(days, left=lambda: is_cut(request))
        except PartError as fault:
            return _problem(HTTPStatus.BAD_GATEWAY, str(fault))
        answer = {"now": self._now(), "runs": walked.runs, "failedRuns": walked.failed}
        return web.json_response(answer)

    async def walk(self, request: web.Request) -> web.Response:
        days = str((await request.post()).get("days"))
        if not days.isdecimal() or not 1 <= int(days) <= MOST_DAYS:
            raise web.HTTPBadRequest(text=f"days is a whole number from 1 to {MOST_DAYS}.")
        with self._telling_faults():
            before = await self._walk.mails()
            walked = await self._walk.days(int(days))
            mails = await self._walk.mails() - before
            self._note = _Note(text=_told(walked, mails), mails=True)
        raise web.HTTPSeeOther("/")

    async def check(self, _: web.Request) -> web.Response:
        with self._telling_faults():
            succeeded = await self._walk.check()
            text = "The daily check has run." if succeeded else "The daily check failed."
            self._note = _Note(text=text, fault=not succeeded)
        raise web.HTTPSeeOther("/")

    async def today(self, _: web.Request) -> web.Response:
        with self._telling_faults():
            await self._walk.back_to_today()
            text = "All clocks show the real time. Mails already sent are not sent again: "
            self._note = _Note(text=text + "restart for an empty inbox.")
        raise web.HTTPSeeOther("/")

    async def trap(self, request: web.Request) -> web.Response:
        part, name = request.match_info["part"], request.match_info["name"]
        if part not in lab_traps.SIMULATORS:
            raise web.HTTPNotFound
        form = await request.post()
        with self._telling_faults(part):
            if form.get("switch") == "on":
                self._typed = lab_traps.Typed(part=part, name=name, form=form)
                await lab_traps.switch_on(self._parts, self._typed)
                self._typed = None
                self._note = _Note(text=f"{name} is on.", part=part)
            else:
                await lab_traps.switch_off(self._parts, part, name)
                self._note = _Note(text=f"{name} is off.", part=part)
        raise web.HTTPSeeOther(f"/#{part}")

    async def all_traps_off(self, _: web.Request) -> web.Response:
        with self._telling_faults():
            await lab_traps.switch_all_off(self._parts)
            self._note = _Note(text="All traps are off.")
        raise web.HTTPSeeOther("/")

    @contextlib.contextmanager
    def _telling_faults(self, part: str = "") -> Iterator[None]:
        try:
            yield
        except PartError as fault:
            self._note = _Note(text=str(fault), part=part, fault=True)

    def _now(self) -> str:
        return f"{self._walk.clock.now():%Y-%m-%dT%H:%M:%SZ}"


async def _days(request: web.Request) -> int | None:
    try:
        days = (await json_object(request)).get("days")
    except web.HTTPBadRequest:
        return None
    return days if type(days) is int and 1 <= days <= MOST_DAYS else None


def _problem(status: HTTPStatus, detail: str) -> web.Response:
    problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return web.json_response(problem, status=status, content_type="application/problem+json")


def _told(walked: Walked, mails: int) -> str:
    days = "A day has passed" if walked.runs == 1 else f"{walked.runs} days have passed"
    days += f" and brought {mails or 'no'} new mail{'' if mails == 1 else 's'}"
    failed = f"; {walked.failed} of the daily checks failed" if walked.failed else ""
    return f"{days}{failed}."
