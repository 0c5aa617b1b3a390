"""Table `audit`: one row per attempt, in the order of time within each application."""

from shared.adapters.table_rows import Row, written
from shared.adapters.tables import Tables
from shared.ports.secret_store import AuditEntry

REFUSED = "refused"
"""The partition of attempts on no application that exists."""


class TableAuditTrail:
    """The AuditTrail on Table Storage."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("audit")

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
