"""Claims and sends what was planned, each mail on what was read at most a minute before."""

from collections.abc import Sequence

from shared.domain.drafts import Draft
from shared.domain.ids import ClientId
from shared.domain.messages import Message
from shared.domain.standing import Audiences
from shared.ports.ledger import Ledger
from shared.use_cases.dispatch import Dispatch, Sent
from shared.use_cases.firing import Firing
from shared.use_cases.planning import unclaimed_lines
from shared.use_cases.readings import Readings


class Sending:
    """Claims and sends what was planned, a few mails at a time."""

    def __init__(self, *, ledger: Ledger, dispatch: Dispatch, audiences: Audiences) -> None:
        self._ledger = ledger
        self._dispatch = dispatch
        self._audiences = audiences

    async def __call__(self, planned: Sequence[Draft], firing: Firing, readings: Readings) -> None:
        """Work off the drafts; the firing stays open unless all of them come to their end."""

        async def send(draft: Draft) -> None:
            await self._send(draft, firing, readings)
            readings.done(_client_ids(draft))

        readings.expect(client_id for draft in planned for client_id in _client_ids(draft))
        await firing.work_off(planned, send)

    async def _send(self, draft: Draft, firing: Firing, readings: Readings) -> None:
        sent = Sent.OPEN
        if await firing.turn():
            message = await self._claimed(draft, firing, readings)
            if message is not None:
                sent = await self._dispatch.send(message, firing, readings)
        if sent is not Sent.FINAL:
            firing.is_open = True

    async def _claimed(self, draft: Draft, firing: Firing, readings: Readings) -> Message | None:
        """Claim what of a draft still holds and is nobody else's; None if that is nothing."""
        standings = await readings.of(_client_ids(draft))
        current = self._audiences.current(draft, standings, firing.now)
        if len(current.lines) < len(draft.lines):
            firing.is_open = True
        if not current.lines:
            return None
        message = await self._dispatch.claim(current, firing)
        if message is not None:
            return message
        firing.is_open = True
        known = await self._ledger.of_recipient(draft.recipient.partition)
        left = unclaimed_lines(current, known.claims)
        return await self._dispatch.claim(left, firing) if left.lines else None


def _client_ids(draft: Draft) -> Sequence[ClientId]:
    return sorted({each.client_id for each in draft.lines})
