"""Table `reminders`: the addresses that are left alone, by their digests."""

from datetime import datetime
from typing import Final

from shared.adapters.table_rows import Row, partition_is, written
from shared.adapters.tables import Tables
from shared.domain.delivery import AddressDigest, Suppression, suppressed
from shared.domain.errors import StoreUnavailable
from shared.ports.system import Ids

ADDRESS: Final = "address"

_TRIES = 10
"""Reports on one address that may come at the same moment."""


class TableSuppressions:
    """The Suppressions on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("reminders")
        self._ids = ids

    async def suppressed(self, now: datetime) -> frozenset[AddressDigest]:
        pages = self._table.pages(f"{partition_is(ADDRESS)} and until gt '{written(now)}'", ())
        return frozenset([AddressDigest(row.key) async for page in pages for row in page])

    async def suppress(self, address: AddressDigest, bounced_at: datetime) -> Suppression:
        for _ in range(_TRIES):
            known = await self._table.get(ADDRESS, address)
            before = None if known is None else _suppression_of(known)
            after = suppressed(before, bounced_at)
            if after == before or await self._is_written(address, after, known):
                return after
        raise StoreUnavailable("table storage: an address changes all the time")

    async def _is_written(
        self, address: AddressDigest, suppression: Suppression, known: Row | None
    ) -> bool:
        row = Row(
            partition=ADDRESS,
            key=address,
            nonce=self._ids.new(),
            columns={
                "since": written(suppression.since),
                "level": suppression.level,
                "until": written(suppression.until),
            },
        )
        if known is None:
            stored: Row | None = await self._table.insert(row)
        else:
            stored = await self._table.change(row, known.version)
        return stored is not None and stored.nonce == row.nonce


def _suppression_of(row: Row) -> Suppression:
    return Suppression(since=row.instant("since"), level=row.number("level"))
