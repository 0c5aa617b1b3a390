"""Moves the stack's clocks together, a day at a time, and runs the daily check on each day."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp

from local.simulators.common import Clock

TIMER: Final = "run_reminders"
# Tokens are judged by the wall clock, so the identity simulator stays where it is.
MOVED: Final = ("graph", "mail", "functions")
OK, ACCEPTED, FAILED = 200, 202, 500


class PartError(Exception):
    """A part of the stack is away or refused what it was asked; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """How many daily checks were run, and how many of them failed."""

    runs: int
    failed: int


class Parts:
    """HTTP to the other parts. `addresses` are without a slash at the end, by the part's name."""

    def __init__(self, addresses: Mapping[str, str], http: aiohttp.ClientSession) -> None:
        self._addresses = addresses
        self._http = http

    async def ask(
        self, method: str, part: str, path: str, body: object = None
    ) -> tuple[int, bytes]:
        """Return status and body of an answer; PartError if there is none."""
        try:
            async with self._http.request(
                method, self._addresses[part] + path, json=body
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise PartError(f"{part} does not answer ({type(fault).__name__}).") from fault

    async def demand(
        self, expected: set[int], method: str, part: str, path: str, body: object
    ) -> int:
        """Return the status if it is an expected one; PartError if not."""
        status, text = await self.ask(method, part, path, body)
        if status not in expected:
            raise PartError(f"{part} answered {status} to {method} {path}. {text[:300].decode()}")
        return status


class Walk:
    """The stack's time. One walk at a time."""

    def __init__(self, parts: Parts) -> None:
        self.clock = Clock()
        self._parts = parts
        self._one_at_a_time = asyncio.Lock()

    async def days(self, count: int, left: Callable[[], bool] = lambda: False) -> Walked:
        """Live through that many days; PartError leaves the stack on the last whole one.

        `left` is asked before each day whether nobody waits for the rest.
        """
        runs = failed = 0
        async with self._one_at_a_time:
            while runs < count and not left():
                await self._move_to(self.clock.offset + timedelta(days=1))
                failed += not await self._run()
                runs += 1
        return Walked(runs=runs, failed=failed)

    async def mails(self) -> int:
        """Return how many mails were ever accepted."""
        status, body = await self._parts.ask("GET", "mail", "/dev/accepted")
        if status != OK:
            raise PartError(f"mail answered {status}.")
        return len(json.loads(body)["accepted"])

    async def check(self) -> bool:
        """Run the daily check now; return whether it succeeded."""
        async with self._one_at_a_time:
            return await self._run()

    async def back_to_today(self) -> None:
        """Let all clocks show the real time again. What has happened stays so."""
        async with self._one_at_a_time:
            await self._move_to(timedelta())

    async def _move_to(self, offset: timedelta) -> None:
        # Offsets are absolute: a move that failed half-way is made good by the next.
        body = {"offsetSeconds": offset.total_seconds()}
        for part in MOVED:
            await self._parts.demand({204}, "POST", part, "/dev/clock", body)
        self.clock.offset = offset

    async def _run(self) -> bool:
        path = f"/admin/functions/{TIMER}"
        status = await self._parts.demand(
            {ACCEPTED, FAILED}, "POST", "functions", path, {"input": ""}
        )
        return status == ACCEPTED
