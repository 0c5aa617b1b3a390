"""Runs of many seeds, on as many processors as there are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Final

from tests.simulation.credentials.run import Counts, Simulation

BATCH: Final = 50
"""Runs of each job between two looks at whether it is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one seed came to."""

    seed: int
    counts: Counts
    violations: tuple[str, ...]


def outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Yield what the seeds come to, in their order."""
    if jobs == 1:
        yield from map(outcome, seeds)
        return
    waiting = iter(seeds)
    with get_context("spawn").Pool(jobs) as pool:
        while batch := list(islice(waiting, jobs * BATCH)):
            yield from pool.imap(outcome, batch, chunksize=5)


def outcome(seed: int) -> Outcome:
    run = Simulation(seed)
    counts = run.run()
    return Outcome(seed=seed, counts=counts, violations=tuple(map(str, run.observer.violations)))
