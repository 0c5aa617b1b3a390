"""How the tests come by a browser, on machines that are told and not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.chromium import PLAYWRIGHT, NoBrowser, Search

OWN = "/cache/playwright/chrome"


@dataclass(slots=True)
class Machine:
    """What is on the PATH, what runs, and what an installation adds."""

    on_path: dict[str, str] = field(default_factory=dict)
    starting: set[str] = field(default_factory=set)
    installs: Mapping[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    def run(self, command: Sequence[str]) -> str | None:
        self.ran.append(" ".join(command))
        if command[-1] == "--version":
            return "Chromium 156" if command[0] in self.starting else None
        if command == ("apt-get", "update"):
            return ""
        tool = "playwright" if command == PLAYWRIGHT else command[0]
        made = self.installs.get(tool)
        if made is None:
            return None
        self.on_path["chromium"] = made
        self.starting.add(made)
        return ""

    def search(self, *, root: bool = False) -> Search:
        return Search(which=self.on_path.get, run=self.run, of_playwright=lambda: OWN, is_root=root)


def test_the_systems_browser_is_taken_and_nothing_is_installed() -> None:
    machine = Machine({"google-chrome": "/bin/chrome"}, {"/bin/chrome"})
    assert machine.search(root=True).found() == Path("/bin/chrome")
    assert machine.ran == ["/bin/chrome --version"]


def test_a_browser_that_does_not_start_is_passed_over() -> None:
    paths = {"chromium": "/snap/stub", "google-chrome-stable": "/bin/chrome"}
    machine = Machine(paths, {"/bin/chrome"})
    assert machine.search().found() == Path("/bin/chrome")


def test_root_installs_debians_package() -> None:
    machine = Machine({"apt-get": "/bin/apt-get"}, installs={"apt-get": "/usr/bin/chromium"})
    assert machine.search(root=True).found() == Path("/usr/bin/chromium")
    assert machine.ran[:2] == [
        "apt-get update",
        "apt-get install -y --no-install-recommends chromium",
    ]


def test_who_may_not_install_packages_downloads_playwrights() -> None:
    machine = Machine({"apt-get": "/bin/apt-get"}, installs={"playwright": OWN})
    assert machine.search().found() == Path(OWN)
    assert not any(line.startswith("apt-get") for line in machine.ran)


def test_what_was_downloaded_before_is_not_downloaded_again() -> None:
    machine = Machine(starting={OWN})
    assert machine.search().found() == Path(OWN)
    assert not any("install" in line for line in machine.ran)


def test_root_downloads_playwrights_where_the_package_can_t_be_had() -> None:
    machine = Machine({"apt-get": "/bin/apt-get"}, installs={"playwright": OWN})
    assert machine.search(root=True).found() == Path(OWN)


@pytest.mark.parametrize(
    ("paths", "root", "told"),
    [
        ({}, True, "no apt-get to install"),
        ({"apt-get": "/bin/apt-get"}, False, "only root may install"),
        ({"apt-get": "/bin/apt-get"}, True, "chromium` failed"),
        ({"chromium": "/snap/stub"}, False, "/snap/stub is there, but does not start"),
    ],
)
def test_without_any_the_message_says_what_is_missing_and_what_was_tried(
    paths: dict[str, str], told: str, *, root: bool
) -> None:
    with pytest.raises(NoBrowser) as missing:
        Machine(dict(paths)).search(root=root).found()
    message = str(missing.value)
    assert told in message
    assert (
        "no chromium, chromium-browser, google-chrome-stable, google-chrome that start" in message
    )
    assert "playwright install chromium` failed" in message
    assert "apt-get install chromium" in message
