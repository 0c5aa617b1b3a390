"""Table `secrets`: intents, leases and records, one partition per application."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from shared.adapters.table_entities import changed, inserted
from shared.adapters.table_errors import Conflict
from shared.adapters.table_rows import Row, instant, optionally_written, partition_is, written
from shared.adapters.table_secret_rows import (
    INTENT,
    INTENT_COLUMNS,
    LEASE,
    OPEN,
    RECORD,
    RECORD_COLUMNS,
    deletion_pointer,
    intent_of,
    intent_pointer,
    intent_row,
    record_key,
    record_of,
    record_row,
)
from shared.adapters.tables import Tables
from shared.domain.errors import ApplicationBusy, StoreUnavailable, TemporarilyUnavailable
from shared.domain.ids import ClientId
from shared.ports.secret_store import (
    History,
    Intent,
    IntentState,
    Lease,
    LeaseTicket,
    RecordState,
    SecretRecord,
)
from shared.ports.system import Ids

LEASE_TIME = timedelta(minutes=5)

MAX_COMPARISONS = 15
"""In one filter; the service permits no more."""

AT_ONCE = 8
"""Questions to the table under way together: a report asks about everybody."""


class TableSecretStore:
    """The SecretStore on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("secrets")
        self._ids = ids

    async def lease_ticket(self, client_id: ClientId) -> LeaseTicket:
        row = await self._table.get(client_id, LEASE)
        if row is None:
            return LeaseTicket(client_id=client_id, version=None, last_start=None)
        return LeaseTicket(
            client_id=client_id,
            version=_ticket_version(row),
            last_start=row.optional_instant("lastStart"),
        )

    async def take_lease(
        self, ticket: LeaseTicket, *, now: datetime, last_start: datetime | None
    ) -> Lease:
        expires_at = now + LEASE_TIME
        row = Row(
            partition=ticket.client_id,
            key=LEASE,
            nonce=self._ids.new(),
            columns={
                "expiresAt": written(expires_at),
                "lastStart": optionally_written(last_start),
            },
        )
        stored = await self._take(row, ticket, now)
        if stored is None or stored.nonce != row.nonce:
            raise ApplicationBusy(ticket.client_id)
        return Lease(
            client_id=ticket.client_id,
            expires_at=expires_at,
            version=stored.version,
        )

    async def _take(self, row: Row, ticket: LeaseTicket, now: datetime) -> Row | None:
        if ticket.version is None:
            return await self._table.insert(row)
        held_until, version = _until_and_version(ticket.version)
        if held_until is not None and now < held_until:
            raise ApplicationBusy(ticket.client_id)
        return await self._table.change(row, version)

    async def release_lease(self, lease: Lease) -> None:
        row = Row(
            partition=lease.client_id,
            key=LEASE,
            nonce=self._ids.new(),
            columns={"expiresAt": ""},
        )
        await self._table.change(row, lease.version)

    async def open_intent(self, intent: Intent) -> Intent:
        pointer = intent_pointer(intent.client_id, intent.intent_id)
        await self._point(pointer, intent.created_at)
        stored = intent_of(await self._table.insert(intent_row(intent)))
        if stored.state in {IntentState.CREATED, IntentState.ABORTED}:
            await self._unpoint(pointer)
        return stored

    async def commit_intent(self, intent: Intent, record: SecretRecord) -> bool:
        row = replace(
            intent_row(intent),
            columns={"state": IntentState.CREATED, "keyId": record.key_id},
        )
        kept = record_row(record, intent.nonce)
        try:
            await self._table.transact([changed(row, intent.version), inserted(kept)])
        except (Conflict, TemporarilyUnavailable):
            if not await self._is_committed(row):
                return False
        await self._unpoint(intent_pointer(intent.client_id, intent.intent_id))
        return True

    async def _is_committed(self, row: Row) -> bool:
        """Read back what a commit came to; raise where it may yet come to something."""
        stored = await self._table.read_back(row)
        if stored is None:
            return False
        if stored.text("state") == IntentState.PENDING:
            raise StoreUnavailable("the outcome of a commit is not known")
        return (
            stored.nonce == row.nonce
            and stored.text("state") == IntentState.CREATED
            and stored.optional("keyId") == row.text("keyId")
        )

    async def abort_intent(self, intent: Intent) -> None:
        row = replace(
            intent_row(intent), nonce=self._ids.new(), columns={"state": IntentState.ABORTED}
        )
        stored = await self._table.change(row, intent.version)
        if stored is not None and stored.text("state") == IntentState.ABORTED:
            await self._unpoint(intent_pointer(intent.client_id, intent.intent_id))

    async def begin_deletion(self, record: SecretRecord) -> SecretRecord:
        marked = replace(record, state=RecordState.DELETING)
        await self._point(deletion_pointer(record.client_id, record.key_id), record.deleted_at)
        row = record_row(marked, self._ids.new())
        known = await self._table.get(row.partition, row.key)
        if known is None:
            stored: Row | None = await self._table.insert(row)
        else:
            stored = await self._table.change(row, known.version)
        if stored is None or stored.nonce != row.nonce:
            raise StoreUnavailable("another mark")
        return replace(marked, version=stored.version)

    async def finish_deletion(self, record: SecretRecord) -> None:
        row = Row(
            partition=record.client_id,
            key=record_key(record.key_id),
            nonce=self._ids.new(),
            columns={"state": RecordState.DELETED},
        )
        stored = await self._table.change(row, record.version)
        if stored is None or stored.text("state") != RecordState.DELETING:
            await self._unpoint(deletion_pointer(record.client_id, record.key_id))

    async def withdraw_deletion(self, record: SecretRecord) -> None:
        stored = await self._table.get(record.client_id, record_key(record.key_id))
        if stored is not None and stored.version == record.version:
            stored = await self._unmark(stored)
        # The pointer is needed by somebody else's mark; and where no record is left, by an insert
        # of this mark that is late and may yet come through.
        if stored is not None and stored.text("state") != RecordState.DELETING:
            await self._unpoint(deletion_pointer(record.client_id, record.key_id))

    async def _unmark(self, stored: Row) -> Row | None:
        record = record_of(stored)
        if record.created_at is None:
            await self._table.drop(stored.partition, stored.key, stored.version)
            return None
        known = replace(record, state=RecordState.CREATED, deleted_by=None, deleted_at=None)
        row = record_row(known, self._ids.new())
        return await self._table.change(row, stored.version, whole=True)

    async def history(self, client_id: ClientId) -> History:
        rows = [
            row
            async for page in self._table.pages(
                partition_is(client_id), (*RECORD_COLUMNS, *INTENT_COLUMNS)
            )
            for row in page
        ]
        intents = [intent_of(row) for row in rows if row.key.startswith(INTENT)]
        return History(
            records=[record_of(row) for row in rows if row.key.startswith(RECORD)],
            unsettled=[
                intent
                for intent in intents
                if intent.state in {IntentState.PENDING, IntentState.ABORTING}
            ],
        )

    async def records(
        self, client_ids: Collection[ClientId]
    ) -> Mapping[ClientId, Sequence[SecretRecord]]:
        wanted = sorted(set(client_ids))
        places = asyncio.Semaphore(AT_ONCE)

        async def some(first: int) -> list[SecretRecord]:
            async with places:
                return await self._records(wanted[first : first + MAX_COMPARISONS])

        found = await asyncio.gather(*map(some, range(0, len(wanted), MAX_COMPARISONS)))
        kept: dict[ClientId, list[SecretRecord]] = {client_id: [] for client_id in wanted}
        for record in chain.from_iterable(found):
            kept[record.client_id].append(record)
        return kept

    async def _records(self, client_ids: Sequence[ClientId]) -> list[SecretRecord]:
        # A range of row keys would be two more comparisons than the service permits.
        query = " or ".join(partition_is(client_id) for client_id in client_ids)
        return [
            record_of(row)
            async for page in self._table.pages(query, RECORD_COLUMNS)
            for row in page
            if row.key.startswith(RECORD)
        ]

    async def _point(self, pointer: str, since: datetime | None) -> None:
        row = Row(
            partition=OPEN,
            key=pointer,
            nonce=self._ids.new(),
            columns={"since": optionally_written(since)},
        )
        await self._table.put(row)

    async def _unpoint(self, pointer: str) -> None:
        """Drop a pointer; one that stays costs recovery a look, and nothing else."""
        with suppress(TemporarilyUnavailable):
            await self._table.drop(OPEN, pointer)


def _ticket_version(row: Row) -> str:
    """Return the row's version with the lease's end, so that taking it needs no second read."""
    return f"{row.text('expiresAt')}|{row.version}"


def _until_and_version(ticket_version: str) -> tuple[datetime | None, str]:
    until, _, version = ticket_version.partition("|")
    return (instant(until) if until else None), version
