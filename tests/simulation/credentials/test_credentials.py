"""Creates, deletes and recovery while everything fails, and what must never happen all the same."""

from typing import Final

import pytest

from tests.simulation.credentials.outcomes import outcomes
from tests.simulation.credentials.run import NOTHING
from tests.simulation.replay import replayed

RUNS: Final = 5_000
JOBS: Final = 2


@pytest.mark.timeout(400)
def test_nothing_that_must_never_happen_happens_in_5_000_runs() -> None:
    total = NOTHING
    for outcome in outcomes(range(RUNS), JOBS):
        replay = f"python -m tests.simulation.credentials --seed {outcome.seed} --trace"
        assert not outcome.violations, (replay, outcome.violations)
        total = total.plus(outcome.counts)
    assert total.faults > 5 * RUNS
    assert total.revealed > RUNS
    assert total.removed > RUNS / 2
    assert total.cleaned > RUNS / 10


def test_a_run_is_the_same_whatever_the_order_of_sets() -> None:
    first, second = (
        replayed("tests.simulation.credentials", seed=7, hash_seed=each) for each in (1, 2)
    )
    assert first == second
