"""What the mail service reports of a mail later on, at least once and in any order."""

import logging
from datetime import datetime

from shared.domain.delivery import Report, digest, reported
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import MessageId
from shared.domain.messages import SUPPORT, Message, State
from shared.log_records import line
from shared.ports.ledger import Ledger, Runs, Suppressions
from shared.ports.system import Clock
from shared.ports.telemetry import RunMeters
from shared.use_cases.counting import note
from shared.use_cases.escalation import reopen_day

log = logging.getLogger(__name__)

ATTEMPTS = 3


class RecordDelivery:
    """Moves a message to `delivered` or `bounced`; what came back is escalated to support."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        suppressions: Suppressions,
        runs: Runs,
        meters: RunMeters,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._suppressions = suppressions
        self._runs = runs
        self._meters = meters
        self._clock = clock

    async def __call__(self, message_id: MessageId, report: Report, at: datetime) -> None:
        """Record a report about an instant; an id that is not ours is ignored.

        Raises where that could not be done whole: the same report again does the rest.
        """
        message = await self._moved(message_id, report)
        if message is None:
            log.info(line("a delivery report of no message of ours", status=report))
            return
        log.info(line("delivery report", status=report, message=message_id, state=message.state))
        if report is Report.BOUNCED:
            # An instant in the future would silence the address for longer than anybody wants.
            bounced_at = min(at, self._clock.now())
            await self._suppressions.suppress(digest(message.recipient.address), bounced_at)
        if message.state is State.BOUNCED and report is not Report.DELIVERED:
            await self._escalate(message)
        elif message.state is State.VOID:
            # The service had denied it after WAIT: the one repeat that cannot be ruled out.
            log.error(line("alarm: a mail that was denied was sent", message=message_id))

    async def _moved(self, message_id: MessageId, report: Report) -> Message | None:
        """Return the message as it stands after the report."""
        for _ in range(ATTEMPTS):
            message = await self._ledger.message(message_id)
            if message is None:
                return None
            state = reported(message.state, report)
            if state is None:
                return message
            moved = await self._ledger.advance(message, state)
            if moved is not None:
                note(moved, self._meters)
                return moved
        raise StoreUnavailable("a message keeps changing")

    async def _escalate(self, message: Message) -> None:
        """Let the day's evaluation tell support."""
        if message.recipient.partition == SUPPORT:
            log.error(line("alarm: support cannot be mailed", state=message.state))
        await reopen_day(message, self._runs, self._clock)
