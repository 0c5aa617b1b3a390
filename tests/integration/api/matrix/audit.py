"""What each attempt must have left in table `audit`, and that nothing else left anything."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from azure.data.tables import TableServiceClient

from tests.support.stack import Stack

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request that could have changed something. `row`: what it must leave; None: nothing."""

    trace: str
    cell: str
    row: Row | None


def audit_faults(product: Stack, attempts: Sequence[Attempt]) -> Iterator[str]:
    """Tell which of the attempts, in the order of their traces, left something else."""
    found = _rows(product, attempts[0].trace, attempts[-1].trace)
    for attempt in attempts:
        rows = found.pop(attempt.trace, [])
        if attempt.row is None and rows:
            yield f"{attempt.cell} is no attempt, and left {rows}"
        elif attempt.row is not None and [*map(_shown(attempt.row), rows)] != [attempt.row]:
            yield f"{attempt.cell} must leave {attempt.row}, and left {rows}"
    for rows in found.values():
        yield f"nobody attempted {rows}"


def _shown(wanted: Row) -> "_Columns":
    return _Columns(tuple(wanted))


@dataclass(frozen=True, slots=True)
class _Columns:
    names: Sequence[str]

    def __call__(self, row: Row) -> Row:
        return {name: row[name] for name in self.names}


def _rows(product: Stack, first: str, last: str) -> dict[str, list[Row]]:
    """Return the rows by trace id, an absent column as an empty one."""
    found: dict[str, list[Row]] = defaultdict(list)
    with TableServiceClient.from_connection_string(
        product.settings["TABLES_CONNECTION_STRING"]
    ) as service:
        table = service.get_table_client("audit")
        for row in table.query_entities(f"traceId ge '{first}' and traceId le '{last}'"):
            texts = defaultdict(str, {name: str(value) for name, value in row.items() if value})
            found[texts["traceId"]].append(texts)
    return found
