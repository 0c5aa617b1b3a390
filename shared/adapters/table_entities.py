"""Rows in the SDK's words: entities, conditions, and the steps of a transaction."""

from collections.abc import Mapping
from typing import Any

from azure.core import MatchConditions
from azure.data.tables import TableEntity, UpdateMode

from shared.adapters.table_rows import SCHEMA, Row, storable

Step = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""One write of a transaction."""

_KEYS = frozenset({"PartitionKey", "RowKey", "v", "nonce"})


def inserted(row: Row) -> Step:
    return ("create", entity(row), {})


def changed(row: Row, version: str) -> Step:
    return ("update", entity(row), {"mode": UpdateMode.MERGE, **if_unchanged(version)})


def put(row: Row) -> Step:
    return ("upsert", entity(row), {})


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
    return str(answer["etag"])
