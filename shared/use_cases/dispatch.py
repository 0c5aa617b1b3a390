"""Claim, send, confirm: one recipient's reminders, each mailed at most once.

The claim comes before the post: whatever breaks in between, the ledger says which message carries
a reminder, and a message that may have been taken is not posted again by a firing that finds it.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.ids import MessageId
from shared.domain.messages import Draft, Due, Message, Partition, Recipient, State, drafts
from shared.log_records import line
from shared.ports.ledger import Ledger, Mailer, Posting
from shared.ports.system import Clock, Ids

log = logging.getLogger(__name__)

_AFTER_POSTING = {
    Posting.ACCEPTED: State.ACCEPTED,
    Posting.REFUSED_FOR_RECIPIENT: State.FAILED,
    Posting.NOT_NOW: State.READY,
    Posting.REFUSED_FOR_SENDER: State.READY,
}
"""An unknown outcome is absent: the message stays `sending`."""

Told = Sequence[tuple[Recipient, Due]]


@dataclass(slots=True, kw_only=True)
class Firing:
    """One firing of the timer: its fixed instant, and what it has come to so far."""

    now: datetime
    outcomes: Counter[str] = field(default_factory=Counter)
    is_open: bool = False
    """Something due is not final: the day goes on."""
    is_stopped: bool = False
    """Nothing more is claimed or sent in this firing."""

    def stop(self) -> None:
        self.is_open = self.is_stopped = True


class Dispatch:
    """Sends one recipient what is due and has not been sent."""

    def __init__(self, *, ledger: Ledger, mailer: Mailer, clock: Clock, ids: Ids) -> None:
        self._ledger = ledger
        self._mailer = mailer
        self._clock = clock
        self._ids = ids

    async def __call__(self, partition: Partition, told: Told, firing: Firing) -> None:
        known = await self._ledger.of_recipient(partition)
        wanted = frozenset(due.claim for _, due in told)
        recipients = {recipient for recipient, _ in told}
        for message in known.messages.values():
            if message.claims & wanted and not message.state.is_final:
                still_due = message.claims <= wanted and message.recipient in recipients
                await self._resume(message, firing, still_due=still_due)
        unclaimed = [item for item in told if item[1].claim not in known.claims]
        mails = list(drafts(unclaimed))
        for draft in mails:
            await self._claim_and_post(draft, firing)
        if sum(len(draft.lines) for draft in mails) < len(unclaimed):
            firing.is_open = True

    async def _resume(self, message: Message, firing: Firing, *, still_due: bool) -> None:
        """Post a message that surely was not, if all that it says is still due here."""
        if message.state is State.READY and still_due:
            await self._post(message, firing)
        else:
            firing.is_open = True

    async def _claim_and_post(self, draft: Draft, firing: Firing) -> None:
        if self._is_over(firing):
            return
        claimed = await self._ledger.claim(self._message(draft, firing))
        if claimed is None:
            # Another firing was faster; what it left, if anything, the next one claims.
            firing.is_open = True
            return
        await self._post(claimed, firing)

    async def _post(self, message: Message, firing: Firing) -> None:
        """Post once. Written down before: a crash in between is a post that may have happened."""
        if self._is_over(firing):
            return
        sending = await self._ledger.advance(message, State.SENDING, posted_at=self._clock.now())
        if sending is None:
            firing.is_open = True
            return
        posting = await self._mailer.post(sending)
        firing.outcomes[posting.name.lower()] += 1
        state = _AFTER_POSTING.get(posting)
        if state is None or not state.is_final:
            firing.is_open = True
        if state is not None and await self._ledger.advance(sending, state) is None:
            firing.is_open = True
        self._heed(posting, firing)

    def _heed(self, posting: Posting, firing: Firing) -> None:
        if posting is Posting.REFUSED_FOR_SENDER:
            log.error(line("alarm: the mail service refuses us as a sender"))
        if posting in {Posting.REFUSED_FOR_SENDER, Posting.NOT_NOW}:
            firing.stop()

    def _is_over(self, firing: Firing) -> bool:
        """Stop at midnight: what is due then is another day's."""
        if self._clock.now().date() != firing.now.date():
            firing.stop()
        return firing.is_stopped

    def _message(self, draft: Draft, firing: Firing) -> Message:
        return Message(
            message_id=MessageId(self._ids.new()),
            recipient=draft.recipient,
            organisation=draft.organisation,
            on=firing.now.date(),
            lines=draft.lines,
            state=State.READY,
            nonce=self._ids.new(),
        )
