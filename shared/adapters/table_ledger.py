"""Table `reminders`: one partition per recipient, and an index of messages."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.adapters.table_entities import changed, deleted, inserted, put
from shared.adapters.table_errors import Conflict
from shared.adapters.table_message_rows import (
    AFTER_ALL,
    COLUMNS,
    INDEX,
    INDEX_COLUMNS,
    MESSAGE,
    NOTICE_CLAIM,
    claim_keys,
    claim_of,
    claim_rows,
    index_row,
    message_key,
    message_of,
    message_row,
    open_message_of,
    state_columns,
)
from shared.adapters.table_rows import Row, keys_between, partition_is, readable
from shared.adapters.tables import Tables
from shared.domain.errors import StoreUnavailable, TemporarilyUnavailable
from shared.domain.ids import MessageId
from shared.domain.messages import Message, Partition, State, moved
from shared.ports.ledger import OpenMessage, RecipientLedger
from shared.ports.system import Ids

log = logging.getLogger(__name__)

CLOSED_TOGETHER = 20
"""Index rows of final messages that one transaction closes: one each would cost a third more."""

_VOID_TRIES = 3


class TableLedger:
    """The Ledger on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("reminders")
        self._ids = ids
        self._final: list[Message] = []

    async def aclose(self) -> None:
        """Close the index rows that wait for it; the connection is shared, and stays."""
        await self._close_index()

    async def of_recipient(self, partition: Partition) -> RecipientLedger:
        query = f"{partition_is(partition)} and {keys_between(MESSAGE, AFTER_ALL)}"
        rows = [row async for page in self._table.pages(query, COLUMNS) for row in page]
        messages = readable((row for row in rows if row.key.startswith(MESSAGE)), message_of)
        claims = {c: row.optional("message") or "" for row in rows if (c := claim_of(row))}
        return RecipientLedger(
            claims={claim: MessageId(message) for claim, message in claims.items()},
            messages={message.message_id: message for message in messages},
        )

    async def message(self, message_id: MessageId) -> Message | None:
        index = await self._table.get(INDEX, message_id)
        if index is None:
            return None
        row = await self._table.get(index.text("recipient"), message_key(message_id))
        return None if row is None else message_of(row)

    async def open_messages(self) -> Sequence[OpenMessage]:
        await self._close_index()
        pages = self._table.pages(f"{partition_is(INDEX)} and open eq true", INDEX_COLUMNS)
        return readable([row async for page in pages for row in page], open_message_of)

    async def close(self, entry: OpenMessage) -> None:
        """See the port; the new nonce keeps a writer that comes late from taking it for its own."""
        row = Row(
            partition=INDEX,
            key=entry.message_id,
            nonce=self._ids.new(),
            columns={"open": False},
        )
        await self._table.change(row, entry.version)

    async def claim(self, message: Message) -> Message | None:
        # Made first: a message that cannot be stored leaves nothing behind.
        row = message_row(message)
        index = await self._table.insert(index_row(message, is_open=True))
        if index.nonce != message.nonce:
            return None
        steps = [inserted(each) for each in (row, *claim_rows(message))]
        try:
            versions = await self._table.transact(steps)
        except (Conflict, StoreUnavailable) as fault:
            return await self._read_back(row, index, fault)
        return replace(message, version=versions[0])

    async def _read_back(
        self, row: Row, index: Row, fault: Conflict | StoreUnavailable
    ) -> Message | None:
        """Return the message if the transaction was done: its row stands for all of them."""
        stored = await self._table.read_back(row)
        if stored is not None and stored.nonce == row.nonce:
            return message_of(stored)
        if isinstance(fault, StoreUnavailable):
            # The transaction may yet be done: then the index must lead to it.
            raise fault
        if stored is None and not fault.may_yet_be_done:
            await self._drop_index(index)
        return None

    async def advance(
        self, message: Message, state: State, *, posted_at: datetime | None = None
    ) -> Message | None:
        """See the port; each write has a nonce of its own, so that two firings cannot both win."""
        advanced = replace(moved(message, state, posted_at=posted_at), nonce=self._ids.new())
        row = replace(message_row(advanced), columns=state_columns(advanced))
        stored = await self._table.change(row, message.version)
        if stored is None or stored.nonce != advanced.nonce:
            return None
        if state.is_final and not message.state.is_final:
            await self._close_later(advanced)
        return replace(advanced, version=stored.version)

    async def void(self, message: Message) -> bool:
        """See the port; what is final is not voided: its claims may be another message's by now."""
        if message.state.is_final:
            return False
        voided = replace(moved(message, State.VOID), nonce=self._ids.new())
        if not await self._is_voided(voided):
            return False
        await self._close_later(voided)
        return True

    async def _is_voided(self, voided: Message) -> bool:
        """Void the message if it still has the version that was read.

        A claim that is missing, which nothing here leaves behind, refuses the whole transaction:
        then those go that are there.
        """
        row = replace(message_row(voided), columns=state_columns(voided))
        keys: Sequence[str] = claim_keys(voided)
        for _ in range(_VOID_TRIES):
            fault = await self._fault_of_voiding(row, voided.version, keys)
            if fault is None:
                return True
            stored = await self._table.read_back(row)
            if stored is None or stored.version != voided.version:
                return stored is not None and stored.nonce == row.nonce
            if isinstance(fault, StoreUnavailable):
                raise fault
            keys = await self._claims_held(voided)
        raise StoreUnavailable("table storage: the claims of a message come and go")

    async def _fault_of_voiding(
        self, row: Row, version: str, keys: Sequence[str]
    ) -> Conflict | StoreUnavailable | None:
        releases = [deleted(row.partition, key) for key in keys]
        try:
            await self._table.transact([changed(row, version), *releases])
        except (Conflict, StoreUnavailable) as fault:
            return fault
        return None

    async def _claims_held(self, message: Message) -> list[str]:
        partition = partition_is(message.recipient.partition)
        pages = self._table.pages(
            f"{partition} and {keys_between(NOTICE_CLAIM, AFTER_ALL)}", ("message",)
        )
        wanted = claim_keys(message)
        return [
            row.key
            async for page in pages
            for row in page
            if row.key in wanted and row.text("message") == message.message_id
        ]

    async def _close_later(self, message: Message) -> None:
        self._final.append(message)
        if len(self._final) >= CLOSED_TOGETHER:
            await self._close_index()

    async def _close_index(self) -> None:
        """Say of final messages that they are; one that stays open costs the next firing a look."""
        closing, self._final = self._final, []
        steps = [put(index_row(message, is_open=False)) for message in closing]
        if not steps:
            return
        try:
            await self._table.transact(steps)
        except (Conflict, TemporarilyUnavailable) as fault:
            log.warning("index rows left open: %d (%s)", len(steps), fault)

    async def _drop_index(self, index: Row) -> None:
        try:
            await self._table.drop(index.partition, index.key, index.version)
        except TemporarilyUnavailable as fault:
            log.warning("an index row was left without its message (%s)", fault)
