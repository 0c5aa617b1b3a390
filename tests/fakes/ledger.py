"""The ledger in memory, with the conditions of the real one."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count

from shared.domain.ids import MessageId
from shared.domain.messages import Message, Partition, State, moved
from shared.domain.reminders import Claim
from shared.ports.ledger import RecipientLedger
from tests.fakes.faults import Faulty

Place = tuple[Partition, MessageId]
Held = tuple[Partition, Claim]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A complete day."""

    managed: int
    at: datetime


class FakeLedger(Faulty):
    """The Ledger in memory. `open` tells of each message whether it is still to be drained."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[Place, Message] = {}
        self.claims: dict[Held, MessageId] = {}
        self.open: dict[MessageId, bool] = {}
        self.runs: dict[date, RunRecord] = {}
        self._writes = count(1)

    async def is_complete(self, day: date) -> bool:
        async with self.called("is_complete"):
            return day in self.runs

    async def complete(self, day: date, *, managed: int, at: datetime) -> None:
        async with self.called("complete"):
            self.runs.setdefault(day, RunRecord(managed=managed, at=at))

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

    async def claim(self, message: Message) -> Message | None:
        async with self.called("claim"):
            partition = message.recipient.partition
            stored = self.messages.get((partition, message.message_id))
            if stored is not None:
                return stored if stored.nonce == message.nonce else None
            places = [(partition, claim) for claim in message.claims]
            if message.message_id in self.open or any(place in self.claims for place in places):
                return None
            self.claims.update(dict.fromkeys(places, message.message_id))
            self.open[message.message_id] = True
            return self._stored(message)

    async def advance(
        self, message: Message, state: State, *, posted_at: datetime | None = None
    ) -> Message | None:
        async with self.called("advance"):
            stored = self.messages.get((message.recipient.partition, message.message_id))
            if stored is None or stored.version != message.version:
                return None
            self.open[message.message_id] = not state.is_final
            nonce = f"nonce {next(self._writes)}"
            return self._stored(replace(moved(stored, state, posted_at=posted_at), nonce=nonce))

    def outrun(self, method: str, *, after: int) -> None:
        """Let another firing change every message just before the nth call of a method."""
        calls = count(1)

        def changed_by_another() -> None:
            if next(calls) == after:
                for message in list(self.messages.values()):
                    self._stored(message)

        self.before(method, changed_by_another)

    def _stored(self, message: Message) -> Message:
        stored = replace(message, version=str(next(self._writes)))
        self.messages[message.recipient.partition, message.message_id] = stored
        return stored
