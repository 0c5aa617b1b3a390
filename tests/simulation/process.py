"""A process: its clock, its end, and its requests, of which some fail."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from tests.simulation.effects import Answer, Effect
from tests.simulation.faults import FAIR, LATEST, Answers, Fate, Service, Weather
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import Time

TOO_SLOW = (2.0, 45.0)
"""Seconds that a slow answer takes."""

LONGEST_SILENCE = 3.0
"""Seconds until the loss of an answer is noticed."""


class Crash(BaseException):
    """The process has ended: nothing of it goes on, no clean-up either."""


class Process:
    """Talks to the services, and is the Clock of the use cases in it.

    `skew` is how much its clock is ahead of the true time.
    """

    def __init__(self, name: str, *, time: Time, rng: Random, trace: Trace) -> None:
        self.name = name
        self.weather: Weather = FAIR
        self.skew = timedelta(0)
        self.set_back = timedelta(0)
        """By how much its clock was set back while it ran."""
        self.is_dead = False
        self.faults: list[Fate] = []
        self.calls: Counter[Service] = Counter()
        self._time = time
        self._rng = rng
        self._trace = trace

    def now(self) -> datetime:
        return self._time.now() + self.skew

    async def sleep(self, seconds: float) -> None:
        await self._pass(seconds)

    def begin(self, weather: Weather) -> None:
        """Count anew, for the next piece of work."""
        self.weather = weather
        self.faults.clear()
        self.calls.clear()
        self.set_back = timedelta(0)

    def set_clock(self, seconds: float) -> None:
        """Set the clock to so much ahead of the true time."""
        skew = timedelta(seconds=seconds)
        self.set_back = max(self.set_back, self.skew - skew)
        self.skew = skew
        self._trace.note(self.name, "clock", f"{seconds:+.0f} s")

    def kill(self) -> None:
        if not self.is_dead:
            self.is_dead = True
            self._trace.note(self.name, "crash", "")

    def check(self) -> None:
        """Raise Crash once the process has ended."""
        if self.is_dead:
            raise Crash(self.name)

    async def call(
        self,
        service: Service,
        what: str,
        effect: Callable[[], Answer],
        answers: Answers[Answer],
    ) -> Answer:
        """Send one request. The effect happens once at most, at the service, whatever happens here.

        What the effect raises is the service's answer.
        """
        self.check()
        fate = self.weather.fate(service, self._rng)
        self.calls[service] += 1
        if fate is not Fate.FINE:
            self.faults.append(fate)
        self._trace.note(self.name, what, fate.name.lower() if fate is not Fate.FINE else "")
        if fate is Fate.CRASH_BEFORE:
            self.kill()
            self.check()
        request = Effect(effect)
        await self._travel(request, fate)
        return await self._answered(request, fate, answers)

    async def _travel(self, request: Effect[Answer], fate: Fate) -> None:
        if fate is Fate.LATE:
            asyncio.get_running_loop().call_later(self._rng.uniform(1, LATEST), request.do)
        on_its_way = fate in {Fate.FINE, Fate.LOST, Fate.SLOW, Fate.CRASH_AFTER}
        try:
            await self._pass(self.weather.seconds(self._rng))
        except (asyncio.CancelledError, Crash):
            # Whoever sent it is gone: it may arrive all the same.
            if on_its_way and self._rng.random() < 0.5:
                request.do()
            raise
        if on_its_way:
            request.do()

    async def _answered(
        self, request: Effect[Answer], fate: Fate, answers: Answers[Answer]
    ) -> Answer:
        if fate is Fate.CRASH_AFTER:
            self.kill()
            self.check()
        await self._pass(self._delay(fate))
        if fate in {Fate.FINE, Fate.SLOW}:
            return request.answer()
        rng = self._rng
        seen = answers.refusal(rng) if fate is Fate.REFUSED else answers.silence(rng)
        if isinstance(seen, Exception):
            raise seen
        return seen

    def _delay(self, fate: Fate) -> float:
        if fate is Fate.SLOW:
            return self._rng.uniform(*TOO_SLOW)
        if fate in {Fate.FINE, Fate.REFUSED}:
            return self.weather.seconds(self._rng)
        return self._rng.uniform(0, LONGEST_SILENCE)

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.check()
