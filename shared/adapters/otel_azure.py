"""Telemetry to Application Insights, by Microsoft's exporters and the portal's own identity.

The exporters take longer to import than everything else together, and ask for a token: they are
made in the threads that export, when there is first something to send. What they cannot send is
dropped, never kept on disk.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from opentelemetry.sdk.metrics import Counter, Histogram, _Gauge
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from shared.adapters.otel_privacy import Discreet
from shared.adapters.otel_telemetry import OpenTelemetry
from shared.log_records import line

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

log = logging.getLogger(__name__)

METRICS_EVERY: Final = 60_000
"""Milliseconds."""

PATIENCE: Final = 3
"""Seconds to wait for a connection, for an answer, and before the last retry of a batch: a process
that ends waits for one batch of each kind.
"""

Exporter = TypeVar("Exporter")


def telemetry(connection_string: str, authentication: str | None) -> OpenTelemetry:
    """Return telemetry to the resource that a connection string names.

    `authentication` is of the platform's form `Authorization=AAD;ClientId=…`. Nothing is sent or
    judged yet: what is malformed silences the export, with one alarm.
    """
    spans = Later(lambda: _span_exporter(_options(connection_string, authentication)))
    metrics = Later(lambda: _metric_exporter(_options(connection_string, authentication)))
    return OpenTelemetry.started(
        BatchSpanProcessor(Discreet(LaterSpans(spans))),
        PeriodicExportingMetricReader(LaterMetrics(metrics), export_interval_millis=METRICS_EVERY),
    )


class Later(Generic[Exporter]):
    """An exporter that is made when it is first needed, or never if that fails."""

    def __init__(self, make: Callable[[], Exporter]) -> None:
        self._make: Callable[[], Exporter] | None = make
        self.made: Exporter | None = None

    def get(self) -> Exporter | None:
        """Return the exporter; None if it cannot be made. Its users are one thread at a time."""
        make, self._make = self._make, None
        if make is not None:
            try:
                self.made = make()
            except Exception as fault:  # noqa: BLE001 - telemetry must never break what it tells of
                log.error(line("alarm: telemetry is not sent", fault=type(fault).__qualname__))
        return self.made


class LaterSpans(SpanExporter):
    """Exports spans by an exporter that is made later."""

    def __init__(self, exporter: Later[SpanExporter]) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        exporter = self._exporter.get()
        return exporter.export(spans) if exporter else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        if self._exporter.made:
            self._exporter.made.shutdown()


class LaterMetrics(MetricExporter):
    """Exports metrics by an exporter that is made later."""

    TEMPORALITY: Final[Mapping[type, AggregationTemporality]] = {
        Counter: AggregationTemporality.DELTA,
        _Gauge: AggregationTemporality.DELTA,
        Histogram: AggregationTemporality.DELTA,
    }
    """All is of the time since the last export: counts, since Application Insights sums them up,
    and levels, since what one process noted is soon another's to say.
    """

    def __init__(self, exporter: Later[MetricExporter]) -> None:
        super().__init__(preferred_temporality=dict(self.TEMPORALITY))
        self._exporter = exporter

    def export(
        self,
        metrics_data: MetricsData,
        timeout_millis: float = 10_000,
        **kwargs: Any,  # noqa: ANN401 - the SDK's signature
    ) -> MetricExportResult:
        exporter = self._exporter.get()
        if exporter is None:
            return MetricExportResult.FAILURE
        return exporter.export(metrics_data, timeout_millis, **kwargs)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002 - the SDK's
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:  # noqa: ANN401 - the SDK's signature
        if self._exporter.made:
            self._exporter.made.shutdown(timeout_millis, **kwargs)


def _span_exporter(options: Mapping[str, Any]) -> SpanExporter:
    from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415 - takes 0.4 s
        AzureMonitorTraceExporter,
    )

    return AzureMonitorTraceExporter(**options)


def _metric_exporter(options: Mapping[str, Any]) -> MetricExporter:
    from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415 - takes 0.4 s
        AzureMonitorMetricExporter,
    )

    return AzureMonitorMetricExporter(**options)


def _options(connection_string: str, authentication: str | None) -> Mapping[str, Any]:
    return {
        "connection_string": connection_string,
        "credential": credential(authentication),
        "disable_offline_storage": True,
        "timeout": PATIENCE,
        "read_timeout": PATIENCE,
    }


def credential(authentication: str | None) -> "TokenCredential | None":
    """Return the identity's credential; None where the resource takes data without one.

    Of its own, not async: the exporters call it in their threads. ValueError, which shows no value,
    if it is of no such form.
    """
    if authentication is None:
        return None
    parts = {
        name.strip().lower(): value.strip()
        for name, _, value in (part.partition("=") for part in authentication.split(";"))
    }
    if parts.get("authorization") != "AAD":
        raise ValueError("neither AAD nor nothing")
    from azure.identity import ManagedIdentityCredential  # noqa: PLC0415 - takes 0.2 s

    return ManagedIdentityCredential(client_id=parts.get("clientid"))
