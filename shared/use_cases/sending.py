"""Claims and sends what was planned, each mail on what was read at most a minute before."""

from collections.abc import Sequence

from shared.domain.drafts import Draft
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
            if not await firing.turn():
                return
            message = await self._claimed(draft, firing, readings)
            if (
                message is None
                or await self._dispatch.send(message, firing, readings) is not Sent.FINAL
            ):
                firing.is_open = True

        readings.expect(each.client_id for draft in planned for each in draft.lines)
        await firing.work_off(planned, send)

    async def _claimed(self, draft: Draft, firing: Firing, readings: Readings) -> Message | None:
        """Claim what of a draft still holds and is nobody else's; None if that is nothing."""
        standings = await readings.of({each.client_id for each in draft.lines})
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
