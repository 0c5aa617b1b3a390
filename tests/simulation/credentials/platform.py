"""The portal as it is run: two processes, which end at any time and are replaced."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from typing import Final, TypeVar

from shared.domain.access import Principal
from shared.domain.errors import PortalError
from shared.domain.ids import ClientId, KeyId
from shared.ports.secret_store import Outcome
from shared.use_cases.create_secret import CreatedSecret, Wish
from shared.use_cases.list_applications import Listing
from tests.simulation.credentials.character import Character
from tests.simulation.credentials.directory import ACT, SEEN
from tests.simulation.credentials.house import House, Services
from tests.simulation.credentials.machine import Ended, Machine
from tests.simulation.credentials.observer import Observer
from tests.simulation.credentials.tenant import Act, By
from tests.simulation.credentials.users import Said
from tests.simulation.faults import FAIR
from tests.simulation.ids import Seeds
from tests.simulation.process import Crash
from tests.simulation.trace import Trace

Result = TypeVar("Result")

HOSTS: Final = 2
PATIENCE: Final = (15.0, 60.0, 230.0)
"""Seconds after which a client gives up on an answer. The request goes on without it."""


class Platform:
    """Implements users.Portal. While it `is_calm`, none of its requests fails."""

    def __init__(
        self,
        services: Services,
        character: Character,
        observer: Observer,
        seeds: Seeds,
        trace: Trace,
    ) -> None:
        self.is_calm = False
        self.faults = 0
        self.requests = 0
        self._services = services
        self._character = character
        self._observer = observer
        self._seeds = seeds
        self._trace = trace
        self._rng = seeds.rng("platform")
        self._started = count(1)
        self._behind: set[asyncio.Task[object]] = set()
        self._houses = [self._start() for _ in range(HOSTS)]

    async def create(self, who: Principal, client_id: ClientId, wish: Wish) -> Said:
        act = Act(by=By.CREATE, user=who.user_id, key=wish.idempotency_key)
        what = f"create {wish.display_name} {wish.idempotency_key[:8]}"
        return await self._ask(who, what, partial(self._create, act, who, client_id, wish))

    async def delete(
        self, who: Principal, client_id: ClientId, key_id: KeyId, *, confirm: bool
    ) -> Said:
        act = Act(by=By.DELETE, user=who.user_id, confirmed=confirm)
        self._observer.removing.add((client_id, key_id))
        what = f"delete {key_id[:8]}{' confirmed' if confirm else ''}"
        return await self._ask(who, what, partial(self._delete, act, who, client_id, key_id))

    async def list(self, who: Principal) -> Said:
        return await self._ask(who, "list", partial(self._list, who))

    async def fire(self) -> None:
        """Let the timer fire once."""
        house = self._house()
        self._trace.note(house.machine.name, "FIRES", "")
        await self._run(house, _recover)

    def kill(self) -> None:
        """End a process in whatever it is doing."""
        self._rng.choice(self._houses).machine.kill()

    def set_calm(self) -> None:
        self.is_calm = True
        for house in self._houses:
            house.machine.begin(FAIR)
            house.machine.freezes = 0.0

    async def settle(self) -> None:
        """Wait for the requests that nobody waits for any more."""
        while self._behind:
            await asyncio.wait(self._behind)

    async def _create(
        self, act: Act, who: Principal, client_id: ClientId, wish: Wish, house: House
    ) -> CreatedSecret:
        ACT.set(act)
        made = await house.create(who, client_id, wish)
        house.machine.check()
        self._observer.created(client_id, made)
        return made

    async def _delete(
        self, act: Act, who: Principal, client_id: ClientId, key_id: KeyId, house: House
    ) -> Outcome:
        ACT.set(act)
        outcome = await house.delete(who, client_id, key_id, confirm_last=act.confirmed)
        house.machine.check()
        self._observer.deleted(client_id, key_id, outcome)
        return outcome

    async def _list(self, who: Principal, house: House) -> Listing:
        since = self._services.time.now()
        listing = await house.list(who)
        self._observer.listed(listing, since)
        return listing

    async def _ask(
        self, who: Principal, what: str, work: Callable[[House], Awaitable[Said]]
    ) -> Said:
        house = self._house()
        self.requests += 1
        self._trace.note(house.machine.name, f"{who.name}: {what}", "")
        task = asyncio.create_task(self._run(house, work))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        done, _ = await asyncio.wait({task}, timeout=self._rng.choice(PATIENCE))
        said = task.result() if done else None
        told = said.code if isinstance(said, PortalError) else type(said).__name__
        self._trace.note(house.machine.name, f"  said to {who.name}: {what}", told)
        return said

    async def _run(
        self, house: House, work: Callable[[House], Awaitable[Result]]
    ) -> Result | PortalError | None:
        SEEN.set({})
        try:
            return await work(house)
        except PortalError as error:
            return error
        except (Crash, BaseExceptionGroup) as error:
            if not house.machine.is_dead and not isinstance(error, Ended):
                self._observer.violate("raised", repr(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, a use case never raises it
            self._observer.violate("raised", repr(error))
        return None

    def _house(self) -> House:
        place = self._rng.randrange(HOSTS)
        if self._houses[place].machine.is_dead:
            self.faults += self._houses[place].machine.faulted
            self._houses[place] = self._start()
        return self._houses[place]

    def _start(self) -> House:
        name = f"host {next(self._started)}"
        rng = self._seeds.rng(name)
        machine = Machine(
            name,
            time=self._services.time,
            rng=rng,
            trace=self._trace,
            freezes=0.0 if self.is_calm else self._character.freezes,
        )
        machine.weather = FAIR if self.is_calm else self._character.weather()
        machine.set_clock(rng.uniform(-self._character.skew, self._character.skew))
        return House(self._services, machine, rng)

    def total_faults(self) -> int:
        return self.faults + sum(house.machine.faulted for house in self._houses)


async def _recover(house: House) -> None:
    await house.recover()
