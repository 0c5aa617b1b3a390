"""Table `reminders`: what is old enough goes, in steps that may be interrupted anywhere.

The index is by message, the messages are by recipient. So an old entry of the index leaves a mark
for its month and recipient before it goes, and months later the mark leads to the messages: the
table is never scanned.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.adapters.table_entities import put
from shared.adapters.table_errors import Conflict
from shared.adapters.table_message_rows import AFTER_ALL, INDEX, MESSAGE
from shared.adapters.table_notice_rows import NOTICE
from shared.adapters.table_removal import TOGETHER, remove
from shared.adapters.table_rows import Row, keys_between, partition_is, written
from shared.adapters.table_runs import MANAGED, RUN
from shared.adapters.table_suppressions import ADDRESS
from shared.adapters.tables import Tables
from shared.domain.errors import StoreUnavailable
from shared.domain.messages import State
from shared.ports.system import Ids

RETAINED: Final = "retained"
"""The partition of the marks: `<month>|<recipient>`."""

MESSAGES_KEPT = timedelta(days=400)
RUNS_KEPT = timedelta(days=400)
MANAGED_KEPT = timedelta(days=30)
INDEX_KEPT = timedelta(days=90)
SUPPRESSIONS_KEPT = timedelta(days=90)
NOTICES_KEPT = timedelta(days=90)

MOST_ROWS = 10_000
"""Deleted by one call: a hundred transactions."""

_FIRST = "0"
"""A row key before those of all days and months."""


@dataclass(slots=True, kw_only=True)
class _Allowance:
    """How many rows this call may still delete; what was begun may exceed it by a page."""

    left: int

    @property
    def is_used_up(self) -> bool:
        return self.left <= 0


class TableRetention:
    """The Retention on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids, *, most_rows: int = MOST_ROWS) -> None:
        self._table = tables.table("reminders")
        self._ids = ids
        self._most_rows = most_rows

    async def forget(self, today: date) -> int:
        allowance = _Allowance(left=self._most_rows)
        for query in _outdated(today):
            await self._forget_rows(query, allowance)
        await self._forget_index(today - INDEX_KEPT, allowance)
        await self._forget_messages(today - MESSAGES_KEPT, allowance)
        return self._most_rows - allowance.left

    async def _forget_rows(self, query: str, allowance: _Allowance) -> None:
        async for page in self._table.pages(query, ()):
            if allowance.is_used_up:
                return
            await self._delete(page, allowance)

    async def _forget_index(self, before: date, allowance: _Allowance) -> None:
        query = f"{partition_is(INDEX)} and open eq false and on lt '{before.isoformat()}'"
        async for page in self._table.pages(query, ("recipient", "on")):
            if allowance.is_used_up:
                return
            await self._mark(page)
            await self._delete(page, allowance)

    async def _mark(self, entries: Iterable[Row]) -> None:
        marks = sorted({f"{row.text('on')[:7]}|{row.text('recipient')}" for row in entries})
        steps = [
            put(Row(partition=RETAINED, key=mark, nonce=self._ids.new(), columns={}))
            for mark in marks
        ]
        for first in range(0, len(steps), TOGETHER):
            try:
                await self._table.transact(steps[first : first + TOGETHER])
            except Conflict as fault:
                raise StoreUnavailable(f"table storage: {fault}") from None

    async def _forget_messages(self, before: date, allowance: _Allowance) -> None:
        """Follow the marks of those months all of whose days are before the given one."""
        months = keys_between(_FIRST, f"{before:%Y-%m}")
        async for page in self._table.pages(f"{partition_is(RETAINED)} and {months}", ()):
            marks: dict[str, list[Row]] = defaultdict(list)
            for row in page:
                marks[row.key.partition("|")[2]].append(row)
            for recipient, followed in marks.items():
                if allowance.is_used_up:
                    return
                if await self._is_forgotten(recipient, before, allowance):
                    await self._delete(followed, allowance)

    async def _is_forgotten(self, recipient: str, before: date, allowance: _Allowance) -> bool:
        """Delete a recipient's old final messages; tell whether no old message is left."""
        query = f"{partition_is(recipient)} and {keys_between(MESSAGE, AFTER_ALL)}"
        rows = [
            row
            async for page in self._table.pages(query, ("message", "state", "on"))
            for row in page
        ]
        old = [row for row in rows if row.key.startswith(MESSAGE) and row.text("on") < f"{before}"]
        final = [row for row in old if State(row.text("state")).is_final]
        claims: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            claims[row.optional("message") or ""].append(row)
        # A message goes with its claims or after them: it alone leads to them.
        groups = [[*claims[row.key.removeprefix(MESSAGE)], row] for row in final]
        for rows_together in _packed(groups):
            if allowance.is_used_up:
                return False
            await self._delete(rows_together, allowance)
        return final == old

    async def _delete(self, rows: Sequence[Row], allowance: _Allowance) -> None:
        """Delete the rows in their order; one that changed since it was read stays."""
        await remove(self._table, rows)
        allowance.left -= len(rows)


def _outdated(today: date) -> list[str]:
    """Return the queries for rows that are told by their own keys or columns to be old."""
    runs = keys_between(_FIRST, (today - RUNS_KEPT).isoformat())
    managed = keys_between(_FIRST, (today - MANAGED_KEPT).isoformat())
    return [
        f"{partition_is(RUN)} and {runs}",
        f"{partition_is(MANAGED)} and {managed}",
        f"{partition_is(ADDRESS)} and until lt '{_start_of(today - SUPPRESSIONS_KEPT)}'",
        f"{partition_is(NOTICE)} and at lt '{_start_of(today - NOTICES_KEPT)}'",
    ]


def _start_of(day: date) -> str:
    return written(datetime.combine(day, time(), UTC))


def _packed(groups: Iterable[Sequence[Row]]) -> Iterable[list[Row]]:
    """Yield the rows of whole groups together, as many as one transaction may delete."""
    packed: list[Row] = []
    for group in groups:
        if packed and len(packed) + len(group) > TOGETHER:
            yield packed
            packed = []
        packed = [*packed, *group]
    if packed:
        yield packed
