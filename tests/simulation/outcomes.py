"""Runs of many seeds, on as many processors as there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Final

from tests.simulation.run import Simulation
from tests.simulation.tally import Tally

BATCH: Final = 20
"""Runs of each job between two looks at whether it is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one seed came to."""

    seed: int
    tally: Tally
    violations: tuple[str, ...]


def outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Yield what the seeds come to, in their order."""
    if jobs == 1:
        yield from map(outcome, seeds)
        return
    waiting = iter(seeds)
    with get_context("spawn").Pool(jobs) as pool:
        while batch := list(islice(waiting, jobs * BATCH)):
            yield from pool.imap(outcome, batch)


def outcome(seed: int) -> Outcome:
    run = Simulation(seed)
    run.run()
    return Outcome(seed=seed, tally=run.tally, violations=tuple(map(str, run.observer.violations)))
