"""The daily run: finish what was left, evaluate, and send what is due and was not sent."""

import logging
from enum import StrEnum, auto

from shared.domain.errors import TemporarilyUnavailable
from shared.domain.ids import ClientId
from shared.log_records import line
from shared.ports.ledger import Retention, Run, Runs
from shared.ports.system import Clock
from shared.use_cases.announcements import Announcements
from shared.use_cases.drain import Drain
from shared.use_cases.evaluation import Evaluated, Evaluation
from shared.use_cases.firing import Firing
from shared.use_cases.planning import Planning
from shared.use_cases.readings import Reader, Readings
from shared.use_cases.sending import Sending

log = logging.getLogger(__name__)

NAMED = 20
"""So many missing applications are named in an alarm."""


class RunResult(StrEnum):
    """How a firing ended."""

    ALREADY_COMPLETE = auto()
    COMPLETE = auto()
    OPEN = auto()
    """Something is not final yet: the next firing goes on."""
    REPORTED = auto()
    """Evaluated only: the mode is `report`."""


class RunReminders:
    """Sends what is due today and not yet sent, and says whether the day is done."""

    def __init__(  # noqa: PLR0913 - the steps of a run, all by name
        self,
        *,
        runs: Runs,
        drain: Drain,
        announcements: Announcements,
        evaluation: Evaluation,
        planning: Planning,
        sending: Sending,
        retention: Retention,
        reader: Reader,
        clock: Clock,
        sends: bool,
    ) -> None:
        self._runs = runs
        self._drain = drain
        self._announcements = announcements
        self._evaluation = evaluation
        self._planning = planning
        self._sending = sending
        self._retention = retention
        self._reader = reader
        self._clock = clock
        self._sends = sends

    async def __call__(self) -> RunResult:
        """Run once. A directory that gives no complete answer raises, and the day stays open."""
        firing = Firing(self._clock)
        run = await self._runs.run(firing.now.date())
        if run.is_complete:
            return RunResult.ALREADY_COMPLETE
        readings = Readings(self._reader, self._clock)
        if self._sends:
            await self._drain(firing, readings)
            await self._announcements.owed(firing, readings)
        evaluated = await self._evaluation(firing.now)
        readings.remember(evaluated.standings)
        await self._compare(evaluated.managed, firing)
        if not self._sends:
            log.info(line("reminders due, not sent", due=len(evaluated.due)))
            return RunResult.REPORTED
        await self._sending(await self._planning(evaluated.due, firing), firing, readings)
        log.info(line("reminders", due=len(evaluated.due), outcomes=firing.outcomes))
        return await self._end(run, evaluated, firing)

    async def _compare(self, managed: frozenset[ClientId], firing: Firing) -> None:
        """Raise the alarms about applications that are not where they were."""
        if not managed:
            # Silence is never taken for "nothing due": what is due is told, and the day stays open.
            log.error(line("alarm: no managed application was found"))
            firing.is_open = True
            return
        last = await self._runs.last_complete(firing.now.date())
        missing = sorted(last.managed - managed) if last else []
        if missing:
            log.error(
                line(
                    "alarm: applications are not managed any more",
                    count=len(missing),
                    applications=missing[:NAMED],
                )
            )

    async def _end(self, run: Run, evaluated: Evaluated, firing: Firing) -> RunResult:
        if firing.is_open or firing.is_over:
            return RunResult.OPEN
        if not await self._runs.complete(run, managed=evaluated.managed, at=self._clock.now()):
            # A bounce was reported meanwhile: support is told by the next firing.
            return RunResult.OPEN
        try:
            forgotten = await self._retention.forget(firing.now.date())
        except TemporarilyUnavailable as fault:
            log.warning(line("old rows were kept", code=fault.code))
        else:
            log.info(line("old rows are gone", rows=forgotten))
        return RunResult.COMPLETE
