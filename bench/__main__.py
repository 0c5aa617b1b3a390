"""`python -m bench` measures everything and writes docs/performance.md; named parts only print."""

import sys
import time
from collections.abc import Sequence

from bench import report
from bench.figures import Figure, terminal
from bench.parts import api, crowd, daily, growth, large, start

PARTS = ("api", "daily", "growth", "large", "crowd", "start")


def main(wanted: Sequence[str]) -> None:
    """Measure the parts; SystemExit if one is not known."""
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        raise SystemExit(f"There is no part {', '.join(unknown)}. There are: {', '.join(PARTS)}")
    found: dict[str, list[Figure]] = {}
    grown: growth.Growth | None = None
    for part in wanted or PARTS:
        began = time.perf_counter()
        if part == "growth":
            found[part], grown = growth.measure()
        else:
            found[part] = _SIMPLE[part].measure()
        sys.stdout.write(f"\n{report.TITLES[part]} ({time.perf_counter() - began:.0f} s)\n\n")
        sys.stdout.write(terminal(found[part]) + "\n")
        sys.stdout.flush()
    if not wanted and grown is not None:
        report.write(found, grown)
        sys.stdout.write(f"\nWritten: {report.PAGE.name}, {report.PLOT.name}\n")


_SIMPLE = {"api": api, "crowd": crowd, "daily": daily, "large": large, "start": start}

if __name__ == "__main__":
    main(sys.argv[1:])
