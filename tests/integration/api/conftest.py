"""One running stack for all tests of the API; each test brings a tenant of its own."""

from collections.abc import Iterator

import pytest

from tests.integration.api.living import Life
from tests.support.stack import Stack, stack


@pytest.fixture(scope="session")
def running(azurite: str) -> Iterator[Stack]:
    with stack(azurite) as started:
        yield started


@pytest.fixture
def product(running: Stack) -> Iterator[Stack]:
    """Yield the stack, calm before and after."""
    running.calm()
    yield running
    running.calm()


@pytest.fixture
def life(product: Stack) -> Life:
    return Life(product)
