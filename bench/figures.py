"""Figures: what was measured, beside its floor and its goal; and how numbers become figures."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from bench.surroundings import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row. `goal` is the largest value that is good enough; None: nobody set one."""

    name: str
    measured: float
    floor: str = ""
    goal: float | None = None
    unit: str = ""
    note: str = ""
    idea: str = ""
    """Why the goal may be missed, and what to try next."""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "met" if self.measured <= self.goal else "NOT MET"

    @property
    def cells(self) -> tuple[str, ...]:
        goal = "" if self.goal is None else f"≤ {number(self.goal)}{self.unit}"
        shown = f"{number(self.measured)}{self.unit}"
        return (self.name, self.floor, goal, shown, self.verdict, self.note)


HEADINGS = ("figure", "floor", "goal", "measured", "", "remark")


def number(value: float) -> str:
    """Return three significant digits, and whole numbers whole."""
    if value == int(value) or abs(value) >= 1000:  # noqa: PLR2004 - four digits say enough
        return f"{value:,.0f}"
    return f"{value:.3g}"


def terminal(figures: Iterable[Figure]) -> str:
    """Return the table in columns; remarks have a line of their own."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = []
    for *cells, remark in rows[1:]:
        lines.append(
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        )
        lines += [f"    {remark}"] if remark else []
    head = "  ".join(cell.ljust(width) for cell, width in zip(HEADINGS[:5], widths, strict=True))
    return "\n".join([head, "-" * len(head), *lines])


def markdown(figures: Iterable[Figure]) -> str:
    rows = [HEADINGS, ["---"] * len(HEADINGS), *(figure.cells for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def in_sequence(requests: Iterable[Request]) -> int:
    """Return how many requests waited for one another: the longest chain of them."""
    count, end = 0, 0.0
    for request in sorted(requests, key=lambda each: each.ended):
        if request.started >= end:
            count, end = count + 1, request.ended
    return count


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the slope of the best line through the logarithms: 1 is proportional growth."""
    x, y = [math.log(each) for each in sizes], [math.log(each) for each in values]
    mean_x, mean_y = fmean(x), fmean(y)
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return covariance / sum((a - mean_x) ** 2 for a in x)


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Iterable[float]) -> float:
    return median(values)
