import pytest

from shared.ports.system import Clock, Ids
from tests.contract.system_contract import ClockContract, IdsContract
from tests.fakes.system import FakeClock, FakeIds


class TestFakeClock(ClockContract):
    @pytest.fixture
    def clock(self) -> Clock:
        return FakeClock()


class TestFakeIds(IdsContract):
    @pytest.fixture
    def ids(self) -> Ids:
        return FakeIds()
