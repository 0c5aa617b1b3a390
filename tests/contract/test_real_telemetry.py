from datetime import timedelta

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from shared.adapters.otel_telemetry import OpenTelemetry
from tests.contract.telemetry_contract import PARENT, TRACE, Operator, TelemetryContract
from tests.support.otel import Kept, keeping

Both = tuple[OpenTelemetry, Kept]


class TestOpenTelemetry(TelemetryContract):
    @pytest.fixture
    def both(self) -> Both:
        return keeping()

    @pytest.fixture
    def telemetry(self, both: Both) -> OpenTelemetry:
        return both[0]

    @pytest.fixture
    def operator(self, both: Both) -> Operator:
        return both[1]

    def test_an_invocation_belongs_to_the_platforms_trace_sampled_or_not(self, both: Both) -> None:
        telemetry, kept = both
        with telemetry.invocation("run_reminders", PARENT):
            pass
        [span] = kept.spans()
        assert span.parent is not None
        assert trace_of(span) == TRACE
        assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]

    def test_without_a_parent_an_invocation_begins_a_trace_whatever_is_traced_around_it(
        self, both: Both
    ) -> None:
        telemetry, kept = both
        with telemetry.invocation("health", PARENT), telemetry.invocation("config", None):
            pass
        inner, outer = kept.spans()
        assert inner.parent is None
        assert trace_of(inner) != trace_of(outer)

    def test_what_is_noted_is_told_once(self, both: Both) -> None:
        telemetry, kept = both
        telemetry.backlog(unsent=1, oldest=timedelta(hours=1))
        telemetry.answered("health", 200, "ok")
        assert len(kept.points()) == 3
        assert kept.points() == []


def trace_of(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return f"{context.trace_id:032x}"
