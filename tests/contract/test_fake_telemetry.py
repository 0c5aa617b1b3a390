from collections.abc import Mapping

import pytest

from tests.contract.telemetry_contract import Operator, TelemetryContract, Words
from tests.fakes.telemetry import FakeTelemetry


class FakesOperator:
    def __init__(self, telemetry: FakeTelemetry) -> None:
        self._telemetry = telemetry

    def counts(self) -> Mapping[Words, int]:
        return self._telemetry.counts

    def levels(self) -> Mapping[str, float]:
        return self._telemetry.levels

    def invocations(self) -> list[tuple[str, bool]]:
        return [(each.function, each.has_failed) for each in self._telemetry.traced if each.is_over]


class TestFakeTelemetry(TelemetryContract):
    @pytest.fixture
    def telemetry(self) -> FakeTelemetry:
        return FakeTelemetry()

    @pytest.fixture
    def operator(self, telemetry: FakeTelemetry) -> Operator:
        return FakesOperator(telemetry)
