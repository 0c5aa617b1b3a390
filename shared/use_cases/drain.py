"""What earlier firings left unfinished is brought to an end before anything new is begun."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.delivery import MAX_ATTEMPTS, WAIT, Step, is_denial_sound, next_step
from shared.domain.messages import Message, Partition, State
from shared.log_records import line
from shared.ports.ledger import Ledger, OpenMessage
from shared.ports.mail import Mailer, Status
from shared.ports.system import Clock
from shared.use_cases.dispatch import Dispatch, Sent
from shared.use_cases.firing import Firing
from shared.use_cases.readings import Readings

log = logging.getLogger(__name__)


class Drain:
    """Looks at every open message: sends what was not, and asks about what may have been."""

    def __init__(self, *, ledger: Ledger, mailer: Mailer, dispatch: Dispatch, clock: Clock) -> None:
        self._ledger = ledger
        self._mailer = mailer
        self._dispatch = dispatch
        self._clock = clock

    async def unfinished(self, firing: Firing) -> Sequence[Message]:
        """Return the open messages, and close the entries of those that are not."""
        entries: defaultdict[Partition, list[OpenMessage]] = defaultdict(list)
        unfinished: list[Message] = []

        async def find() -> None:
            for entry in await self._ledger.open_messages():
                entries[entry.partition].append(entry)

        async def look(partition: Partition) -> None:
            unfinished.extend(await self._of(partition, entries[partition]))

        await firing.attempt(find)
        await firing.work_off(list(entries), look)
        firing.unsent |= {message.message_id: message.claimed_at for message in unfinished}
        return unfinished

    async def _of(self, partition: Partition, entries: Iterable[OpenMessage]) -> Sequence[Message]:
        known = await self._ledger.of_recipient(partition)
        unfinished: list[Message] = []
        for entry in entries:
            message = known.messages.get(entry.message_id)
            if message is not None and not message.state.is_final:
                unfinished.append(message)
            elif message is not None or self._clock.now() - entry.claimed_at >= WAIT:
                # A claim comes this late from a process that stood still: planning would find it.
                await self._ledger.close(entry)
        return unfinished

    async def bring_on(
        self, messages: Iterable[Message], firing: Firing, readings: Readings
    ) -> None:
        """Bring the messages nearer to their end, the most urgent first.

        The firing stays open if one of them does.
        """
        waiting = sorted({each.message_id: each for each in messages}.values(), key=_urgency)

        async def bring_on(message: Message) -> None:
            await self._bring_on(message, firing, readings)
            readings.done(message.client_ids)

        readings.expect(
            client_id for message in waiting for client_id in sorted(message.client_ids)
        )
        await firing.work_off(waiting, bring_on)

    async def _bring_on(self, message: Message, firing: Firing, readings: Readings) -> None:
        step = next_step(message, self._clock.now())
        if step is Step.WAIT:
            firing.is_open = True
        elif step is Step.SEND or await self._ask(message, firing):
            sent = await self._dispatch.send(message, firing, readings)
            # What was void is evaluated anew in this very firing.
            firing.is_open = firing.is_open or sent is Sent.OPEN

    async def _ask(self, message: Message, firing: Firing) -> bool:
        """Ask what became of a message, and write that down; True if it is to be posted again."""
        status = await self._mailer.status(message.message_id)
        end = _end(status, message, self._clock.now())
        if message.attempts >= MAX_ATTEMPTS:
            log.error(line("alarm: a mail is not taken", message=message.message_id))
        if end is None:
            firing.is_open = firing.is_open or status is Status.NO_ANSWER
            return status is Status.DENIED
        if status is Status.SUPPRESSED:
            await self._dispatch.leave_alone(message)
        await self._dispatch.conclude(message, end, firing)
        return False


_ENDS = {
    Status.TAKEN: State.ACCEPTED,
    Status.FAILED: State.FAILED,
    Status.SUPPRESSED: State.FAILED,
}


def _end(status: Status, message: Message, now: datetime) -> State | None:
    """Return how a message ended, or None if it has not: it is denied, or nobody says.

    The service may have forgotten what it denies, or does not speak of, too late.
    """
    if status in _ENDS:
        return _ENDS[status]
    if not is_denial_sound(message, now):
        return State.UNCERTAIN
    return None


def _urgency(message: Message) -> datetime:
    """Order by the nearest end; notices by the moment that they tell of, a report by its own."""
    if message.notice is not None:
        return message.notice.at
    if message.report is not None:
        return message.claimed_at
    return min(line.ends_at for line in message.lines)
