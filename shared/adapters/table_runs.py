"""Table `reminders`: the days' records, and the applications that were managed on them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from shared.adapters.table_entities import put
from shared.adapters.table_errors import Conflict
from shared.adapters.table_rows import Row, keys_between, partition_is, written
from shared.adapters.tables import Tables
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import ClientId
from shared.ports.ledger import CompleteRun, Run
from shared.ports.system import Ids

Item = TypeVar("Item")

RUN: Final = "run"
MANAGED: Final = "managed"

IDS_PER_ROW = 800
"""Client ids that one column holds, with commas between them: 32 Ki UTF-16 units."""

ROWS_TOGETHER = 20
"""Such rows that one transaction writes: well under 1 MiB, which the client sends at a stroke."""

_LOOKED_BACK = timedelta(days=14)


class TableRuns:
    """The Runs on Table Storage.

    The rows of the managed applications carry the nonce of the record that they belong to, in their
    keys: of two firings that complete a day at once, one's record never leads to the other's rows.
    """

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("reminders")
        self._ids = ids

    async def run(self, day: date) -> Run:
        row = await self._table.get(RUN, day.isoformat())
        if row is None:
            return Run(day=day, is_complete=False)
        return Run(day=day, is_complete=_is_complete(row), version=row.version)

    async def complete(self, run: Run, *, managed: frozenset[ClientId], at: datetime) -> bool:
        if run.is_complete:
            return (await self.run(run.day)).is_complete
        row = Row(
            partition=RUN,
            key=run.day.isoformat(),
            nonce=self._ids.new(),
            columns={"complete": True, "managed": len(managed), "at": written(at)},
        )
        await self._keep(row, managed)
        if run.version:
            stored = await self._table.change(row, run.version)
        else:
            stored = await self._table.insert(row)
        return stored is not None and _is_complete(stored)

    async def reopen(self, day: date, *, at: datetime) -> None:
        row = Row(
            partition=RUN,
            key=day.isoformat(),
            nonce=self._ids.new(),
            columns={"complete": False, "reopenedAt": written(at)},
        )
        await self._table.put(row)

    async def last_complete(self, before: date) -> CompleteRun | None:
        days = keys_between((before - _LOOKED_BACK).isoformat(), before.isoformat())
        pages = self._table.pages(f"{partition_is(RUN)} and {days}", ("complete",))
        complete = [row async for page in pages for row in page if _is_complete(row)]
        if not complete:
            return None
        last = max(complete, key=lambda row: row.key)
        return CompleteRun(day=date.fromisoformat(last.key), managed=await self._managed(last))

    async def _keep(self, run: Row, managed: frozenset[ClientId]) -> None:
        """Write down the managed applications, before the record that leads to them."""
        rows = [
            Row(
                partition=MANAGED,
                key=f"{_managed_prefix(run)}{number:03}",
                nonce=run.nonce,
                columns={"ids": ",".join(ids)},
            )
            for number, ids in enumerate(_chunks(tuple(managed), IDS_PER_ROW))
        ]
        try:
            for together in _chunks(rows, ROWS_TOGETHER):
                await self._table.transact([put(row) for row in together])
        except Conflict as fault:
            raise StoreUnavailable(f"table storage: {fault}") from None

    async def _managed(self, run: Row) -> frozenset[ClientId]:
        first = _managed_prefix(run)
        keys = keys_between(first, f"{first}~")
        pages = self._table.pages(f"{partition_is(MANAGED)} and {keys}", ("ids",))
        return frozenset(
            [
                ClientId(client_id)
                async for page in pages
                for row in page
                for client_id in row.text("ids").split(",")
            ]
        )


def _is_complete(row: Row) -> bool:
    return row.columns.get("complete") is True


def _managed_prefix(run: Row) -> str:
    return f"{run.key}|{run.nonce}|"


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
