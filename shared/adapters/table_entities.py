"""Rows in the SDK's words: entities, conditions, and the steps of a transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ServiceResponseError
from azure.data.tables import TableEntity, UpdateMode

from shared.adapters.table_rows import SCHEMA, Row, storable

Step = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""One write of a transaction."""

_DELETE = "delete"
_KEYS = frozenset({"PartitionKey", "RowKey", "v", "nonce"})


def inserted(row: Row) -> Step:
    return ("create", entity(row), {})


def changed(row: Row, version: str) -> Step:
    return ("update", entity(row), {"mode": UpdateMode.MERGE, **if_unchanged(version)})


def put(row: Row) -> Step:
    return ("upsert", entity(row), {})


def deleted(partition: str, key: str, version: str | None = None) -> Step:
    """Return the step that removes a row, if it has that version; else it refuses all steps."""
    condition = {} if version is None else if_unchanged(version)
    return (_DELETE, {"PartitionKey": partition, "RowKey": key}, condition)


def if_unchanged(version: str) -> dict[str, Any]:
    return {"etag": version, "match_condition": MatchConditions.IfNotModified}


def entity(row: Row) -> dict[str, Any]:
    columns = {
        name: storable(value) if isinstance(value, str) else value
        for name, value in row.columns.items()
        if value is not None
    }
    keys = {"PartitionKey": row.partition, "RowKey": row.key, "v": SCHEMA, "nonce": row.nonce}
    return {**columns, **keys}


def row_of(found: TableEntity) -> Row:
    return Row(
        partition=found["PartitionKey"],
        key=found["RowKey"],
        nonce=found.get("nonce") or "",
        columns={name: value for name, value in found.items() if name not in _KEYS},
        version=found.metadata["etag"] or "",
    )


def version_of(answer: Mapping[str, Any]) -> str:
    """Return the version of a row just written; an answer without it is as good as none."""
    version = answer.get("etag")
    if not version:
        raise ServiceResponseError("no version")
    return str(version)


def versions_of(answers: Sequence[Mapping[str, Any]], steps: Sequence[Step]) -> Sequence[str]:
    """Return the version of each row that a transaction wrote; nothing of one that it deleted."""
    if len(answers) != len(steps):
        raise ServiceResponseError("not as many answers as steps")
    return [
        "" if operation == _DELETE else version_of(answer)
        for answer, (operation, _, _) in zip(answers, steps, strict=True)
    ]
