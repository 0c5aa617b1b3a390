"""Processes at work: the timer's firings, the reports that come in, the portal's own changes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from itertools import chain, count, repeat
from typing import Final, TypeVar

from shared.domain.access import CREDENTIAL_MANAGER, Principal
from shared.domain.applications import Application
from shared.domain.delivery import Report
from shared.domain.errors import PortalError
from shared.domain.ids import MessageId, UserId
from shared.ports.secret_store import Outcome
from shared.use_cases.create_secret import Wish
from shared.use_cases.run_reminders import RunResult
from tests.simulation import oracle
from tests.simulation.character import Character
from tests.simulation.faults import FAIR
from tests.simulation.house import House, Services
from tests.simulation.ids import Seeds, guid
from tests.simulation.mail_service import DeliveryReport
from tests.simulation.process import Crash, Process
from tests.simulation.tally import Tally
from tests.simulation.trace import Trace
from tests.simulation.world import PORTAL

Result = TypeVar("Result")

Place = tuple[Process, House]
"""Where something runs: a process, and the product in it."""

LONGEST: Final = 30 * 60
"""Seconds after which the platform ends a firing, in whatever it is doing."""

REDELIVERED_AFTER: Final = (10, 30, 60, 300, 600, 1800)
"""Seconds between the attempts to deliver an event; the last again and again."""

STEPS: Final = 0.1
"""How probable it is that a clock is set during a firing."""

REPORTS: Final = {
    "Delivered": Report.DELIVERED,
    "Bounced": Report.BOUNCED,
    "Suppressed": Report.BOUNCED,
    "Quarantined": Report.LOST,
    "Failed": Report.LOST,
}

LIFETIMES: Final = (3, 20, 300)
"""Days that a secret made through the portal works."""


class Platform:
    """Starts processes, and ends them. While it `is_calm`, none of their requests fails."""

    def __init__(
        self, services: Services, character: Character, seeds: Seeds, trace: Trace, tally: Tally
    ) -> None:
        self.is_calm = False
        self._services = services
        self._character = character
        self._seeds = seeds
        self._trace = trace
        self._tally = tally
        self._rng = seeds.rng("platform")
        self._idle: list[Place] = []
        self._announcing: set[str] = set()
        """The processes that may still be at the notices of a change."""
        self._started = count(1)

    async def fire(self) -> None:
        """Let the timer fire once."""
        place = self._place()
        process, _ = place
        result = await self._run(place, _reminders)
        self._tally.note_firing(process.faults, result)
        cost = process.calls.total()
        is_busy = bool(process.faults) or process.name in self._announcing
        if result is RunResult.ALREADY_COMPLETE and cost != 1 and not is_busy:
            self._services.observer.violate("cost", f"{cost} requests on a finished day")

    async def deliver(self, report: DeliveryReport) -> None:
        """Deliver an event until somebody has taken it."""
        await self._services.time.reach(report.due)
        self._services.observer.reporting(report)
        for pause in chain(REDELIVERED_AFTER, repeat(REDELIVERED_AFTER[-1])):
            if await self._run(self._place(), partial(_record, report)):
                break
            await asyncio.sleep(pause)
        self._services.observer.reported(report)

    async def change(self) -> None:
        """Let a credential manager make or delete a secret through the portal."""
        seen = self._services.world.now
        found = [
            (application, user)
            for application in seen.applications.values()
            for user in sorted(oracle.people(application, seen.with_role, seen.groups))
        ]
        if found:
            application, user = self._rng.choice(found)
            place = self._place()
            self._announcing.add(place[0].name)
            manager = _principal(user, application)
            await self._run(place, partial(self._change, application, manager))

    async def _change(self, application: Application, manager: Principal, house: House) -> None:
        begun = self._services.time.now()
        if application.secrets and self._rng.random() < 0.5:
            key_id = self._rng.choice(application.secrets).key_id
            gone = await house.delete(manager, application.client_id, key_id, confirm_last=True)
            if gone is Outcome.DELETED:
                self._services.observer.changed(application.client_id, f"{key_id}|deleted", begun)
            return
        today = self._services.time.now().date()
        wish = Wish(
            idempotency_key=guid(self._rng),
            display_name="made here",
            expires_on=today + timedelta(days=self._rng.choice(LIFETIMES)),
        )
        made = await house.create(manager, application.client_id, wish)
        self._services.observer.changed(
            application.client_id, f"{made.secret.key_id}|created", begun
        )

    async def _run(self, place: Place, work: Callable[[House], Awaitable[Result]]) -> Result | None:
        """Return the result; None if the process or the work ended otherwise."""
        process, house = place
        end = asyncio.get_running_loop().call_later(LONGEST, process.kill)
        try:
            return await work(house)
        except PortalError as error:
            self._trace.note(process.name, "raised", error.code)
        except (Crash, BaseExceptionGroup) as error:
            if not process.is_dead:
                self._services.observer.violate("raised", repr(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, a use case never raises it
            self._services.observer.violate("raised", repr(error))
        finally:
            end.cancel()
            if not process.is_dead:
                self._idle.append(place)
        return None

    def _place(self) -> Place:
        """Return a process to work in: one that has worked before, or a new one."""
        # A notice that goes on behind its answer may have ended its process since.
        self._idle = [place for place in self._idle if not place[0].is_dead]
        if self._idle and self._rng.random() < self._character.survives:
            process, house = self._idle.pop(self._rng.randrange(len(self._idle)))
        else:
            process, house = self._new()
        process.begin(FAIR if self.is_calm else self._character.weather(self._rng))
        most = self._character.most_skew
        if not self.is_calm and most and self._rng.random() < STEPS:
            delay, skew = self._rng.uniform(0, 300), self._rng.uniform(-most, most)
            asyncio.get_running_loop().call_later(delay, process.set_clock, skew)
        return process, house

    def _new(self) -> Place:
        name = f"process {next(self._started)}"
        services = self._services
        process = Process(name, time=services.time, rng=self._seeds.rng(name), trace=self._trace)
        most = self._character.most_skew
        process.set_clock(self._rng.uniform(-most, most))
        return process, House(services, process, self._seeds.rng(f"{name}'s ids"))


async def _reminders(house: House) -> RunResult:
    return await house.reminding.run()


async def _record(report: DeliveryReport, house: House) -> bool:
    await house.reminding.record_delivery(
        MessageId(report.operation), REPORTS[report.status], report.at
    )
    return True


def _principal(user: str, application: Application) -> Principal:
    return Principal(
        user_id=UserId(user),
        tenant_id="tenant",
        name="Jane Doe",
        client_id=PORTAL,
        token_id="uti",  # noqa: S106 - an id, no password
        roles=frozenset({CREDENTIAL_MANAGER}),
        groups=application.manager_groups,
        authentication_contexts=frozenset(),
        understands_challenges=True,
    )
