"""Which mails are still to be sent: what is due, less what the ledger says was claimed already."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from shared.domain.delivery import AddressDigest, digest
from shared.domain.drafts import MAX_ADDRESSES, Draft, Due, by_recipient, drafts
from shared.domain.messages import SUPPORT, UNDELIVERED, Partition, Recipient, Unreachable
from shared.domain.reminders import Claim
from shared.domain.standing import Audiences
from shared.log_records import line
from shared.ports.ledger import Ledger, RecipientLedger, Suppressions
from shared.use_cases.firing import Firing

log = logging.getLogger(__name__)

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


class Planning:
    """Reads the ledger of everyone to whom something is due: one request each."""

    def __init__(self, *, ledger: Ledger, suppressions: Suppressions, audiences: Audiences) -> None:
        self._ledger = ledger
        self._suppressions = suppressions
        self._audiences = audiences

    async def __call__(self, due: Sequence[Due], firing: Firing) -> Sequence[Draft]:
        """Return the mails to be claimed, the most urgent first."""
        if not due:
            return []
        left_alone = await self._suppressions.suppressed(firing.now)
        told = dict(by_recipient(due))
        unmanaged = told.pop(SUPPORT, [])
        undelivered = Undelivered()
        planned: list[Draft] = []

        async def plan(recipient: tuple[Partition, Told]) -> None:
            partition, items = recipient
            known = await self._ledger.of_recipient(partition)
            unclaimed = _unclaimed(items, known, undelivered, firing)
            planned.extend(_drafts(_deliverable(unclaimed, left_alone, undelivered), firing))

        await firing.work_off(told.items(), plan)
        for_support = [*unmanaged, *undelivered.due_to(self._audiences.support)]
        planned.extend(await self._for_support(for_support, left_alone, firing))
        return sorted(planned, key=lambda draft: _urgency(draft, firing))

    async def _for_support(
        self, items: Told, left_alone: frozenset[AddressDigest], firing: Firing
    ) -> Sequence[Draft]:
        """Return support's digest. What fails for support is told to nobody else."""
        if not items:
            return []
        if digest(self._audiences.support_address) in left_alone:
            log.error(line("alarm: support cannot be mailed: its address bounced"))
            return []
        found: list[Draft] = []

        async def plan(partition: Partition) -> None:
            known = await self._ledger.of_recipient(partition)
            found.extend(_drafts(_unclaimed(items, known, Undelivered(), firing), firing))

        await firing.work_off([SUPPORT], plan)
        return found


def _unclaimed(
    items: Told, known: RecipientLedger, undelivered: Undelivered, firing: Firing
) -> Told:
    """Return what nobody has claimed; note what is not final, and what did not arrive."""
    unclaimed = []
    for recipient, due in items:
        message_id = known.claims.get(due.claim)
        message = known.messages.get(message_id) if message_id else None
        if message_id is None:
            unclaimed.append((recipient, due))
        elif message is None or not message.state.is_final:
            # Not there: it was claimed while the pages were read.
            firing.is_open = True
        elif message.state in UNDELIVERED:
            undelivered.add(due, UNDELIVERED[message.state], message.recipient.address)
    return unclaimed


def _deliverable(
    items: Told, left_alone: frozenset[AddressDigest], undelivered: Undelivered
) -> Told:
    """Return what goes to addresses that take mail; of the others support hears instead."""
    deliverable = []
    for recipient, due in items:
        if digest(recipient.address) in left_alone:
            undelivered.add(due, Unreachable.BOUNCED, recipient.address)
        else:
            deliverable.append((recipient, due))
    return deliverable


def _drafts(items: Told, firing: Firing) -> Sequence[Draft]:
    """Return the mails; what exceeds the limits of one is left to the next firing."""
    mails = list(drafts(items))
    if sum(len(draft.lines) for draft in mails) < len(items):
        firing.is_open = True
    return mails


def _urgency(draft: Draft, firing: Firing) -> tuple[object, ...]:
    """Order by the nearest end. Among equals another one comes first each day: nobody starves."""
    turn = sha256(f"{firing.now.date()}|{draft.recipient.partition}".encode()).hexdigest()
    return (min(line.ends_at for line in draft.lines), turn, draft.organisation)


def unclaimed_lines(draft: Draft, claims: Mapping[Claim, object]) -> Draft:
    """Return the draft without what has been claimed meanwhile."""
    lines = tuple(line for line in draft.lines if line.claim not in claims)
    return replace(draft, lines=lines)
