"""Every planted bug is found: the simulation would see somebody make one of these mistakes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.simulation.planted import Plant, broken_rules
from tests.simulation.plants import PLANTS

MOST_RUNS: Final = 200
AT_ONCE: Final = 2


@pytest.mark.timeout(300)
def test_each_planted_bug_is_found_within_200_runs(tmp_path: Path) -> None:
    def missed(numbered: tuple[int, Plant]) -> str | None:
        number, bug = numbered
        broken = broken_rules(bug, tmp_path / str(number), "tests.simulation", MOST_RUNS)
        is_found = not broken.isdisjoint(bug.rules)
        return None if is_found else f"{bug.name}: {broken or 'nothing'}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert [each for each in pool.map(missed, enumerate(PLANTS)) if each] == []


def test_there_are_as_many_bugs_as_the_simulation_is_there_for() -> None:
    assert len({bug.name for bug in PLANTS}) >= 16
