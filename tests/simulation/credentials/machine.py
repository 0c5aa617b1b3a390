"""A process of the portal: it may freeze for minutes, and what it has sent may arrive late."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Final

from tests.simulation.effects import Answer, Effect
from tests.simulation.faults import Answers, Fate, Service
from tests.simulation.process import Crash, Process
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import Time

SILENCE: Final = {Service.TABLES: 3.0, Service.DIRECTORY: 30.0, Service.MAIL: 30.0}
"""Seconds after which a request without an answer is given up: the adapters' own time-outs."""

LATEST: Final = 100.0
"""Seconds after which a request that was given up has arrived, if ever."""

LONGEST_FREEZE: Final = 120.0

ILL: Final = timedelta(minutes=8)
AGAIN: Final = 0.3
"""How probable another freeze is, at each request, in a process that is ill."""

DANGEROUS: Final = ("secrets: transact", "directory: add")
MORE: Final = 10
"""By so much more probable a freeze is where it does the most harm."""

REMEMBERED: Final = timedelta(minutes=5)
"""What has stood still for longer than LONGEST_FREEZE within so long begins nothing any more: the
platform ends it. No lease could do anything about that; the fence has to hold all the same, for
what has begun already."""

BEGINS: Final = ("secrets: create", "directory: add", "directory: remove")

_ARRIVES: Final = {Fate.FINE, Fate.LOST, Fate.SLOW, Fate.CRASH_AFTER}


class Ended(Crash):
    """One request has ended, as if its process had: the others go on."""


class Machine(Process):
    """Talks to the services. `freezes` is how probable a freeze is at each of its requests."""

    def __init__(
        self, name: str, *, time: Time, rng: Random, trace: Trace, freezes: float = 0.0
    ) -> None:
        super().__init__(name, time=time, rng=rng, trace=trace)
        self.freezes = freezes
        self.faulted = 0
        self._virtual = time
        self._chance = rng
        self._told = trace
        self._freezes: list[tuple[datetime, datetime]] = []
        self._thaws = time.now()

    def _perhaps_freeze(self, what: str) -> None:
        """Stop, now and then, for up to two minutes: whatever runs here goes on after that.

        Where that has happened once, it is likely to happen again.
        """
        if not self.freezes:
            return
        now = self._virtual.now()
        is_ill = bool(self._freezes) and now - self._freezes[0][0] < ILL
        usual = self.freezes * (MORE if what.startswith(DANGEROUS) else 1)
        if now >= self._thaws and self._chance.random() < (AGAIN if is_ill else usual):
            seconds = LONGEST_FREEZE * self._chance.choice((1.0, self._chance.random()))
            self._thaws = now + timedelta(seconds=seconds)
            self._freezes.append((now, self._thaws))
            self.faulted += 1
            self._told.note(self.name, "freezes", f"{seconds:.0f} s")

    def _require_awake(self) -> None:
        """End a request if it stood still for longer than anything can be built upon."""
        since = self._virtual.now() - REMEMBERED
        still = sum(
            (end - max(begin, since)).total_seconds() for begin, end in self._freezes if end > since
        )
        if still > LONGEST_FREEZE:
            self._told.note(self.name, "ends a request", "")
            raise Ended(self.name)

    async def sleep(self, seconds: float) -> None:
        await self._wait(seconds)

    async def call(
        self,
        service: Service,
        what: str,
        effect: Callable[[], Answer],
        answers: Answers[Answer],
    ) -> Answer:
        """Send one request, as Process.call does, within the bounds of this simulation."""
        self.check()
        self._perhaps_freeze(what)
        await self._thaw()
        if what.startswith(BEGINS):
            self._require_awake()
        self.check()
        fate = self.weather.fate(service, self._chance)
        self._told.note(self.name, what, fate.name.lower() if fate is not Fate.FINE else "")
        self.faulted += fate is not Fate.FINE
        if fate is Fate.CRASH_BEFORE:
            self.kill()
            self.check()
        request = Effect(effect)
        if fate in _ARRIVES:
            await self._send(request)
        if fate is Fate.CRASH_AFTER:
            self.kill()
        self._perhaps_freeze(what)
        return await self._answer(request, fate, service, answers)

    async def _send(self, request: Effect[Answer]) -> None:
        try:
            await self._wait(self.weather.seconds(self._chance))
        except (asyncio.CancelledError, Crash):
            # Whoever sent it is gone: it may arrive all the same.
            if self._chance.random() < 0.5:
                request.do()
            raise
        request.do()

    async def _answer(
        self, request: Effect[Answer], fate: Fate, service: Service, answers: Answers[Answer]
    ) -> Answer:
        rng = self._chance
        if fate is Fate.FINE:
            await self._wait(self.weather.seconds(rng))
            return request.answer()
        if fate is Fate.SLOW:
            await self._wait(rng.uniform(0.5, 0.95 * SILENCE[service]))
            return request.answer()
        if fate is Fate.REFUSED:
            await self._wait(self.weather.seconds(rng))
            return _seen(answers.refusal(rng))
        patience = rng.uniform(0, SILENCE[service])
        if fate is Fate.LATE:
            late = patience + rng.uniform(0, LATEST)
            asyncio.get_running_loop().call_later(late, request.do)
        await self._wait(patience)
        return _seen(answers.silence(rng))

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        with suppress(asyncio.CancelledError):
            # The answer had come before its time-out was noticed.
            await self._thaw()
        self.check()

    async def _thaw(self) -> None:
        """Let nothing happen while the process stands still; a time-out is noticed after it."""
        cancelled = False
        while (frozen := (self._thaws - self._virtual.now()).total_seconds()) > 0:
            try:
                await asyncio.sleep(frozen)
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError


def _seen(answer: Answer | Exception) -> Answer:
    if isinstance(answer, Exception):
        raise answer
    return answer
