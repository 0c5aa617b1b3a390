"""The filters of Table Storage, as far as the product uses them: no parentheses, and no `not`."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_COMPARISON = re.compile(r"(\w+) (eq|ne|gt|ge|lt|le) (?:'((?:[^']|'')*)'|(true|false)|(-?\d+))")

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}

Comparison = tuple[str, Callable[[Any, Any], bool], str | bool | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a row has to fulfil: all the comparisons of one of the alternatives.

    `partitions`, if there are any, and `first_key` narrow down where to look.
    """

    alternatives: tuple[tuple[Comparison, ...], ...]
    partitions: frozenset[str]
    first_key: str

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a row has all the columns that are compared, and they fulfil it."""
        return any(
            all(name in row and compare(row[name], value) for name, compare, value in comparisons)
            for comparisons in self.alternatives
        )


@lru_cache(maxsize=1000)
def filter_of(query: str) -> Filter:
    """Return the meaning of a query; ValueError for what has no meaning here yet."""
    alternatives = tuple(_comparisons(each) for each in query.split(" or "))
    partitions = [
        {str(value) for name, compare, value in each if (name, compare) == EXACT_PARTITION}
        for each in alternatives
    ]
    first_keys = [
        max(
            (str(value) for name, compare, value in each if (name, compare) == FROM_KEY), default=""
        )
        for each in alternatives
    ]
    return Filter(
        alternatives=alternatives,
        partitions=frozenset().union(*partitions) if all(partitions) else frozenset(),
        first_key=min(first_keys),
    )


EXACT_PARTITION = ("PartitionKey", operator.eq)
FROM_KEY = ("RowKey", operator.ge)


def _comparisons(query: str) -> tuple[Comparison, ...]:
    found = [_COMPARISON.fullmatch(part) for part in query.split(" and ")] if query else []
    if not all(found):
        raise ValueError(f"a filter that the simulated service does not know: {query}")
    return tuple(_comparison(match) for match in found if match is not None)


def _comparison(match: re.Match[str]) -> Comparison:
    name, relation, text, truth, number = match.groups()
    value: str | bool | int
    if text is not None:
        value = text.replace("''", "'")
    elif truth is not None:
        value = truth == "true"
    else:
        value = int(number)
    return (name, _OPERATORS[relation], value)
