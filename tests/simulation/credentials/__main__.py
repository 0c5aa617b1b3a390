"""Runs the simulation: `python -m tests.simulation.credentials --help`."""

import argparse
import sys
from collections.abc import Iterable
from itertools import count

from tests.simulation.credentials.outcomes import outcomes
from tests.simulation.credentials.run import NOTHING, Simulation

PROGRAM = "python -m tests.simulation.credentials"


def main() -> int:
    """Return 1 if anything happened that never must."""
    options = _options()
    if options.seed is not None:
        return _replay(options.seed, is_traced=options.trace)
    total, runs, violations = NOTHING, 0, 0
    for outcome in outcomes(_seeds(options.seeds), options.jobs):
        runs += 1
        total = total.plus(outcome.counts)
        violations += len(outcome.violations)
        for violation in outcome.violations:
            say(f"seed {outcome.seed}: {violation}")
        if outcome.violations:
            say(f"replay: {PROGRAM} --seed {outcome.seed} --trace")
        if any(f"[{rule}]" in each for rule in options.until for each in outcome.violations):
            break
    say(f"{runs} runs, {total}, {violations} violations")
    return bool(violations)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=PROGRAM)
    parser.add_argument("--seed", type=int, help="replay one run")
    parser.add_argument("--trace", action="store_true", help="tell everything that happens in it")
    parser.add_argument("--seeds", default="0:", help="first:end, the end not included")
    parser.add_argument(
        "--until", metavar="RULE", nargs="+", default=(), help="end when one of the rules is broken"
    )
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time; they change nothing")
    return parser.parse_args()


def _seeds(text: str) -> Iterable[int]:
    first, _, end = text.partition(":")
    return range(int(first), int(end)) if end else count(int(first))


def _replay(seed: int, *, is_traced: bool) -> int:
    run = Simulation(seed, is_traced=is_traced)
    counts = run.run()
    for line in run.trace.lines:
        say(line)
    for violation in run.observer.violations:
        say(f"seed {seed}: {violation}")
    if is_traced:
        say(f"digest {run.trace.digest()}")
    say(f"{counts}, {len(run.observer.violations)} violations")
    return bool(run.observer.violations)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
