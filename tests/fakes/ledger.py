"""The ledger in memory, with the conditions of the real one."""

from asyncio import sleep
from collections.abc import Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from shared.domain.ids import MessageId
from shared.domain.messages import Message, Partition, State, moved
from shared.domain.reminders import Claim
from shared.ports.ledger import OpenMessage, RecipientLedger
from tests.fakes.runs import FakeRuns
from tests.fakes.suppressions import FakeNotices, FakeSuppressions

Place = tuple[Partition, MessageId]
Held = tuple[Partition, Claim]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index says of a message, which may not exist (yet)."""

    partition: Partition
    on: date
    claimed_at: datetime
    nonce: str
    version: str
    is_open: bool = True


class FakeLedger(FakeRuns, FakeSuppressions, FakeNotices):
    """Everything that is remembered of mails: the Ledger, the Runs and what else the port has."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[Place, Message] = {}
        self.claims: dict[Held, MessageId] = {}
        self.entries: dict[MessageId, Entry] = {}
        self._writes = count(1)

    @property
    def open(self) -> dict[MessageId, bool]:
        """Tell of each message of the index whether it is still to be drained."""
        return {message_id: entry.is_open for message_id, entry in self.entries.items()}

    async def of_recipient(self, partition: Partition) -> RecipientLedger:
        async with self.called("of_recipient"):
            return RecipientLedger(
                claims={
                    claim: m for (owner, claim), m in self.claims.items() if owner == partition
                },
                messages={
                    message_id: message
                    for (owner, message_id), message in self.messages.items()
                    if owner == partition
                },
            )

    async def message(self, message_id: MessageId) -> Message | None:
        async with self.called("message"):
            entry = self.entries.get(message_id)
            return self.messages.get((entry.partition, message_id)) if entry else None

    async def open_messages(self) -> Sequence[OpenMessage]:
        async with self.called("open_messages"):
            return [
                OpenMessage(
                    message_id=message_id,
                    partition=entry.partition,
                    claimed_at=entry.claimed_at,
                    version=entry.version,
                )
                for message_id, entry in self.entries.items()
                if entry.is_open
            ]

    async def close(self, entry: OpenMessage) -> None:
        async with self.called("close"):
            known = self.entries.get(entry.message_id)
            if known is not None and known.version == entry.version:
                self._close(entry.message_id)

    async def claim(self, message: Message) -> Message | None:
        async with self.called("claim"):
            entry = self.entries.get(message.message_id) or self.point(message)
            if entry.nonce != message.nonce:
                return None
            # The index comes first, in a write of its own: others may see it alone.
            await sleep(0)
            return self._claimed(message, entry)

    def _claimed(self, message: Message, entry: Entry) -> Message | None:
        partition = message.recipient.partition
        stored = self.messages.get((partition, message.message_id))
        if stored is not None:
            return stored if stored.nonce == message.nonce else None
        places = [(partition, claim) for claim in message.claims]
        if any(place in self.claims for place in places):
            if self.entries.get(message.message_id) == entry:
                del self.entries[message.message_id]
            return None
        self.claims.update(dict.fromkeys(places, message.message_id))
        return self._stored(message)

    async def advance(
        self, message: Message, state: State, *, posted_at: datetime | None = None
    ) -> Message | None:
        async with self.called("advance"):
            stored = self._as_read(message)
            if stored is None:
                return None
            return self._moved(stored, state, posted_at=posted_at)

    async def void(self, message: Message) -> bool:
        async with self.called("void"):
            stored = self._as_read(message)
            if stored is None or stored.state.is_final:
                return False
            self._release(stored)
            self._moved(stored, State.VOID)
            return True

    async def forget(self, today: date) -> int:
        async with self.called("forget"):
            before = self._rows()
            self._forget_messages(today)
            year, quarter = today - timedelta(days=400), today - timedelta(days=90)
            self.runs = {d: each for d, each in self.runs.items() if d >= year}
            self.suppressions = {
                address: each
                for address, each in self.suppressions.items()
                if each.until.date() >= quarter
            }
            self.notices = {
                claim: each for claim, each in self.notices.items() if each.at.date() >= quarter
            }
            return before - self._rows()

    def point(self, message: Message) -> Entry:
        """Make the message's entry in the index, and nothing else: as a crash leaves it."""
        entry = Entry(
            partition=message.recipient.partition,
            on=message.on,
            claimed_at=message.claimed_at,
            nonce=message.nonce,
            version=str(next(self._writes)),
        )
        self.entries[message.message_id] = entry
        return entry

    def outrun(self, method: str, *, after: int) -> None:
        """Let another firing change every message just before the nth call of a method."""
        calls = count(1)

        def changed_by_another() -> None:
            if next(calls) == after:
                for message in list(self.messages.values()):
                    self._stored(message)

        self.before(method, changed_by_another)

    def _as_read(self, message: Message) -> Message | None:
        stored = self.messages.get((message.recipient.partition, message.message_id))
        return stored if stored is not None and stored.version == message.version else None

    def _moved(
        self, stored: Message, state: State, *, posted_at: datetime | None = None
    ) -> Message:
        if state.is_final and stored.message_id in self.entries:
            self._close(stored.message_id)
        nonce = f"nonce {next(self._writes)}"
        return self._stored(replace(moved(stored, state, posted_at=posted_at), nonce=nonce))

    def _stored(self, message: Message) -> Message:
        stored = replace(message, version=str(next(self._writes)))
        self.messages[message.recipient.partition, message.message_id] = stored
        return stored

    def _close(self, message_id: MessageId) -> None:
        version = str(next(self._writes))
        entry = replace(self.entries[message_id], nonce=version, version=version, is_open=False)
        self.entries[message_id] = entry

    def _release(self, message: Message) -> None:
        """Drop the claims that the message holds: those of a void one may be another's by now."""
        held = [(message.recipient.partition, claim) for claim in message.claims]
        for place in held:
            if self.claims.get(place) == message.message_id:
                del self.claims[place]

    def _forget_messages(self, today: date) -> None:
        """Forget as the real one does: a month of messages at a time, once all of it is old."""
        month = (today - timedelta(days=400)).replace(day=1)
        for message_id, entry in list(self.entries.items()):
            if not entry.is_open and entry.on < today - timedelta(days=90):
                del self.entries[message_id]
        for place, message in list(self.messages.items()):
            if message.state.is_final and message.on < month and place[1] not in self.entries:
                self._release(message)
                del self.messages[place]

    def _rows(self) -> int:
        kept: list[Sized] = [self.messages, self.claims, self.entries, self.runs]
        return sum(len(each) for each in (*kept, self.suppressions, self.notices))
