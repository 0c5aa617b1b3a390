"""Rows of Table Storage: keys, columns and instants as they are written down.

Instants are text in UTC with microseconds and a `Z`: they sort, and lose nothing on the way back.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from shared.domain.ids import guid
from shared.log_records import line

log = logging.getLogger(__name__)

Read = TypeVar("Read")

Column = str | int | bool | None
"""A missing column and one that is null are the same: the service does not tell them apart."""

SCHEMA = 1
"""What every row says in its column `v`."""

_REFUSED_IN_KEYS = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row, or the columns of one that are to change.

    `nonce` names the writer, so that a write whose answer was lost is recognised as one's own;
    `version` is the ETag of what was read.
    """

    partition: str
    key: str
    nonce: str = ""
    columns: Mapping[str, Column]
    version: str = ""

    def __post_init__(self) -> None:
        """Refuse keys that Table Storage refuses, before any request."""
        for key in (self.partition, self.key):
            if not key or _REFUSED_IN_KEYS.search(key):
                raise ValueError("a key that Table Storage refuses")

    def text(self, name: str) -> str:
        """Return a column that every such row has."""
        return str(self.columns[name])

    def optional(self, name: str) -> str | None:
        value = self.columns.get(name)
        return None if value is None else str(value)

    def number(self, name: str) -> int:
        return int(self.columns.get(name) or 0)

    def instant(self, name: str) -> datetime:
        return instant(self.text(name))

    def optional_instant(self, name: str) -> datetime | None:
        value = self.optional(name)
        return instant(value) if value else None


def readable(rows: Iterable[Row], read: Callable[[Row], Read]) -> list[Read]:
    """Return what the rows hold; one of another age or make is left out, with an alarm."""
    found: list[Read] = []
    for row in rows:
        try:
            found.append(read(row))
        except (KeyError, TypeError, ValueError) as fault:
            kind = type(fault).__name__
            log.error(line("alarm: a row cannot be read", key=row.key, fault=kind))
    return found


def written(moment: datetime) -> str:
    """Return an aware instant as text."""
    return moment.astimezone(UTC).strftime(_INSTANT)


def optionally_written(moment: datetime | None) -> str | None:
    return None if moment is None else written(moment)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def storable(text: str) -> str:
    """Return text without lone surrogates, which no request can carry."""
    return text.encode("utf-8", "replace").decode()


def partition_is(value: str) -> str:
    """Return the filter for one partition: a GUID or a word, so that nothing needs quoting."""
    if guid(value) != value and not value.isalpha():
        raise ValueError("neither a GUID nor a word")
    return f"PartitionKey eq '{value}'"


def keys_between(first: str, end: str) -> str:
    """Return the filter for the row keys from `first` up to, not including, `end`."""
    return f"RowKey ge '{first}' and RowKey lt '{end}'"
