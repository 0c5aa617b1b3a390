"""Table `reminders`: one partition per recipient, an index of messages, and the run records."""

import logging
from dataclasses import replace
from datetime import date, datetime

from shared.adapters.table_entities import inserted, put
from shared.adapters.table_errors import Conflict
from shared.adapters.table_message_rows import (
    CLAIM,
    COLUMNS,
    MESSAGE,
    RUN,
    claim_row,
    index_row,
    message_of,
    message_row,
    state_columns,
)
from shared.adapters.table_rows import Row, keys_between, partition_is, written
from shared.adapters.tables import Tables
from shared.domain.errors import StoreUnavailable, TemporarilyUnavailable
from shared.domain.ids import MessageId
from shared.domain.messages import Message, Partition, State, moved
from shared.domain.reminders import Claim
from shared.ports.ledger import RecipientLedger
from shared.ports.system import Ids

log = logging.getLogger(__name__)

CLOSED_TOGETHER = 20
"""Index rows of final messages that one transaction closes: one each would cost a third more."""


class TableLedger:
    """The Ledger on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("reminders")
        self._ids = ids
        self._final: list[Message] = []

    async def close(self) -> None:
        """Close the index rows that wait for it; the connection is shared, and stays."""
        await self._close_index()

    async def is_complete(self, day: date) -> bool:
        await self._close_index()
        row = await self._table.get(RUN, day.isoformat())
        return row is not None and row.columns.get("complete") is True

    async def complete(self, day: date, *, managed: int, at: datetime) -> None:
        await self._close_index()
        row = Row(
            partition=RUN,
            key=day.isoformat(),
            nonce=self._ids.new(),
            columns={"complete": True, "managed": managed, "at": written(at)},
        )
        stored = await self._table.insert(row)
        if stored.columns.get("complete") is not True:
            await self._table.change(row, stored.version)

    async def of_recipient(self, partition: Partition) -> RecipientLedger:
        claims: dict[Claim, MessageId] = {}
        messages: dict[MessageId, Message] = {}
        query = f"{partition_is(partition)} and {keys_between(MESSAGE, 's')}"
        async for page in self._table.pages(query, COLUMNS):
            for row in page:
                if row.key.startswith(CLAIM):
                    claims[Claim(row.key.removeprefix(CLAIM))] = MessageId(row.text("message"))
                elif row.key.startswith(MESSAGE):
                    message = message_of(row)
                    messages[message.message_id] = message
        return RecipientLedger(claims=claims, messages=messages)

    async def claim(self, message: Message) -> Message | None:
        index = await self._table.insert(index_row(message, is_open=True))
        if index.nonce != message.nonce:
            return None
        row = message_row(message)
        claims = [inserted(claim_row(message, claim)) for claim in sorted(message.claims)]
        try:
            versions = await self._table.transact([inserted(row), *claims])
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
        if stored is None:
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
            self._final.append(advanced)
            if len(self._final) >= CLOSED_TOGETHER:
                await self._close_index()
        return replace(advanced, version=stored.version)

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
