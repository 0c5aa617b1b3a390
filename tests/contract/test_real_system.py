import pytest

from shared.adapters.system_clock import RandomIds, SystemClock
from shared.ports.system import Clock, Ids
from tests.contract.system_contract import ClockContract, IdsContract


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> Clock:
        return SystemClock()


class TestRandomIds(IdsContract):
    @pytest.fixture
    def ids(self) -> Ids:
        return RandomIds()
