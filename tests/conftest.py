"""What every test lives by: no socket without need, and none beyond this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, socket_allow_hosts

from local.azurite import Azurite

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
HERE = Path(__file__).parent


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the tests of rules and fakes open no socket at all, the others reach this machine."""
    if _needs_no_socket(item.path):
        # Event loops wake themselves through a pair of local ones.
        disable_socket(allow_unix_socket=True)
    else:
        socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


def _needs_no_socket(path: Path) -> bool:
    place = path.relative_to(HERE).parts
    return place[0] in {"unit", "architecture"} or path.name.startswith("test_fake_")


@pytest.fixture(scope="session")
def azurite() -> Iterator[str]:
    """Return the connection string of a table service of this session's own."""
    with Azurite() as service:
        yield service.connection_string
