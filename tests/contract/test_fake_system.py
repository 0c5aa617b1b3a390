from datetime import timedelta

import pytest

from shared.ports.system import Clock, Ids
from tests.contract.system_contract import ClockContract, IdsContract
from tests.fakes.system import FakeClock, FakeIds


class TestFakeClock(ClockContract):
    @pytest.fixture
    def clock(self) -> Clock:
        return FakeClock()

    async def test_sleeping_moves_it(self) -> None:
        clock = FakeClock()
        await clock.sleep(90)
        assert clock.now() - FakeClock().now() == timedelta(seconds=90)


class TestFakeIds(IdsContract):
    @pytest.fixture
    def ids(self) -> Ids:
        return FakeIds()
