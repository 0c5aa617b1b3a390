"""One stack and one browser for all journeys; each has a tenant and a context of its own."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from local.settings import ROOT
from tests.browser.visit import PATIENCE_MILLISECONDS, Visit, visiting
from tests.support.chromium import FLAGS, Search
from tests.support.stack import Stack, running_host, stack

PICTURES = ROOT / "test-output" / "browser"
OUTCOME = pytest.StashKey[bool]()
CONTEXT = "c1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep whether the test failed, for the fixtures that outlive it."""
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report.failed
    return report


# Of the package, not the session: while it lives, Playwright's loop runs, and no other may.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=Search().found(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def running(azurite: str) -> Iterator[Stack]:
    with stack(azurite) as started:
        yield started


@pytest.fixture(scope="package")
def demanding(running: Stack) -> Iterator[str]:
    """Yield the address of a host that demands evidence of a second factor."""
    with running_host({**running.settings, "STEP_UP_AUTH_CONTEXT": CONTEXT}) as host:
        yield host.address()


@pytest.fixture
def product(running: Stack) -> Iterator[Stack]:
    """Yield the stack, calm before and after."""
    running.calm()
    yield running
    running.calm()


@pytest.fixture
def visit(product: Stack, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Yield a browser without any past; fail if it complains or asks anybody else."""
    with visiting(chromium, product, product.functions) as made:
        yield made
        _picture(made, request.node)
        assert made.watch.faults() == []


@pytest.fixture
def demanding_visit(
    product: Stack, demanding: str, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """Yield the same at the host that demands evidence of a second factor."""
    with visiting(chromium, product, demanding) as made:
        yield made
        _picture(made, request.node)
        assert made.watch.faults() == []


def _picture(visit: Visit, item: pytest.Item) -> None:
    if item.stash.get(OUTCOME, True):
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = "".join(letter if letter.isalnum() else "-" for letter in item.name)[:100]
        visit.page.screenshot(path=Path(PICTURES / f"{name}.png"), full_page=True)
