"""Every planted bug is found: the simulation would see somebody make one of these mistakes."""

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from local.settings import ROOT, environment
from tests.simulation.planted import Plant, sow
from tests.simulation.plants import PLANTS

MOST_RUNS: Final = 200
AT_ONCE: Final = 2


def broken_rules(bug: Plant, folder: Path) -> set[str]:
    """Return the rules that a copy of the product with this bug breaks, until it breaks its own."""
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=shutil.ignore_patterns("*.pyc"))
    sow(bug, folder)
    # The machine's zone is far from UTC, so that a clock without a zone shows.
    settings = {"PYTHONPATH": f"{folder}:{ROOT}", "TZ": "Pacific/Auckland"}
    own = environment()
    run = subprocess.run(  # noqa: S603 - our own interpreter and modules
        [
            *(sys.executable, "-P", "-m", "tests.simulation"),
            *("--seeds", f"0:{MOST_RUNS}", "--until", *bug.rules),
        ],
        env={"PATH": own["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip().endswith("violations"), run.stderr[-2000:]
    return set(re.findall(r"^seed .*? \[([^\]]+)\]", run.stdout, re.MULTILINE))


@pytest.mark.timeout(300)
def test_each_planted_bug_is_found_within_200_runs(tmp_path: Path) -> None:
    def missed(numbered: tuple[int, Plant]) -> str | None:
        number, bug = numbered
        broken = broken_rules(bug, tmp_path / str(number))
        is_found = not broken.isdisjoint(bug.rules)
        return None if is_found else f"{bug.name}: {broken or 'nothing'}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert [each for each in pool.map(missed, enumerate(PLANTS)) if each] == []


def test_there_are_as_many_bugs_as_the_simulation_is_there_for() -> None:
    assert len({bug.name for bug in PLANTS}) >= 16
