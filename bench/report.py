"""docs/performance.md and its plot, from what was measured last of each part."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bench import plot
from bench.figures import Figure, markdown
from bench.parts.growth import SIZES
from local.settings import ROOT

RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance-growth.svg"

TITLES = {
    "api": "List, create, delete",
    "daily": "A day with 1,000 reminders",
    "growth": "The daily run as the tenant grows",
    "large": "100,000 applications",
    "crowd": "50 users",
    "start": "Start-up and package",
}

_HEAD = """\
# Performance

Written by `make bench`; `python -m bench {names}` measures single parts
again, and leaves the others as they are.

Every upstream takes 50 ms a request unless a figure says otherwise: Graph (pages of 999, gzip),
mail, and tables (Azurite behind a proxy that fills its time up to the latency). The product runs in
a process of its own, its functions called as the worker calls them. Ratios and counts are of one
run each, medians where there are repetitions. The *floor* is what a bare HTTP client with `json`
needs in the same run, or what the protocol cannot do without. Stalls count the time for which the
loop was blocked and its thread computed, so that other processes do not count; everything else by
the clock is the worse, the more the machine has to do besides: its load is told with each part.
"""

_GROWTH = """\
![Wall, CPU, memory and Graph requests of a daily run](performance-growth.svg)

Two secrets an application, 50 due in 5 organisations at every size. An exponent of 1 would be
growth in proportion: what a run costs besides its pages weighs more than the pages.
"""


def record(part: str, figures: Sequence[Figure], curves: plot.Charts | None) -> bool:
    """Keep what a part came to; write the page if every part is known, and tell whether it is."""
    known: dict[str, Any] = json.loads(RESULTS.read_bytes()) if RESULTS.exists() else {}
    known[part] = {"when": _when(), "figures": [asdict(each) for each in figures]}
    if curves is not None:
        known[part]["curves"] = curves
    RESULTS.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if not known.keys() >= TITLES.keys():
        return False
    PLOT.write_text(plot.chart(SIZES, known["growth"]["curves"]), encoding="utf-8")
    PAGE.write_text(_page(known), encoding="utf-8")
    return True


def _when() -> str:
    """Return day, machine and how busy it was, this benchmark included."""
    return (
        f"{datetime.now(UTC).date()}, {platform.system()} {platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()},"
        f" load {os.getloadavg()[0]:.1f}"
    )


def _page(known: dict[str, Any]) -> str:
    parts = [_HEAD.format(names="|".join(TITLES))]
    every: list[Figure] = []
    for part, title in TITLES.items():
        figures = [Figure(**each) for each in known[part]["figures"]]
        parts.append(f"## {title}\n\n{known[part]['when']}\n\n{markdown(figures)}\n")
        parts += [_GROWTH] if part == "growth" else []
        every += figures
    return "\n".join([*parts, _unmet(every)])


def _unmet(figures: Sequence[Figure]) -> str:
    missed = [each for each in figures if each.verdict == "NOT MET"]
    if not missed:
        return "Every goal was met.\n"
    listed = "\n".join(f"- **{each.name}**: {each.idea}" for each in missed)
    return f"## Goals that were not met\n\n{listed}\n"
