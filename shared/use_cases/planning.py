"""Which mails are still to be sent: what is due, less what the ledger says was claimed already."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256

from shared.domain.drafts import MAX_ADDRESSES, Draft, Due, by_recipient, drafts
from shared.domain.messages import (
    SUPPORT,
    UNDELIVERED,
    Message,
    Partition,
    Recipient,
    Unreachable,
)
from shared.domain.reminders import Claim, secret_of
from shared.domain.standing import Audiences
from shared.log_records import line
from shared.ports.ledger import RecipientLedger, RecipientLedgers
from shared.use_cases.firing import Firing

log = logging.getLogger(__name__)

TOLD_LATE = timedelta(days=3)
"""So long after its day support is still told of a reminder that did not arrive."""

Told = Sequence[tuple[Recipient, Due]]


class Undelivered:
    """The reminders that did not arrive, and where: support hears of each once a reason."""

    def __init__(self) -> None:
        self._found: dict[tuple[Claim, Unreachable], tuple[Due, set[str]]] = {}

    def add(self, due: Due, reason: Unreachable, address: str) -> None:
        _, addresses = self._found.setdefault((due.claim, reason), (due, set()))
        addresses.add(address)

    def due_to(self, support: Recipient) -> list[tuple[Recipient, Due]]:
        """Return them as what is due to support."""
        return [
            (
                support,
                replace(
                    due,
                    recipients=(support,),
                    unreachable=reason,
                    addresses=tuple(sorted(addresses)[:MAX_ADDRESSES]),
                ),
            )
            for (_, reason), (due, addresses) in self._found.items()
        ]


@dataclass(slots=True)
class Plan:
    """The mails to be claimed, and the messages that are claimed but not at an end."""

    mails: list[Draft] = field(default_factory=list)
    unfinished: list[Message] = field(default_factory=list)


class Planning:
    """Reads the ledger of everyone to whom something is due: their partition once each."""

    def __init__(self, *, ledger: RecipientLedgers, audiences: Audiences) -> None:
        self._ledger = ledger
        self._audiences = audiences

    async def __call__(self, due: Iterable[Due], firing: Firing) -> Plan:
        """Return the mails to be claimed, the most urgent first."""
        told = dict(by_recipient(due))
        for_support = list(told.pop(SUPPORT, []))
        undelivered = Undelivered()
        plan = Plan()

        async def look(recipient: tuple[Partition, Told]) -> None:
            partition, items = recipient
            known = await self._ledger.of_recipient(partition)
            for late, reason, address in _late(items, known, firing.now.date()):
                undelivered.add(late, reason, address)
            unclaimed = _unclaimed(items, known, undelivered, plan)
            _take_up(_deliverable(unclaimed, firing, undelivered), plan, firing)

        async def look_at_support(items: Told) -> None:
            known = await self._ledger.of_recipient(SUPPORT)
            _take_up(_unclaimed(items, known, Undelivered(), plan), plan, firing)

        await firing.work_off(told.items(), look)
        for_support += undelivered.due_to(self._audiences.support)
        if any(each.unreachable is Unreachable.GROUP_UNREADABLE for _, each in for_support):
            firing.is_open = True
        if firing.leaves_alone(self._audiences.support_address):
            # What fails for support is told to nobody else.
            log.error(line("alarm: support cannot be mailed: its address bounced"))
        elif for_support:
            await firing.work_off([for_support], look_at_support)
        plan.mails.sort(key=lambda draft: _urgency(draft, firing))
        return plan


def _unclaimed(items: Told, known: RecipientLedger, undelivered: Undelivered, plan: Plan) -> Told:
    """Return what nobody has claimed; note what is not final, and what did not arrive."""
    unclaimed = []
    unfinished = {}
    for recipient, due in items:
        message_id = known.claims.get(due.claim)
        message = known.messages.get(message_id) if message_id else None
        if message_id is None:
            unclaimed.append((recipient, due))
        elif message is not None and not message.state.is_final:
            unfinished[message_id] = message
        elif message is not None and message.state in UNDELIVERED:
            undelivered.add(due, UNDELIVERED[message.state], message.recipient.address)
    plan.unfinished.extend(unfinished.values())
    return unclaimed


def _late(
    items: Told, known: RecipientLedger, today: date
) -> Iterator[tuple[Due, Unreachable, str]]:
    """Yield the reminders of earlier days, of secrets still due, that did not arrive."""
    due_now = {due.claim for _, due in items}
    of_secret = {due.reminder.secret.key_id: due for _, due in items}
    for message in known.messages.values():
        if message.state not in UNDELIVERED or today - message.on > TOLD_LATE:
            continue
        for said in message.lines:
            due = of_secret.get(secret_of(said.claim))
            if due is not None and said.claim not in due_now:
                reason = UNDELIVERED[message.state]
                yield replace(due, earlier=said.claim), reason, message.recipient.address


def _deliverable(items: Told, firing: Firing, undelivered: Undelivered) -> Told:
    """Return what goes to addresses that take mail; of the others support hears instead."""
    deliverable = []
    for recipient, due in items:
        if firing.leaves_alone(recipient.address):
            undelivered.add(due, Unreachable.BOUNCED, recipient.address)
        else:
            deliverable.append((recipient, due))
    return deliverable


def _take_up(items: Told, plan: Plan, firing: Firing) -> None:
    """Plan the mails; what exceeds the limits of one is left to the next firing."""
    mails = list(drafts(items))
    plan.mails.extend(mails)
    if sum(len(draft.lines) for draft in mails) < len(items):
        firing.is_open = True


def _urgency(draft: Draft, firing: Firing) -> tuple[object, ...]:
    """Order by the nearest end. Among equals another one comes first each day: nobody starves."""
    today = firing.now.date()
    nearest = min(abs((line.ends_at.date() - today).days) for line in draft.lines)
    turn = sha256(f"{today}|{draft.recipient.partition}".encode()).hexdigest()
    return (nearest, turn, draft.organisation)


def unclaimed_lines(draft: Draft, claims: Mapping[Claim, object]) -> Draft:
    """Return the draft without what has been claimed meanwhile."""
    lines = tuple(line for line in draft.lines if line.claim not in claims)
    return replace(draft, lines=lines)
