"""OpenTelemetry that keeps in this process what it would send."""

from collections.abc import Mapping, Sequence
from typing import Final

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    InMemoryMetricReader,
    Metric,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.adapters.otel_azure import LaterMetrics
from shared.adapters.otel_privacy import Discreet
from shared.adapters.otel_telemetry import OpenTelemetry, Within

Words = tuple[str | int, ...]

PREFIX: Final = "portal."


class Kept:
    """What was exported, in the terms of the port."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler=Within())
        self.provider.add_span_processor(SimpleSpanProcessor(Discreet(self.exporter)))
        # Counts of the time since the last reading, as Application Insights has them.
        temporality = LaterMetrics.TEMPORALITY
        self.reader = InMemoryMetricReader(preferred_temporality=dict(temporality))

    def spans(self) -> Sequence[ReadableSpan]:
        return self.exporter.get_finished_spans()

    def invocations(self) -> list[tuple[str, bool]]:
        return [
            (span.name, span.status.status_code is StatusCode.ERROR)
            for span in self.spans()
            if "faas.name" in (span.attributes or {})
        ]

    def points(self) -> list[tuple[Metric, NumberDataPoint | HistogramDataPoint]]:
        """Return what was measured since the last time."""
        data = self.reader.get_metrics_data()
        return [
            (metric, point)
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
            if isinstance(point, NumberDataPoint | HistogramDataPoint)
        ]

    def counts(self) -> Mapping[Words, int]:
        return {
            (metric.name.removeprefix(PREFIX), *_words(point)): _number(point)
            for metric, point in self.points()
            if point.attributes
        }

    def levels(self) -> Mapping[str, float]:
        return {
            metric.name.removeprefix(PREFIX): point.value
            for metric, point in self.points()
            if not point.attributes and isinstance(point, NumberDataPoint)
        }


def keeping() -> tuple[OpenTelemetry, Kept]:
    """Return telemetry that the vendors' SDKs know nothing of, and what it keeps."""
    kept = Kept()
    return OpenTelemetry(kept.provider, MeterProvider(metric_readers=[kept.reader])), kept


def _words(point: NumberDataPoint | HistogramDataPoint) -> Words:
    values = (point.attributes or {}).values()
    return tuple(value if isinstance(value, int) else str(value) for value in values)


def _number(point: NumberDataPoint | HistogramDataPoint) -> int:
    return point.count if isinstance(point, HistogramDataPoint) else int(point.value)
