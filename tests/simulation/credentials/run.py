"""One run: an hour or two of people at work, the quiet after it, and what the observer says."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from shared.domain.applications import Application, manager_tags
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId
from shared.domain.secrets import ClientSecret, end_of
from tests.simulation.credentials.aftermath import judge
from tests.simulation.credentials.character import Character, character
from tests.simulation.credentials.hearing import listening
from tests.simulation.credentials.house import Services
from tests.simulation.credentials.observer import Observer
from tests.simulation.credentials.platform import Platform
from tests.simulation.credentials.tenant import Tenant
from tests.simulation.credentials.users import Person, manager
from tests.simulation.ids import Seeds, guid
from tests.simulation.tables import Store
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import Time, VirtualLoop, simulate
from tests.simulation.world import IDENTITY

START: Final = datetime(2026, 1, 5, tzinfo=UTC)
GROUP: Final = GroupId("000000b1-0000-4000-8000-000000000000")

QUIET: Final = timedelta(minutes=10)
"""From the last fault to the first firing that has to settle things."""

FIRINGS: Final = 4
"""The first may read what is behind, the second removes, the third and the fourth see that."""
BETWEEN: Final = timedelta(hours=1)

FIRES_AFTER: Final = (0, 245, 275, 305, 330, 700)
"""Seconds from the beginning of a moment: recovery is most dangerous when a lease has ended."""

AGAIN: Final = (0.0, 0.05, 1.0, 20.0)
"""Seconds after which a firing is doubled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a run was made of."""

    requests: int
    faults: int
    added: int
    revealed: int
    cleaned: int
    """Secrets that nobody was shown, removed by recovery."""
    removed: int

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            **{name: value + getattr(other, name) for name, value in asdict(self).items()}
        )

    def __str__(self) -> str:
        return ", ".join(f"{value} {name}" for name, value in asdict(self).items())


NOTHING: Final = Counts(requests=0, faults=0, added=0, revealed=0, cleaned=0, removed=0)


class Simulation:
    """A world of its own for every seed."""

    def __init__(self, seed: int, *, is_traced: bool = False) -> None:
        seeds = Seeds(seed)
        self._rng = rng = seeds.rng("run")
        self._character: Character = character(seeds.rng("character"))
        start = START + timedelta(minutes=rng.randrange(365 * 24 * 60), seconds=rng.random())
        self._loop = VirtualLoop()
        self._time = Time(self._loop, start)
        self.trace = Trace(self._time.now, is_wanted=is_traced)
        self._clients = [
            ClientId(f"000000c{number}-0000-4000-8000-000000000000")
            for number in range(self._character.applications)
        ]
        tenant = Tenant(
            self._time.now,
            seeds.rng("tenant"),
            self._character.habits,
            [self._application(each, start) for each in self._clients],
        )
        self.observer = Observer(tenant, self._time.now)
        tenant.witness = self.observer
        self._services = Services(
            time=self._time, tenant=tenant, store=Store(), lag=self._character.lag
        )
        self._platform = Platform(self._services, self._character, self.observer, seeds, self.trace)
        self._people = self._crowd(seeds)

    def run(self) -> Counts:
        """Live through all of it."""
        with listening(self.trace, self.observer.violate):
            simulate(self._live(), self._loop)
        counts = self.observer.counts
        return Counts(
            requests=self._platform.requests,
            faults=self._platform.total_faults(),
            added=counts["added"],
            revealed=counts["revealed"],
            cleaned=counts["cleaned"],
            removed=counts["removed"],
        )

    async def _live(self) -> None:
        await self._storm()
        self._platform.set_calm()
        await self._platform.settle()
        self.trace.note("run", "is calm", "")
        await asyncio.sleep(QUIET.total_seconds())
        for _ in range(FIRINGS):
            await self._fire()
            await asyncio.sleep(BETWEEN.total_seconds())
        for person in self._people[: len(self._clients)]:
            await person.look(self._clients[0])
        judge(self._services.store, self.observer)

    async def _storm(self) -> None:
        rng, moment = self._rng, 0.0
        async with asyncio.TaskGroup() as tasks:

            def plan(after: float, what: Callable[[], Awaitable[None]]) -> None:
                tasks.create_task(_later(after, what))

            for _ in range(self._character.moments):
                moment += rng.uniform(*self._character.pauses)
                for _ in range(self._character.crowd):
                    person, client_id = rng.choice(self._people), rng.choice(self._clients)
                    begin = moment + rng.uniform(0, self._character.closeness)
                    plan(begin, partial(person.act, client_id))
                if rng.random() < self._character.outside:
                    plan(moment + rng.uniform(0, 60), self._act_outside)
                if rng.random() < self._character.kills:
                    plan(moment + rng.uniform(0, 5), self._kill)
                for _ in range(rng.randrange(3)):
                    plan(moment + rng.choice(FIRES_AFTER), self._fire)

    async def _fire(self) -> None:
        """Let the timer fire, sometimes in two processes."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._platform.fire())
            if self._rng.random() < 0.3:
                tasks.create_task(_later(self._rng.choice(AGAIN), self._platform.fire))

    async def _kill(self) -> None:
        self._platform.kill()

    async def _act_outside(self) -> None:
        rng, tenant = self._rng, self._services.tenant
        client_id = rng.choice(self._clients)
        held = tenant.application(client_id).secrets
        if held and rng.random() < 0.5:
            key_id = rng.choice(held).key_id
            self.observer.removing.add((client_id, key_id))
            tenant.remove_outside(client_id, key_id)
            self.trace.note("outside", f"removes {key_id[:8]}", "")
        else:
            tenant.add_outside(client_id, _secret(rng, self._time.now(), age=0, name=None))
            self.trace.note("outside", "adds", "")

    def _application(self, client_id: ClientId, now: datetime) -> Application:
        rng = self._rng
        most = self._character.secrets
        count = rng.randint(most // 2, most)
        return Application(
            object_id=ObjectId(client_id.replace("4000", "4aaa")),
            client_id=client_id,
            display_name=f"Partner-NL-Organisation{client_id[7]}-SMC",
            tags=tuple(manager_tags([GROUP])),
            owners=frozenset({IDENTITY}),
            permissions=(),
            secrets=tuple(_secret(rng, now, age=rng.randint(1, 60)) for _ in range(count)),
        )

    def _crowd(self, seeds: Seeds) -> list[Person]:
        seen = {
            application.client_id: [each.key_id for each in application.secrets]
            for application in self._services.tenant.applications()
        }
        return [
            Person(
                who=manager(number, GROUP),
                portal=self._platform,
                rng=seeds.rng(f"person {number}"),
                today=self._time.now().date(),
                character=self._character,
                seen=seen,
            )
            for number in range(self._character.users)
        ]


def _secret(rng: Random, now: datetime, *, age: int, name: str | None = "Secret 0") -> ClientSecret:
    """Return a secret made elsewhere; some have expired, none does so soon."""
    start = (now - timedelta(days=age)).replace(microsecond=0)
    days = rng.choice((30, 200, -1) if age else (30, 200))
    return ClientSecret(
        key_id=KeyId(guid(rng)),
        display_name=name,
        hint=None,
        start=start - timedelta(days=60) if days < 0 else start,
        end=end_of(now.date() + timedelta(days=days)) - timedelta(days=days < 0),
    )


async def _later(seconds: float, what: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(seconds)
    await what()
