"""Table Storage in memory, behind the methods of the SDK's clients, so that the real adapters run.

It answers, and refuses, in the SDK's own words: tests/simulation/test_simulated_tables.py lets the
contract suite of the ledger judge whether they are the same as those of a real table service.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import TableTransactionError, UpdateMode

from tests.simulation.table_filters import Filter, filter_of

Columns = dict[str, Any]
Place = tuple[str, str]
"""A row's partition and key."""

Operation = tuple[str, Mapping[str, Any], Mapping[str, Any]]

MOST_OPERATIONS = 100


class Entity(dict[str, Any]):
    """A row as the SDK returns it: its columns, and its ETag beside them."""

    def __init__(self, columns: Columns, etag: str) -> None:
        super().__init__(columns)
        self.metadata = {"etag": etag}


def refusal(kind: type[HttpResponseError], status: int, code: str) -> HttpResponseError:
    """Return an error as the SDK raises it: the service's code is in its text alone."""
    error = kind(message=f"{code} in words.\nErrorCode:{code}")
    error.status_code = status
    return error


@dataclass(slots=True)
class Partition:
    """Rows by their keys, and the keys in their order."""

    rows: dict[str, Entity] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def put(self, key: str, row: Entity) -> None:
        if key not in self.rows:
            insort(self.keys, key)
        self.rows[key] = row

    def drop(self, key: str) -> None:
        del self.rows[key]
        del self.keys[bisect_left(self.keys, key)]

    def restore(self, key: str, row: Entity | None) -> None:
        if row is not None:
            self.put(key, row)
        elif key in self.rows:
            self.drop(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows, and the place after which the next page begins, if there is one."""

    rows: Sequence[Entity]
    after: Place | None


class Store:
    """What the service holds. `etag` names the version of a row that is written."""

    def __init__(self, etag: Callable[[Columns], str] | None = None) -> None:
        self.tables: dict[str, dict[str, Partition]] = {}
        self._writes = count(1)
        self._etag = etag or (lambda _columns: f'W/"{next(self._writes)}"')

    def copy(self) -> "Store":
        """Return a service that holds the same, and goes its own way."""
        copied = Store(self._etag)
        copied.tables = {
            table: {
                name: Partition(dict(held.rows), list(held.keys)) for name, held in known.items()
            }
            for table, known in self.tables.items()
        }
        return copied

    def make(self, table: str) -> None:
        if table in self.tables:
            raise refusal(ResourceExistsError, 409, "TableAlreadyExists")
        self.tables[table] = {}

    def rows(self, table: str, partition: str | None = None) -> Iterable[Entity]:
        """Return what a table holds, for an observer."""
        for name, held in self.tables.get(table, {}).items():
            if partition in {None, name}:
                yield from held.rows.values()

    def get(self, table: str, partition: str, key: str) -> Entity:
        found = self._partition(table, partition).rows.get(key)
        if found is None:
            raise refusal(ResourceNotFoundError, 404, "ResourceNotFound")
        return Entity(dict(found), found.metadata["etag"])

    def do(self, table: str, operation: Operation) -> Mapping[str, Any]:
        """Do one write, or refuse it."""
        kind, given, options = operation
        columns = {name: value for name, value in given.items() if value is not None}
        partition = self._partition(table, columns["PartitionKey"])
        key = columns["RowKey"]
        known = partition.rows.get(key)
        if kind == "create":
            if known is not None:
                raise refusal(ResourceExistsError, 409, "EntityAlreadyExists")
        elif kind != "upsert" and known is None:
            raise refusal(ResourceNotFoundError, 404, "ResourceNotFound")
        elif kind != "upsert" and known is not None:
            _check(known, options)
        if kind == "delete":
            partition.drop(key)
            return {}
        if known is not None and options.get("mode", UpdateMode.MERGE) is UpdateMode.MERGE:
            columns = {**known, **columns}
        etag = self._etag(columns)
        partition.put(key, Entity({**columns, "Timestamp": etag}, etag))
        return {"etag": etag}

    def transact(self, table: str, operations: Iterable[Operation]) -> Sequence[Mapping[str, Any]]:
        """Do all of them or none."""
        steps = list(operations)
        places = {(each["PartitionKey"], each["RowKey"]) for _, each, _ in steps}
        if len({partition for partition, _ in places}) != 1 or len(steps) > MOST_OPERATIONS:
            raise refusal(HttpResponseError, 400, "InvalidInput")
        if len(places) < len(steps):
            raise refusal(TableTransactionError, 400, "InvalidDuplicateRow")
        partition = self._partition(table, steps[0][1]["PartitionKey"])
        before = {key: partition.rows.get(key) for _, key in places}
        try:
            return [self.do(table, step) for step in steps]
        except HttpResponseError as error:
            for key, row in before.items():
                partition.restore(key, row)
            code = str(error).rpartition("ErrorCode:")[2]
            raise refusal(TableTransactionError, error.status_code or 400, code) from None

    def page(self, table: str, query: str, after: Place | None, size: int) -> Page:
        """Return the rows behind a place that fit the query, of the next `size` ones."""
        wanted = filter_of(query)
        places = self._places(table, wanted, after)
        seen = list(islice(places, size))
        rows = [self.tables[table][name].rows[key] for name, key in seen]
        is_last = next(places, None) is None
        return Page(
            rows=[row for row in rows if wanted.fits(row)], after=None if is_last else seen[-1]
        )

    def _places(self, table: str, wanted: Filter, after: Place | None) -> Iterator[Place]:
        """Yield the keys of the rows to be looked at, in their order."""
        held = self._known(table)
        for name in sorted(wanted.partitions or held):
            if name not in held or (after is not None and name < after[0]):
                continue
            keys = held[name].keys
            start = bisect_left(keys, wanted.first_key)
            if after is not None and name == after[0]:
                start = max(start, bisect_right(keys, after[1]))
            for key in keys[start:]:
                yield name, key

    def _partition(self, table: str, name: str) -> Partition:
        return self._known(table).setdefault(name, Partition())

    def _known(self, table: str) -> dict[str, Partition]:
        if table not in self.tables:
            raise refusal(ResourceNotFoundError, 404, "TableNotFound")
        return self.tables[table]


def _check(known: Entity, options: Mapping[str, Any]) -> None:
    if options.get("match_condition") is not MatchConditions.IfNotModified:
        return
    if known.metadata["etag"] != options["etag"]:
        raise refusal(ResourceModifiedError, 412, "UpdateConditionNotSatisfied")
