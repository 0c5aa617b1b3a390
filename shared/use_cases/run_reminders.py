"""The daily run: finish what was left, evaluate, and send what is due and was not sent."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum, auto
from functools import partial

from shared.domain.errors import PortalError, TemporarilyUnavailable
from shared.domain.ids import ClientId
from shared.domain.messages import Message
from shared.log_records import line
from shared.ports.ledger import Retention, Run, Runs, Suppressions
from shared.ports.secret_store import AuditTrail
from shared.ports.system import Clock
from shared.ports.telemetry import RunMeters
from shared.use_cases.announcements import Announcements
from shared.use_cases.drain import Drain
from shared.use_cases.evaluation import Evaluated, Evaluation
from shared.use_cases.firing import Firing
from shared.use_cases.monthly_report import SendMonthlyReport
from shared.use_cases.planning import Planning
from shared.use_cases.readings import Reader, Readings
from shared.use_cases.sending import Sending

log = logging.getLogger(__name__)

NAMED = 20
"""So many missing applications are named in an alarm."""

TOO_LONG = timedelta(hours=8)
"""A mail that is claimed and not sent for so long outlasted every pause of the mail service."""


class RunResult(StrEnum):
    """How a firing ended."""

    ALREADY_COMPLETE = auto()
    COMPLETE = auto()
    OPEN = auto()
    """Something is not final yet: the next firing goes on."""
    REPORTED = auto()
    """Evaluated only: the mode is `report`."""
    FAILED = auto()
    """It raised: the next firing begins anew."""


class RunReminders:
    """Sends what is due today and not yet sent, and says whether the day is done."""

    def __init__(  # noqa: PLR0913 - the steps of a run, all by name
        self,
        *,
        runs: Runs,
        suppressions: Suppressions,
        drain: Drain,
        announcements: Announcements,
        evaluation: Evaluation,
        planning: Planning,
        sending: Sending,
        retention: Retention,
        trail: AuditTrail,
        audit_lasts: timedelta,
        reader: Reader,
        meters: RunMeters,
        clock: Clock,
        sends: bool,
        monthly_report: SendMonthlyReport | None = None,
    ) -> None:
        self._runs = runs
        self._suppressions = suppressions
        self._drain = drain
        self._announcements = announcements
        self._evaluation = evaluation
        self._planning = planning
        self._sending = sending
        self._retention = retention
        self._trail = trail
        self._audit_lasts = audit_lasts
        self._reader = reader
        self._meters = meters
        self._clock = clock
        self._sends = sends
        self._monthly_report = monthly_report

    async def __call__(self) -> RunResult:
        """Run once. A directory that gives no complete answer raises, and the day stays open."""
        firing = Firing(self._clock)
        result = RunResult.FAILED
        try:
            result = await self._fire(firing)
        finally:
            self._tell(firing, result)
        if result in {RunResult.ALREADY_COMPLETE, RunResult.COMPLETE}:
            self._meters.days_behind(0)
        return result

    async def _fire(self, firing: Firing) -> RunResult:
        run = await self._runs.run(firing.now.date())
        if run.is_complete:
            return RunResult.ALREADY_COMPLETE
        readings = Readings(self._reader, self._clock)
        if not self._sends:
            evaluated = await self._evaluated(firing)
            log.info(line("reminders due, not sent", due=len(evaluated.due)))
            return RunResult.REPORTED
        firing.left_alone = await self._suppressions.suppressed(firing.now)
        unfinished = await self._drain.unfinished(firing)
        await self._drain.bring_on(_reminders(unfinished), firing, readings)
        evaluated = await self._evaluated(firing)
        readings.remember(evaluated.standings)
        plan = await self._planning(evaluated.due, firing)
        await self._drain.bring_on(_others(plan.unfinished, unfinished), firing, readings)
        await self._sending(plan.mails, firing, readings)
        # These come last: a reminder may end tomorrow, what they tell of has happened.
        await self._drain.bring_on(_the_rest(unfinished), firing, readings)
        await self._announcements.owed(firing, readings)
        if self._monthly_report is not None:
            await self._monthly_report(firing, readings)
        log.info(line("reminders", due=len(evaluated.due), outcomes=firing.outcomes))
        await firing.attempt(partial(self._forget, firing))
        return await self._end(run, evaluated, firing)

    async def _evaluated(self, firing: Firing) -> Evaluated:
        try:
            evaluated = await self._evaluation(firing.now)
        except PortalError as error:
            log.error(line("alarm: the directory cannot be read whole", code=error.code))
            raise
        counts = {"due": len(evaluated.due), "managed": len(evaluated.managed)}
        self._meters.evaluated(**counts)
        log.info(line("evaluated", **counts))
        await firing.attempt(partial(self._compare, evaluated.managed, firing))
        return evaluated

    async def _compare(self, managed: frozenset[ClientId], firing: Firing) -> None:
        """Raise the alarms about applications that are not where they were."""
        if not managed:
            # Silence is never taken for "nothing due": what is due is told, and the day stays open.
            log.error(line("alarm: no managed application was found"))
            firing.is_open = True
            return
        last = await self._runs.last_complete(firing.now.date())
        if last is not None:
            self._meters.days_behind((firing.now.date() - last.day).days)
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
        # Another firing's messages count too; and whatever is final is known to be, once looked at.
        unfinished = await self._drain.unfinished(firing)
        if unfinished or firing.is_open or firing.is_over:
            return RunResult.OPEN
        if not await self._runs.complete(run, managed=evaluated.managed, at=self._clock.now()):
            # A bounce was reported meanwhile: support is told by the next firing.
            return RunResult.OPEN
        return RunResult.COMPLETE

    def _tell(self, firing: Firing, result: RunResult) -> None:
        """Tell how a firing ended, and raise the alarm about what it leaves unsent for too long."""
        now = self._clock.now()
        took = now - firing.now
        waits = [now - since for since in firing.unsent.values()]
        oldest = max(waits, default=timedelta())
        self._meters.fired(result, took)
        self._meters.backlog(unsent=len(waits), oldest=oldest)
        hours = round(oldest / timedelta(hours=1), 1)
        told = {"unsent": len(waits), "oldest_hours": hours}
        log.info(line("firing", result=result, seconds=round(took.total_seconds()), **told))
        if oldest > TOO_LONG:
            late = sum(wait > TOO_LONG for wait in waits)
            log.error(line("alarm: mails are unsent for hours", count=late, oldest_hours=hours))

    async def _forget(self, firing: Firing) -> None:
        """Remove old rows, on open days too: there may be many of those in a row."""
        try:
            rows = await self._retention.forget(firing.now.date())
            rows += await self._trail.forget(firing.now - self._audit_lasts)
        except TemporarilyUnavailable as fault:
            log.warning(line("old rows were kept", code=fault.code))
        else:
            log.info(line("old rows are gone", rows=rows))


def _reminders(messages: Iterable[Message]) -> list[Message]:
    return [message for message in messages if message.lines]


def _the_rest(messages: Iterable[Message]) -> list[Message]:
    return [message for message in messages if not message.lines]


def _others(messages: Iterable[Message], known: Iterable[Message]) -> list[Message]:
    """Return the messages that are not among those known, by their ids."""
    ids = {message.message_id for message in known}
    return [message for message in messages if message.message_id not in ids]
