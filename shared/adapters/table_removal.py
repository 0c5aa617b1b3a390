"""Removing rows of one partition together, as many as one transaction may delete."""

from collections.abc import Sequence
from typing import Final

from shared.adapters.table import Table
from shared.adapters.table_entities import deleted
from shared.adapters.table_errors import Conflict
from shared.adapters.table_rows import Row

TOGETHER: Final = 100
"""Rows that one transaction may delete."""


async def remove(table: Table, rows: Sequence[Row]) -> None:
    """Delete rows of one partition in their order; one that changed since it was read stays."""
    for first in range(0, len(rows), TOGETHER):
        together = rows[first : first + TOGETHER]
        try:
            await table.transact([deleted(row.partition, row.key, row.version) for row in together])
        except Conflict:
            for row in together:
                await table.drop(row.partition, row.key, row.version)
