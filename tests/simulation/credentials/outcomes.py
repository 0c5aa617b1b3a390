"""What many seeds come to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.simulation.credentials.run import Counts, Simulation
from tests.simulation.seeds import run_each


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one seed came to."""

    seed: int
    counts: Counts
    violations: tuple[str, ...]


def outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Yield what the seeds come to, in their order."""
    return run_each(outcome, seeds, jobs, batch=50)


def outcome(seed: int) -> Outcome:
    run = Simulation(seed)
    counts = run.run()
    return Outcome(seed=seed, counts=counts, violations=tuple(map(str, run.observer.violations)))
