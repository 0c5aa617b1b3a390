"""Claim, send, confirm: each message at most once, whatever breaks in between.

The claim comes before the post: the ledger says which message carries a reminder. `sending` is
written before the post, and exactly one post follows: a crash in between is a post that may have
happened, which only the mail service can tell.
"""

import logging
from enum import Enum, auto

from shared.domain.delivery import MAX_ATTEMPTS, digest
from shared.domain.drafts import Draft
from shared.domain.ids import MessageId
from shared.domain.messages import SUPPORT, UNDELIVERED, Line, Message, Notice, Recipient, State
from shared.domain.reports import MonthlyReport
from shared.domain.standing import Audiences, Standings
from shared.log_records import line
from shared.ports.ledger import Ledger, NoticeBook, Runs, Suppressions
from shared.ports.mail import Mailer, Posting
from shared.ports.system import Clock, Ids
from shared.ports.telemetry import RunMeters
from shared.use_cases.counting import about, note
from shared.use_cases.escalation import reopen_day
from shared.use_cases.firing import Firing
from shared.use_cases.readings import MAX_AGE, Readings, is_too_old

log = logging.getLogger(__name__)

_AFTER_POSTING = {
    Posting.ACCEPTED: State.ACCEPTED,
    Posting.REFUSED_FOR_RECIPIENT: State.FAILED,
    Posting.SUPPRESSED: State.FAILED,
    Posting.NOT_NOW: State.READY,
    Posting.REFUSED_FOR_SENDER: State.READY,
    Posting.UNWRITTEN: State.READY,
}
"""An unknown outcome is absent: the message stays `sending`."""


class Sent(Enum):
    """Where a message stands after an attempt to send it."""

    FINAL = auto()
    VOID = auto()
    """It said what does not hold any more. What is still due of it is free to be claimed anew."""
    OPEN = auto()


class Dispatch:
    """Brings one message from its claim to its end."""

    def __init__(  # noqa: PLR0913 - what a message passes on its way, all by name
        self,
        *,
        ledger: Ledger,
        notices: NoticeBook,
        runs: Runs,
        suppressions: Suppressions,
        mailer: Mailer,
        audiences: Audiences,
        meters: RunMeters,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._ledger = ledger
        self._notices = notices
        self._runs = runs
        self._suppressions = suppressions
        self._mailer = mailer
        self._audiences = audiences
        self._meters = meters
        self._clock = clock
        self._ids = ids

    async def claim(self, draft: Draft, firing: Firing) -> Message | None:
        """Claim what a draft says; None if somebody else holds any of it."""
        return await self._claim(draft.recipient, draft.organisation, firing, lines=draft.lines)

    async def claim_notice(
        self, notice: Notice, recipient: Recipient, firing: Firing
    ) -> Message | None:
        """Claim a notice for one recipient; None if it is claimed already."""
        return await self._claim(recipient, notice.organisation, firing, notice=notice)

    async def claim_report(self, report: MonthlyReport, firing: Firing) -> Message | None:
        """Claim a month's report for support; None if it is claimed already."""
        return await self._claim(self._audiences.support, SUPPORT, firing, report=report)

    async def _claim(
        self,
        recipient: Recipient,
        organisation: str,
        firing: Firing,
        *,
        lines: tuple[Line, ...] = (),
        notice: Notice | None = None,
        report: MonthlyReport | None = None,
    ) -> Message | None:
        return await self._ledger.claim(
            Message(
                message_id=MessageId(self._ids.new()),
                recipient=recipient,
                organisation=organisation,
                on=firing.now.date(),
                claimed_at=self._clock.now(),
                edition=self._mailer.edition,
                lines=lines,
                notice=notice,
                report=report,
                state=State.READY,
                nonce=self._ids.new(),
            )
        )

    async def send(self, message: Message, firing: Firing, readings: Readings) -> Sent:
        """Post a message that surely was not taken, if all that it says still holds."""
        firing.unsent[message.message_id] = message.claimed_at
        while await firing.turn():
            standings = await readings.of(message.client_ids)
            if not self._holds(message, standings, firing):
                return await self._void(message, firing)
            sending = await self._ledger.advance(
                message, State.SENDING, posted_at=self._clock.now()
            )
            if sending is None:
                return _somebody_elses(firing)
            outcome = await self._post(sending, firing, standings)
            if isinstance(outcome, Sent):
                return outcome
            message = outcome
        return Sent.OPEN

    async def _post(self, sending: Message, firing: Firing, standings: Standings) -> Sent | Message:
        """Post once, and write down what that came to; return the message to be tried again."""
        if self._is_late(sending, firing, standings):
            return await self._settle(sending, State.READY, firing) or Sent.OPEN
        posted = await self._mailer.post(sending)
        self._meters.posted(posted.posting)
        firing.heed(posted, is_first=sending.attempts == 1)
        state = _AFTER_POSTING.get(posted.posting)
        if posted.posting is Posting.UNWRITTEN and sending.attempts >= MAX_ATTEMPTS:
            state = State.FAILED
        if state is None:
            firing.is_open = True
            return Sent.OPEN
        if posted.posting is Posting.SUPPRESSED:
            await self.leave_alone(sending)
        settled = await self._settle(sending, state, firing)
        if settled is not None and settled.state.is_final:
            return Sent.FINAL
        if settled is not None and posted.posting is Posting.NOT_NOW:
            return settled
        firing.is_open = True
        return Sent.OPEN

    async def _settle(self, message: Message, state: State, firing: Firing) -> Message | None:
        """Write down where a message stands; None if another firing is at it."""
        if state in UNDELIVERED:
            # Before it is written down: a firing that has evaluated must not complete the day
            # without support, one that comes now finds the message unfinished.
            await reopen_day(message, self._runs, self._clock)
        settled = await self._ledger.advance(message, state)
        if settled is None:
            # What became of it may have been reported before it was written down here.
            known = await self._ledger.message(message.message_id)
            settled = known if known is not None and known.state.is_final else None
        elif settled.state.is_final:
            note(settled, self._meters)
        if settled is not None and settled.state.is_final:
            firing.unsent.pop(settled.message_id, None)
        if settled is None:
            _somebody_elses(firing)
        elif settled.state in UNDELIVERED:
            self.tell_of_failure(settled, firing)
        return settled

    async def conclude(self, message: Message, state: State, firing: Firing) -> None:
        """Write down the end of a message as the mail service, asked about it, tells it."""
        firing.outcomes[state.value] += 1
        await self._settle(message, state, firing)

    def tell_of_failure(self, message: Message, firing: Firing) -> None:
        """Let support hear of reminders that failed, by the next evaluation."""
        if message.recipient.partition == SUPPORT:
            log.error(line("alarm: support cannot be mailed", state=message.state))
        elif message.state is State.UNCERTAIN:
            log.error(line("alarm: a mail is uncertain", message=message.message_id))
        if message.is_escalated:
            firing.is_open = True

    async def leave_alone(self, message: Message) -> None:
        """Keep off an address that the mail service does not deliver to: each try prolongs that."""
        await self._suppressions.suppress(digest(message.recipient.address), self._clock.now())

    async def _void(self, message: Message, firing: Firing) -> Sent:
        if message.notice is not None:
            # A reminder is evaluated anew; a change happens once, and is told of again only if it
            # is owed. Whoever has a claim already gets no second mail.
            await self._notices.owe(message.notice)
        if not await self._ledger.void(message):
            return _somebody_elses(firing)
        firing.outcomes["void"] += 1
        firing.unsent.pop(message.message_id, None)
        self._meters.mail(about(message), State.VOID)
        return Sent.VOID

    def _holds(self, message: Message, standings: Standings, firing: Firing) -> bool:
        """Tell whether it is to be posted still; a repeat also has to be the same to the byte."""
        is_the_same = message.attempts == 0 or message.edition == self._mailer.edition
        return (
            is_the_same
            and not firing.leaves_alone(message.recipient.address)
            and self._audiences.holds(message, standings, firing.now)
        )

    def _is_late(self, sending: Message, firing: Firing, standings: Standings) -> bool:
        """Tell whether so much time went by since the reading that another one is needed."""
        now = self._clock.now()
        posted_at = sending.posted_at or now
        return firing.is_over or is_too_old(standings, now) or now - posted_at > MAX_AGE


def _somebody_elses(firing: Firing) -> Sent:
    """Another firing was faster: it knows what became of the message, the next one will see."""
    firing.is_open = True
    return Sent.OPEN
