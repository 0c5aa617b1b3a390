"""What many seeds come to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.simulation.run import Simulation
from tests.simulation.seeds import run_each
from tests.simulation.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one seed came to."""

    seed: int
    tally: Tally
    violations: tuple[str, ...]


def outcomes(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Yield what the seeds come to, in their order."""
    return run_each(outcome, seeds, jobs, batch=20)


def outcome(seed: int) -> Outcome:
    run = Simulation(seed)
    run.run()
    return Outcome(seed=seed, tally=run.tally, violations=tuple(map(str, run.observer.violations)))
