"""Support hears of a reminder that does not arrive, by the next evaluation of its day."""

from shared.domain.messages import Message
from shared.ports.ledger import Runs
from shared.ports.system import Clock


async def reopen_day(message: Message, runs: Runs, clock: Clock) -> None:
    """Let the day be evaluated again, unless support is not to hear of the message."""
    if message.is_escalated:
        now = clock.now()
        # Around midnight the clock of whoever sent it may have been ahead of this one.
        await runs.reopen(max(now.date(), message.on), at=now)
