"""README's walk-through, run as it is printed, on the stack that `make run` starts."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.settings import ROOT, Ports
from tests.support.ports import free_ports, settings_at
from tests.support.stack import started

SECONDS = 60


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    """Run the whole stack on free ports."""
    ports = free_ports()
    with started("local", settings=settings_at(ports)) as program:
        program.address()
        yield ports


@pytest.fixture(scope="module")
def transcript(ports: Ports) -> list[str]:
    """Run the walk-through in one shell; return what each of its commands printed."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", readme, flags=re.DOTALL)
    moved = re.sub(r"127\.0\.0\.1:707(\d)", lambda m: f"127.0.0.1:{ports.lab + int(m[1])}", script)
    parted = re.sub(r"^#", "echo @@@@\n#", moved, flags=re.MULTILINE)
    run = subprocess.run(  # noqa: S603 - README's own words
        ["bash", "-eu", "-c", parted],  # noqa: S607 - the shell that a reader would use
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return [part.strip() for part in run.stdout.split("@@@@\n")]


def test_the_walk_through_lists_creates_once_lists_the_hint_deletes_and_lists(
    transcript: list[str],
) -> None:
    listed, created, beside, deleted = transcript[2:6]
    application = json.loads(listed)["applications"][1]
    (old,) = application["secrets"]
    assert (application["displayName"], old["daysLeft"]) == ("Partner-NL-OrganisationName-SMC", 14)
    value = json.loads(created)["secretText"]
    assert len(value) == 40
    assert value not in beside
    assert value[:3] in beside
    assert old["keyId"] in beside
    status, _, after = deleted.partition("\n")
    assert status == "204"
    assert old["keyId"] not in after
    assert json.loads(created)["keyId"] in after


def test_a_week_later_there_are_mails(transcript: list[str]) -> None:
    assert json.loads(transcript[6])["runs"] == 7


def test_the_commands_it_opens_with_are_targets() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = Path(ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", readme, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
