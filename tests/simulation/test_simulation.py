"""Years of days on which everything fails, and what must never happen all the same."""

from itertools import count
from typing import Final

import pytest

from tests.simulation.outcomes import outcomes
from tests.simulation.replay import replayed
from tests.simulation.tally import Tally

FAULTED: Final = 20_000
JOBS: Final = 2


@pytest.mark.timeout(600)
def test_nothing_that_must_never_happen_happens_in_20_000_firings_that_meet_faults() -> None:
    total = Tally()
    for outcome in outcomes(count(), JOBS):
        replay = f"python -m tests.simulation --seed {outcome.seed} --trace"
        assert not outcome.violations, (replay, outcome.violations)
        total.add(outcome.tally)
        if total.faulted >= FAULTED:
            break
    assert total.mails > FAULTED / 2
    assert {"complete", "open", "cut short"} <= total.results.keys()
    assert all(total.fates.values())


def test_a_run_is_the_same_whatever_the_order_of_sets() -> None:
    first, second = (replayed("tests.simulation", seed=7, hash_seed=each) for each in (1, 2))
    assert first == second
