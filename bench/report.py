"""docs/performance.md and its plot: what `make bench` found, with date and machine."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bench import plot
from bench.figures import Figure, markdown
from bench.parts.growth import SIZES, Growth
from local.settings import ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance-growth.svg"

_HEAD = """\
# Performance

Written by `make bench`; do not edit. {day}, {machine}.

Every upstream of a figure takes 50 ms unless the figure says otherwise: Graph (pages of 999, gzip),
mail and tables (Azurite behind a proxy that fills its time up to the latency). The product runs in
a process of its own, its functions called as the worker calls them. Ratios and counts are of one
run each, medians where there are repetitions. The *floor* is what a bare HTTP client with `json`
needs in the same run, or what the protocol cannot do without. Stalls count the time for which the
loop was blocked and its thread computed, so that other processes on the machine do not count.

`python -m bench {names}` runs parts alone, and only prints.
"""

_GROWTH = """\
## Growth

![Wall, CPU, memory and Graph requests of a daily run](performance-growth.svg)

500, 5,000 and 20,000 applications with two secrets each, 50 of them due in 5 organisations at every
size, {seconds} ms a request. An exponent of 1 would be growth in proportion: what a run costs
besides its pages weighs more than the pages.
"""


def write(found: Mapping[str, Sequence[Figure]], growth: Growth) -> None:
    """Write page and plot anew."""
    PLOT.write_text(plot.chart(SIZES, growth.curves), encoding="utf-8")
    sections = [
        _HEAD.format(day=datetime.now(UTC).date(), machine=machine(), names="|".join(found)),
        *(f"## {TITLES[part]}\n\n{markdown(figures)}\n" for part, figures in found.items()),
        _GROWTH.format(seconds=50),
        _unmet([each for figures in found.values() for each in figures]),
    ]
    PAGE.write_text("\n".join(sections), encoding="utf-8")


TITLES = {
    "api": "List, create, delete",
    "daily": "A day with 1,000 reminders",
    "growth": "The daily run as the tenant grows",
    "large": "100,000 applications",
    "crowd": "50 users",
    "start": "Start-up and package",
}


def machine() -> str:
    """Return what the figures depend on, and how busy the machine was."""
    load = os.getloadavg()[1]
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python"
        f" {platform.python_version()}; load of the five minutes before the end: {load:.1f}"
    )


def _unmet(figures: Sequence[Figure]) -> str:
    missed = [each for each in figures if each.verdict == "NOT MET"]
    if not missed:
        return "Every goal was met.\n"
    listed = "\n".join(f"- {each.name}: {each.idea or 'see its remark.'}" for each in missed)
    return f"## Not met in this run\n\n{listed}\n"
