"""What earlier firings left unfinished is brought to an end before anything new is begun."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.domain.delivery import WAIT, Step, may_be_posted_again, next_step
from shared.domain.ids import ClientId
from shared.domain.messages import Message, Partition, State
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

    async def __call__(self, firing: Firing, readings: Readings) -> None:
        """Bring the open messages on; the firing stays open if one of them does."""
        entries: defaultdict[Partition, list[OpenMessage]] = defaultdict(list)
        for entry in await self._ledger.open_messages():
            entries[entry.partition].append(entry)
        unfinished: list[Message] = []

        async def look(partition: Partition) -> None:
            unfinished.extend(await self._unfinished(partition, entries[partition]))

        async def bring_on(message: Message) -> None:
            await self._bring_on(message, firing, readings)

        await firing.work_off(list(entries), look)
        unfinished.sort(key=_urgency)
        readings.expect(_client_ids(unfinished))
        await firing.work_off(unfinished, bring_on)

    async def _unfinished(
        self, partition: Partition, entries: Iterable[OpenMessage]
    ) -> Sequence[Message]:
        known = await self._ledger.of_recipient(partition)
        unfinished: list[Message] = []
        for entry in entries:
            message = known.messages.get(entry.message_id)
            if message is not None and not message.state.is_final:
                unfinished.append(message)
            elif message is not None or self._clock.now() - entry.claimed_at >= WAIT:
                # A claim that was not recorded by then never will be.
                await self._ledger.close(entry)
        return unfinished

    async def _bring_on(self, message: Message, firing: Firing, readings: Readings) -> None:
        step = next_step(message, self._clock.now())
        if step is Step.WAIT:
            firing.is_open = True
        elif step is Step.SEND or await self._is_denied(message, firing):
            sent = await self._dispatch.send(message, firing, readings)
            # What was void is evaluated anew in this very firing.
            firing.is_open = firing.is_open or sent is Sent.OPEN

    async def _is_denied(self, message: Message, firing: Firing) -> bool:
        """Ask what became of a message and write that down; True if it may be posted again."""
        status = await self._mailer.status(message.message_id)
        if status is Status.DENIED and may_be_posted_again(message, self._clock.now()):
            return True
        if status is Status.NO_ANSWER:
            firing.is_open = True
            return False
        if status is Status.SUPPRESSED:
            await self._dispatch.leave_alone(message)
        await self._dispatch.conclude(message, _ENDS[status], firing)
        return False


_ENDS = {
    Status.TAKEN: State.ACCEPTED,
    Status.FAILED: State.FAILED,
    Status.SUPPRESSED: State.FAILED,
    # Denied too late: the service may have forgotten what it took.
    Status.DENIED: State.UNCERTAIN,
}


def _urgency(message: Message) -> datetime:
    """Order by the nearest end; a notice is as urgent as the moment it tells of."""
    if message.notice is not None:
        return message.notice.at
    return min(line.ends_at for line in message.lines)


def _client_ids(messages: Iterable[Message]) -> Iterable[ClientId]:
    return (client_id for message in messages for client_id in sorted(message.client_ids))
