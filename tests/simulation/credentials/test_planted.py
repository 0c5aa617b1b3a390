"""Every planted bug is found: with the fence or a lease taken out, the same simulation fails."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.simulation.credentials.plants import PLANTS
from tests.simulation.planted import Plant, broken_rules

MOST_RUNS: Final = 1_000
AT_ONCE: Final = 2


@pytest.mark.timeout(300)
def test_each_planted_bug_is_found_within_1_000_runs(tmp_path: Path) -> None:
    def missed(numbered: tuple[int, Plant]) -> str | None:
        number, bug = numbered
        broken = broken_rules(
            bug, tmp_path / str(number), "tests.simulation.credentials", MOST_RUNS
        )
        is_found = not broken.isdisjoint(bug.rules)
        return None if is_found else f"{bug.name}: {broken or 'nothing'}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert [each for each in pool.map(missed, enumerate(PLANTS)) if each] == []


def test_there_are_as_many_bugs_as_the_simulation_is_there_for() -> None:
    assert len({bug.name for bug in PLANTS}) >= 12
