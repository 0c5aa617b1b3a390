"""`python -m bench` measures everything, or the parts that are named: docs/performance.md."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence

from bench import plot, report
from bench.figures import Figure, terminal
from bench.parts import api, crowd, daily, growth, large, start

Found = list[Figure]


def _plain(measure: Callable[[], Found]) -> Callable[[], tuple[Found, plot.Charts | None]]:
    return lambda: (measure(), None)


PARTS: Mapping[str, Callable[[], tuple[Found, plot.Charts | None]]] = {
    "api": _plain(api.measure),
    "daily": _plain(daily.measure),
    "growth": growth.measure,
    "large": _plain(large.measure),
    "crowd": _plain(crowd.measure),
    "start": _plain(start.measure),
}


def main(wanted: Sequence[str]) -> None:
    """Measure the parts; SystemExit if one is not known."""
    unknown = sorted(set(wanted) - PARTS.keys())
    if unknown:
        raise SystemExit(f"There is no part {', '.join(unknown)}. There are: {', '.join(PARTS)}")
    for part in wanted or PARTS:
        began = time.perf_counter()
        figures, curves = PARTS[part]()
        took = time.perf_counter() - began
        sys.stdout.write(f"\n{report.TITLES[part]} ({took:.0f} s)\n\n{terminal(figures)}\n")
        if report.record(part, figures, curves):
            sys.stdout.write(f"\nWritten: {report.PAGE.name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
