"""The daily run: evaluate, then bring everything that is due nearer to its final state."""

import logging
from enum import StrEnum, auto

from shared.domain.messages import by_recipient
from shared.log_records import line
from shared.ports.ledger import Ledger
from shared.ports.system import Clock
from shared.use_cases.dispatch import Dispatch, Firing
from shared.use_cases.evaluation import Evaluated, Evaluation

log = logging.getLogger(__name__)


class RunResult(StrEnum):
    """How a firing ended."""

    ALREADY_COMPLETE = auto()
    COMPLETE = auto()
    OPEN = auto()
    """Something due is not final yet: the next firing goes on."""
    REPORTED = auto()
    """Evaluated only: the mode is `report`."""


class RunReminders:
    """Sends what is due today and not yet sent, and says whether the day is done."""

    def __init__(
        self,
        *,
        evaluation: Evaluation,
        dispatch: Dispatch,
        ledger: Ledger,
        clock: Clock,
        sends: bool,
    ) -> None:
        self._evaluation = evaluation
        self._dispatch = dispatch
        self._ledger = ledger
        self._clock = clock
        self._sends = sends

    async def __call__(self) -> RunResult:
        """Run once. A directory that gives no complete answer raises, and the day stays open."""
        now = self._clock.now()
        if await self._ledger.is_complete(now.date()):
            return RunResult.ALREADY_COMPLETE
        evaluated = await self._evaluation(now)
        firing = Firing(now=now)
        if not evaluated.managed:
            # Silence is never taken for "nothing due": what is due is told, and the day stays open.
            log.error(line("alarm: no managed application was found"))
            firing.is_open = True
        if not self._sends:
            log.info(line("reminders due, not sent", due=len(evaluated.due)))
            return RunResult.REPORTED
        return await self._send(evaluated, firing)

    async def _send(self, evaluated: Evaluated, firing: Firing) -> RunResult:
        for partition, told in by_recipient(evaluated.due).items():
            if firing.is_stopped:
                break
            await self._dispatch(partition, told, firing)
        log.info(line("reminders", due=len(evaluated.due), outcomes=firing.outcomes))
        if firing.is_open:
            return RunResult.OPEN
        await self._ledger.complete(
            firing.now.date(), managed=evaluated.managed, at=self._clock.now()
        )
        return RunResult.COMPLETE
