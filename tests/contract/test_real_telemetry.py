import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from shared.adapters.otel_telemetry import OpenTelemetry, Within
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


def test_what_the_vendors_do_is_traced_within_an_invocation_and_not_beside_one() -> None:
    telemetry, kept = keeping()
    vendor = kept.provider.get_tracer("azure-core")
    vendor.start_span("GET").end()
    with telemetry.invocation("health", None):
        vendor.start_span("POST").end()
    vendor.start_span("PUT").end()
    assert [span.name for span in kept.spans()] == ["POST", "health"]


class Stuck(SpanExporter):
    """Holds each batch until it is let go."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.is_held = threading.Event()
        self.let_go = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.batches.append(len(spans))
        self.is_held.set()
        self.let_go.wait(60)
        return SpanExportResult.SUCCESS


async def test_while_a_batch_is_stuck_one_more_waits_and_nobody_else() -> None:
    stuck, spans = Stuck(), TracerProvider(sampler=Within())
    spans.add_span_processor(BatchSpanProcessor(stuck, schedule_delay_millis=600_000))
    telemetry = OpenTelemetry(spans, MeterProvider())
    for _ in range(5):
        with telemetry.invocation("health", None):
            pass
        telemetry.hand_over()
        assert await asyncio.to_thread(stuck.is_held.wait, 60)
    assert stuck.batches == [1]
    assert sum("_hand_over" in thread.name for thread in threading.enumerate()) == 2
    stuck.let_go.set()
    await telemetry.close()
    assert sum(stuck.batches) == 5


def trace_of(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return f"{context.trace_id:032x}"
