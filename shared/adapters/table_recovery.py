"""Table `secrets`: the pointers to what is unfinished, and intents on their way to `aborted`."""

from dataclasses import replace
from datetime import datetime

from shared.adapters.table_rows import Row, partition_is
from shared.adapters.table_secret_rows import (
    OPEN,
    aborting_columns,
    intent_key,
    intent_of,
    intent_row,
)
from shared.adapters.tables import Tables
from shared.domain.ids import ClientId
from shared.ports.recovery import Begun, Unfinished
from shared.ports.secret_store import Intent, IntentState
from shared.ports.system import Ids


class TableRecovery:
    """The RecoveryStore on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("secrets")
        self._ids = ids

    async def unfinished(self) -> list[Unfinished]:
        return [
            _unfinished(row)
            async for page in self._table.pages(partition_is(OPEN), ("since",))
            for row in page
        ]

    async def forget(self, unfinished: Unfinished) -> None:
        await self._table.drop(OPEN, _pointer(unfinished), unfinished.version)

    async def intent(self, unfinished: Unfinished) -> Intent | None:
        row = await self._table.get(unfinished.client_id, intent_key(unfinished.name))
        return intent_of(row) if row is not None else None

    async def fence(self, intent: Intent, at: datetime) -> Intent | None:
        return await self._change(
            replace(intent, state=IntentState.ABORTING, aborting_since=at, clean_reads=0)
        )

    async def note_clean_reading(self, intent: Intent) -> Intent | None:
        return await self._change(replace(intent, clean_reads=intent.clean_reads + 1))

    async def _change(self, wanted: Intent) -> Intent | None:
        """Write the state if the intent is as it was read; return it with its version."""
        changed = replace(wanted, nonce=self._ids.new())
        row = replace(intent_row(changed), columns=aborting_columns(changed))
        stored = await self._table.change(row, wanted.version)
        if stored is None or stored.nonce != changed.nonce:
            return None
        return replace(changed, version=stored.version)


def _pointer(unfinished: Unfinished) -> str:
    return f"{unfinished.begun}|{unfinished.client_id}|{unfinished.name}"


def _unfinished(row: Row) -> Unfinished:
    begun, client_id, name = row.key.split("|")
    return Unfinished(
        begun=Begun(begun),
        client_id=ClientId(client_id),
        name=name,
        since=row.instant("since"),
        version=row.version,
    )
