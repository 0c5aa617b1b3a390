"""One run: a world, its days, and what the observer has to say of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from tests.simulation import life, oracle
from tests.simulation.character import Character, character
from tests.simulation.evening import Evening
from tests.simulation.firings import Platform
from tests.simulation.house import Services
from tests.simulation.ids import Seeds
from tests.simulation.ledger_view import ledger_view
from tests.simulation.mail_service import DeliveryReport, MailService
from tests.simulation.observer import Observer
from tests.simulation.population import populated
from tests.simulation.tables import Store
from tests.simulation.tally import Tally
from tests.simulation.trace import Trace, listening
from tests.simulation.virtual_time import Time, VirtualLoop, simulate
from tests.simulation.world import World

FIRST_DAY: Final = date(2026, 1, 5)
FIRST_HOUR, AFTERNOON, LAST_HOUR = 6, 15, 20

RECOVERY: Final = timedelta(minutes=45)
"""From the last fault on: WAIT, what the clocks differ by, and what was late."""

BETWEEN: Final = timedelta(minutes=61)
"""From one calm firing to the next: the quota of an hour is there again."""

MOST_ROUNDS: Final = 6
"""Calm firings that an evening has time for."""

AHEAD: Final = 60
"""Days within which something more is due, or the run ends."""

MOST_DOUBLES: Final = 2

AGAIN: Final = (0, 0, 1, 20, 300, 1500)
"""Seconds after which a firing is doubled."""


class Simulation:
    """A world of its own for every seed."""

    def __init__(self, seed: int, *, is_traced: bool = False) -> None:
        seeds = Seeds(seed)
        self.tally = Tally(runs=1)
        self._rng = seeds.rng("run")
        self._character: Character = character(seeds.rng("character"))
        first_day = FIRST_DAY + timedelta(days=self._rng.randrange(365))
        self._start = _at(first_day, 0)
        self._loop = VirtualLoop()
        self._time = Time(self._loop, self._start)
        self.trace = Trace(self._time.now, is_wanted=is_traced)
        world = World(
            self._start, populated(seeds.rng("people"), self._start, self._character.size)
        )
        mail = MailService(self._time.now, seeds.rng("mail"), self._character.habits)
        self.observer = Observer(world, self._time.now, self._character.read_lag)
        self._services = Services(
            time=self._time,
            world=world,
            store=Store(),
            mail=mail,
            observer=self.observer,
            read_lag=self._character.read_lag,
        )
        self._platform = Platform(self._services, self._character, seeds, self.trace, self.tally)
        self._reports: set[asyncio.Task[None]] = set()
        mail.on_post, mail.on_accept = self.observer.posted, self.observer.accepted
        mail.on_report = self._report

    def run(self) -> None:
        """Live through all of it."""
        with listening(self.trace, partial(self.observer.violate, "bug")):
            simulate(self._live(), self._loop)
        self.tally.mails = len(self._services.mail.accepted)
        self.tally.days = (self._time.now() - self._start).days + 1

    async def _live(self) -> None:
        day: date | None = self._start.date()
        for _ in range(self._character.days):
            if day is None:
                break
            await self._time.reach(_at(day, 0))
            await self._day(day)
            day = self._next_day()
        await self._last_day()

    async def _day(self, day: date) -> None:
        """Let a day begin badly; some end well."""
        rng = self._rng
        ends_well = rng.random() < self._character.calm_evenings
        if rng.random() < self._character.downtimes:
            self.trace.note("platform", "is down", "")
        else:
            await self._storm(day, AFTERNOON if ends_well else LAST_HOUR)
        if ends_well:
            await self._evening(max(_at(day, 17), self._time.now()) + RECOVERY)
        elif rng.random() < 0.5:
            before = rng.choice((1, 20, 120, 600))
            await self._time.reach(_at(day, 23) + timedelta(seconds=3600 - before))
            await self._platform.fire()

    async def _storm(self, day: date, last_hour: int) -> None:
        """Let the timer fire, twice or not at all, while everything goes wrong."""
        rng = self._rng
        self._platform.is_calm = False
        self._set_moods()
        hours = sorted(rng.sample(range(FIRST_HOUR, last_hour + 1), rng.randint(2, 6)))
        async with asyncio.TaskGroup() as tasks:

            def plan(at: datetime, what: Callable[[], Awaitable[None]]) -> None:
                tasks.create_task(self._later(at, what))

            for hour in hours:
                plan(_at(day, hour), self._platform.fire)
                for _ in range(MOST_DOUBLES):
                    if rng.random() < self._character.doubles:
                        again = timedelta(seconds=rng.choice(AGAIN))
                        plan(_at(day, hour) + again, self._platform.fire)
            for _ in range(rng.randint(0, self._character.events)):
                plan(self._moment(day, hours), self._happen)
            if rng.random() < self._character.changes:
                plan(self._moment(day, hours), self._platform.change)
            if rng.random() < 0.5:
                plan(self._moment(day, hours), self._heal)

    async def _later(self, at: datetime, what: Callable[[], Awaitable[None]]) -> None:
        await self._time.reach(at)
        await what()

    def _moment(self, day: date, hours: list[int]) -> datetime:
        """Return an instant of the day: mostly one at which a firing is under way."""
        longest = self._rng.choice((3, 60, 200, 400, 3600))
        return _at(day, self._rng.choice(hours)) + timedelta(seconds=self._rng.uniform(0, longest))

    def _set_moods(self) -> None:
        rng, mail = self._rng, self._services.mail
        mail.locks_out = rng.random() < self._character.lockouts
        mail.is_mute = rng.random() < self._character.mute_days
        self._bounce()

    def _bounce(self) -> None:
        """Close some mailboxes, and open others again."""
        members = [each for known in self._services.world.now.groups.values() for each in known]
        addresses = sorted({each.address for each in members if each.address})
        if self._rng.random() < self._character.bounces:
            some = self._rng.sample(addresses, min(2, len(addresses)))
            self._services.mail.bouncing ^= set(some)

    async def _heal(self) -> None:
        self._services.mail.locks_out = self._services.mail.is_mute = False

    async def _happen(self) -> None:
        world = self._services.world
        name, after = life.something(self._rng, world.now, self._time.now())
        self.trace.note("world", name, "")
        world.become(after, self._time.now())

    async def _evening(self, at: datetime) -> None:
        """Let the timer fire as often as it needs, without a fault; then nothing is missing."""
        self._platform.is_calm = True
        await self._heal()
        rounds = self._rounds()
        began = at
        for _ in range(rounds):
            await self._time.reach(at)
            began = self._time.now()
            await self._platform.fire()
            at = began + BETWEEN
        if rounds > MOST_ROUNDS:
            return
        await self._time.reach(at - timedelta(minutes=10))
        first = began - BETWEEN * (rounds - 1)
        Evening(services=self._services, now=self._time.now(), since=first, last=began).judge()

    def _rounds(self) -> int:
        """Return how many firings are enough, by the quota and the sizes of mails."""
        habits = self._character.habits
        owed = list(oracle.owed(self._services.world.now, self._time.now()))
        told = {(person, each.client_id) for each in owed for person in (*each.people, "support")}
        # A firing without a word on when to come back gives up after the first minute.
        firing = min(habits.per_hour, habits.per_minute * (20 if habits.says_when else 1))
        return min(MOST_ROUNDS + 1, 2 + len(told) // firing + self._character.size.crowd // 20)

    async def _last_day(self) -> None:
        """Let a whole day pass without a fault: nothing of the past is left after it."""
        day = self._time.now().date() + timedelta(days=1)
        self._platform.is_calm = True
        await self._heal()
        self._bounce()
        for hour in (6, 8):
            await self._time.reach(_at(day, hour))
            await self._platform.fire()
        while self._reports:
            await asyncio.wait(self._reports)
        self._services.mail.bouncing.clear()
        await self._evening(max(_at(day, 15), self._time.now() + BETWEEN))
        await self._platform.fire()
        Evening(
            services=self._services, now=self._time.now(), since=_at(day, 15), last=_at(day, 15)
        ).judge_backlog()

    def _next_day(self) -> date | None:
        """Return the next day on which there is something to do."""
        today = self._time.now().date()
        world, now = self._services.world, self._time.now()
        if ledger_view(self._services.store).unfinished:
            return today + timedelta(days=1)
        known = {owed.claim for owed in oracle.owed(world.now, now)}
        for ahead in range(1, AHEAD):
            due = {
                owed.claim for owed in oracle.owed(world.now, _at(today, 12, timedelta(days=ahead)))
            }
            if due - known:
                return today + timedelta(days=ahead)
        return None

    def _report(self, report: DeliveryReport) -> None:
        task = asyncio.get_running_loop().create_task(self._platform.deliver(report))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)


def _at(day: date, hour: int, later: timedelta = timedelta(0)) -> datetime:
    return datetime.combine(day, time(hour), UTC) + later
