"""Table `audit`: one row per attempt, in the order of time within each application."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from shared.adapters.table_removal import remove
from shared.adapters.table_rows import Row, partition_is, written
from shared.adapters.tables import Tables
from shared.ports.secret_store import AuditEntry

REFUSED: Final = "refused"
"""The partition of attempts on no application that exists: it comes after every client id."""

MOST_ROWS: Final = 5000
"""Deleted by one call of `forget`, and the rest of a page."""


class TableAuditTrail:
    """The AuditTrail on Table Storage."""

    def __init__(self, tables: Tables, *, most_rows: int = MOST_ROWS) -> None:
        self._table = tables.table("audit")
        self._most_rows = most_rows

    async def record(self, entry: AuditEntry) -> None:
        principal = entry.principal
        row = Row(
            partition=entry.client_id or REFUSED,
            key=f"{written(entry.instant)}|{entry.entry_id}",
            nonce=entry.entry_id,
            columns={
                "action": entry.action,
                "outcome": entry.outcome,
                "reason": entry.reason,
                "keyId": entry.key_id,
                "oid": principal.user_id,
                "tid": principal.tenant_id,
                "name": principal.name,
                "azp": principal.client_id,
                "uti": principal.token_id,
                "traceId": entry.trace_id,
            },
        )
        await self._table.add(row)

    async def forget(self, before: datetime) -> int:
        """Delete old rows, those of applications first."""
        old = f"RowKey lt '{written(before)}'"
        forgotten = 0
        for partitions in (f"PartitionKey lt '{REFUSED}'", partition_is(REFUSED)):
            async for page in self._table.pages(f"{partitions} and {old}", ()):
                if forgotten >= self._most_rows:
                    return forgotten
                await self._remove(page)
                forgotten += len(page)
        return forgotten

    async def _remove(self, page: Sequence[Row]) -> None:
        for _, rows in groupby(page, key=lambda row: row.partition):
            await remove(self._table, [*rows])
