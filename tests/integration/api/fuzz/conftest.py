"""How long to fuzz: `pytest tests/integration/api/fuzz --fuzz-cases 300`."""

import pytest

OPTION = "--fuzz-cases"
DEFAULT = 50


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, type=int, default=DEFAULT, help="cases per operation, at most")


@pytest.fixture(scope="session")
def fuzz_cases(pytestconfig: pytest.Config) -> int:
    """Return how many cases an operation gets; the default where the option came too late."""
    cases: int = pytestconfig.getoption(OPTION, default=DEFAULT)
    return cases
