"""The ledger: what has been mailed, what is still to be, and how the days' runs went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from shared.domain.delivery import AddressDigest, Suppression
from shared.domain.ids import ClientId, MessageId
from shared.domain.messages import Message, Notice, Partition, State
from shared.domain.reminders import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientLedger:
    """What one recipient has been claimed for: each claim's message, and those messages."""

    claims: Mapping[Claim, MessageId]
    messages: Mapping[MessageId, Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMessage:
    """An entry of the index: a message that is not known to be final. It may not exist (yet)."""

    message_id: MessageId
    partition: Partition
    claimed_at: datetime
    version: str = ""


class RecipientLedgers(Protocol):
    """Tells what has been mailed, recipient by recipient."""

    async def of_recipient(self, partition: Partition) -> RecipientLedger:
        """Return all claims and messages of a recipient; one request a page."""


class Ledger(RecipientLedgers, Protocol):
    """Remembers what has been mailed. Exclusivity comes from the claims alone.

    Every method may raise StoreUnavailable, after which a write may yet be done, or Throttled,
    after which it surely will not be.
    """

    async def message(self, message_id: MessageId) -> Message | None:
        """Return a message by its id alone, or None if there is none; two requests."""

    async def open_messages(self) -> Sequence[OpenMessage]:
        """Return the entries of every message that is not known to be final; one request a page."""

    async def close(self, entry: OpenMessage) -> None:
        """Take an entry of `open_messages` out of them: its message is final, or never came.

        An entry that changed since it was read stays. May be put off to a later call.
        """

    async def claim(self, message: Message) -> Message | None:
        """Record the message and its claims together, or nothing; its entry in the index first.

        Returns the message with its version, also where the answer was lost and the rows read back
        carry its nonce; None if somebody else holds any of the claims.
        """

    async def advance(
        self, message: Message, state: State, *, posted_at: datetime | None = None
    ) -> Message | None:
        """Move the message to another state if it still is as it was read, else return None.

        A lost answer is read back. `posted_at` counts one more attempt. What is final leaves the
        open messages, at the latest some calls later.
        """

    async def void(self, message: Message) -> bool:
        """Move the message to `void` and release its claims, together, if it is as it was read.

        Returns False, and changes nothing, if it is not, or if it is final.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The record of a day's run. `version` tells whether it was reopened since it was read."""

    day: date
    is_complete: bool
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteRun:
    """A day on which everything due became final, and the applications managed then."""

    day: date
    managed: frozenset[ClientId]


class Runs(Protocol):
    """Remembers which days are done."""

    async def run(self, day: date) -> Run:
        """Return the day's record; one request."""

    async def complete(self, run: Run, *, managed: frozenset[ClientId], at: datetime) -> bool:
        """Record that everything due on the day is final, unless the record changed since.

        Returns whether the day is complete now. Doing it twice changes nothing.
        """

    async def reopen(self, day: date, *, at: datetime) -> None:
        """Let the day be evaluated again, also by a firing that is about to complete it."""

    async def last_complete(self, before: date) -> CompleteRun | None:
        """Return the last complete day of the two weeks before a day, or None."""


class Suppressions(Protocol):
    """Remembers which addresses are left alone, without knowing them."""

    async def suppressed(self, now: datetime) -> frozenset[AddressDigest]:
        """Return the addresses that are to be left alone at `now`; one request a page."""

    async def suppress(self, address: AddressDigest, bounced_at: datetime) -> Suppression:
        """Record a bounce; the same one again changes nothing."""


class NoticeBook(Protocol):
    """Remembers notices from before the change that they are about until all are claimed."""

    async def owe(self, notice: Notice) -> None:
        """Record that a notice will be owed if its change comes about."""

    async def owed(self) -> Sequence[Notice]:
        """Return the notices that are recorded; one request a page."""

    async def settle(self, notice: Notice) -> None:
        """Forget a notice: its messages are claimed, or nothing came of the change."""


class Retention(Protocol):
    """Forgets what is old enough."""

    async def forget(self, today: date) -> int:
        """Delete final messages with their claims after 400 days, and index entries after 90.

        Run records, suppressions and what else holds personal data go with them. Returns how many
        rows went. May be interrupted anywhere, and takes up where it was at the next call.
        """
