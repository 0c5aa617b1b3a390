"""All the ways in which two workers can meet, with as many faults as are allowed.

A schedule is a sequence of choices: whose request is answered next, and what becomes of it; or that
something late arrives. Schedules are replayed from the start, since a coroutine cannot be copied.
What happens next depends only on what the services hold and on what the workers have been
answered: a state that was seen before is not gone through again.
"""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Final

from shared.adapters.table import Patience
from shared.domain.errors import PortalError
from tests.simulation.evening import Evening
from tests.simulation.faults import Fate
from tests.simulation.house import House, Services
from tests.simulation.ids import Seeds
from tests.simulation.process import Crash, Process
from tests.simulation.stepping import PlainMailer, SteppedProcess, Turns
from tests.simulation.table_clients import connected
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import VirtualLoop, simulate

IMPATIENT: Final = Patience(call=1e9, pauses=())
"""Nothing is tried again, so that every fault counts."""

LATER: Final = timedelta(minutes=45)
"""WAIT, and what the workers' clocks differ by."""

ARRIVAL: Final = "arrival"

Choice = tuple[str, int, Fate]
"""A worker's turn, or an arrival; which of them; and what becomes of the request."""

Schedule = tuple[Choice, ...]

Branch = tuple[int, int, int, Schedule]
"""A schedule behind its faults, its preemptions, and a number: those with the fewest come first."""

Scene = Callable[[VirtualLoop], Services]
"""Returns the services as the workers find them."""


@dataclass(slots=True)
class Explored:
    """What was gone through."""

    schedules: int = 0
    """To their ends, or to a state that was known."""
    states: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many faults a schedule may hold, and how often it may take the turn from a worker.

    To go on with another worker where one is done, dead or waits for nothing is free.
    """

    faults: int
    preemptions: int


class Explorer:
    """Goes through all schedules of two workers that fire once each."""

    def __init__(self, scene: Scene, *, bounds: "Bounds", partition: str) -> None:
        self._scene = scene
        self._bounds = bounds
        self._partition = partition
        self._seen: dict[Hashable, list[tuple[int, int]]] = {}
        """The states, and with how many faults and preemptions each was reached."""
        self._ends: set[Hashable] = set()
        self._explored = Explored()
        self._numbers = count(1)

    def explore(self) -> Explored:
        waiting: list[Branch] = [(0, 0, 0, ())]
        while waiting:
            *_, schedule = heappop(waiting)
            loop = VirtualLoop()
            attempt = _Attempt(self._scene(loop), loop, self._partition)
            for branch in simulate(self._attempt(attempt, schedule), loop):
                heappush(waiting, branch)
            self._explored.schedules += 1
        self._explored.states = len(self._seen)
        return self._explored

    async def _attempt(self, attempt: "_Attempt", schedule: Schedule) -> list[Branch]:
        """Follow a schedule, and go on behind its end; return the branches that were not taken."""
        branches: list[Branch] = []
        attempt.start()
        for choice in schedule:
            await attempt.settled()
            attempt.take(choice)
        while True:
            await attempt.settled()
            if self._is_known(attempt):
                return branches
            choices = attempt.choices(self._bounds)
            is_over = attempt.is_over
            for choice in choices if is_over else choices[1:]:
                number = next(self._numbers)
                branches.append((*attempt.cost(choice), number, (*attempt.taken, choice)))
            if is_over:
                await self._end(attempt)
                return branches
            attempt.take(choices[0])

    def _is_known(self, attempt: "_Attempt") -> bool:
        """Tell whether all that may happen from here on was gone through, with no less left."""
        known = self._seen.setdefault(attempt.state(), [])
        if any(
            faults <= attempt.faults and turns <= attempt.preemptions for faults, turns in known
        ):
            return True
        known.append((attempt.faults, attempt.preemptions))
        return False

    async def _end(self, attempt: "_Attempt") -> None:
        """Judge the end of a schedule: what is late by then never arrives."""
        end = attempt.held()
        if end not in self._ends:
            self._ends.add(end)
            for violation in await attempt.recovered():
                self._explored.violations.append(f"{violation} after {attempt.taken}")


class _Attempt:
    """One replay."""

    def __init__(self, services: Services, loop: VirtualLoop, partition: str) -> None:
        self.taken: tuple[Choice, ...] = ()
        self._services = services
        self._loop = loop
        self._turns = Turns()
        self.faults = self.preemptions = 0
        self._last = ""
        """Whose turn it was last."""
        self._tasks: list[asyncio.Task[None]] = []
        self._workers = [
            SteppedProcess(name, time=services.time, turns=self._turns, partition=partition)
            for name in ("A", "B")
        ]

    def start(self) -> None:
        for worker in self._workers:
            self._tasks.append(self._loop.create_task(fired(worker, self._services)))

    async def settled(self) -> None:
        """Wait until nobody can do anything without a turn."""
        while True:
            await asyncio.sleep(0)
            if self._loop.is_idle:
                return

    @property
    def is_over(self) -> bool:
        return not self._turns.waiting

    def choices(self, bounds: Bounds) -> list[Choice]:
        """Return what may happen next, first that the same worker goes on without a fault.

        Who begins does not matter: the workers are the same.
        """
        found = [
            (step.worker, place, fate)
            for place, step in enumerate(self._turns.waiting)
            for fate in step.fates
        ]
        if not self.taken:
            found = [choice for choice in found if choice[0] == "A"]
        found += [(ARRIVAL, place, Fate.FINE) for place in range(len(self._turns.late))]
        costs = {choice: self.cost(choice) for choice in found}
        return sorted(
            (
                choice
                for choice, (faults, turns) in costs.items()
                if faults <= bounds.faults and turns <= bounds.preemptions
            ),
            key=lambda choice: (costs[choice], choice[0] == ARRIVAL),
        )

    def cost(self, choice: Choice) -> tuple[int, int]:
        """Return how many faults and preemptions there would be with this choice."""
        kind, _, fate = choice
        waiting = {step.worker for step in self._turns.waiting}
        is_preempted = kind not in {self._last, ARRIVAL} and self._last in waiting
        return self.faults + (fate is not Fate.FINE), self.preemptions + is_preempted

    def take(self, choice: Choice) -> None:
        kind, place, fate = choice
        self.faults, self.preemptions = self.cost(choice)
        self.taken = (*self.taken, choice)
        if kind == ARRIVAL:
            self._turns.arrive(place)
        else:
            self._last = kind
            self._turns.take(place, fate)

    def state(self) -> Hashable:
        """Return all that matters for what may happen from here on."""
        workers = [
            (worker.name, worker.history, *self._waiting_of(worker.name))
            for worker, task in zip(self._workers, self._tasks, strict=True)
            if not worker.is_dead and not task.done()
        ]
        last = self._last if self._waiting_of(self._last) else ""
        return (self.held(), last, *workers, *sorted(what for what, _ in self._turns.late))

    def _waiting_of(self, worker: str) -> list[str]:
        return sorted(step.what for step in self._turns.waiting if step.worker == worker)

    def held(self) -> Hashable:
        """Return what the services hold."""
        store, mail = self._services.store, self._services.mail
        rows = (
            (table, name, key, row.metadata["etag"])
            for table, partitions in store.tables.items()
            for name, partition in partitions.items()
            for key, row in partition.rows.items()
        )
        return (frozenset(rows), tuple(each.operation for each in mail.accepted))

    async def recovered(self) -> list[str]:
        """Let the timer fire twice more, without a fault; return what is wrong then."""
        services = self._services
        began = services.time.now() + LATER
        for number in range(2):
            await asyncio.sleep(LATER.total_seconds())
            name = f"recovery {number}"
            quiet = Trace(services.time.now)
            process = Process(name, time=services.time, rng=SEEDS.rng(name), trace=quiet)
            await fired(process, services)
        now = services.time.now()
        Evening(services=services, now=now, since=began, last=now).judge()
        return [str(each) for each in services.observer.violations]


SEEDS: Final = Seeds(0)


async def fired(process: Process, services: Services) -> None:
    rng = SEEDS.rng(f"{process.name}'s ids")
    tables = connected(services.store, process, None, IMPATIENT)
    mailer = PlainMailer(services.mail, services.observer, process)
    house = House(services, process, rng, mailer=mailer, tables=tables)
    try:
        await house.reminding.run()
    except (PortalError, Crash, BaseExceptionGroup) as error:
        if not isinstance(error, PortalError) and not process.is_dead:
            services.observer.violate("raised", repr(error))
