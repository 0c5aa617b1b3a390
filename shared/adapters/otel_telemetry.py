"""Telemetry by OpenTelemetry's SDK: spans of invocations, with the vendors' own in them."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Final, Self

from azure.core.settings import settings as azure_settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, Span, SpanKind, StatusCode, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from shared.adapters.otel_privacy import CODE, FUNCTION, STATUS
from shared.domain.messages import State
from shared.ports.mail import Posting

SERVICE: Final = "client-secret-self-service"
SERVER_ERROR: Final = 500


class Within(Sampler):
    """Takes every invocation and what happens in one, whatever the platform has taken.

    Not what the SDKs do beside them, such as fetching a token to send all this with.
    """

    def should_sample(  # noqa: PLR0913, PLR0917 - the SDK's signature
        self,
        parent_context: Context | None,
        trace_id: int,  # noqa: ARG002 - the SDK's signature
        name: str,  # noqa: ARG002 - the SDK's signature
        kind: SpanKind | None = None,  # noqa: ARG002 - the SDK's signature
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,  # noqa: ARG002 - the SDK's signature
        trace_state: TraceState | None = None,  # noqa: ARG002 - the SDK's signature
    ) -> SamplingResult:
        parent = trace.get_current_span(parent_context).get_span_context()
        is_within = not parent.is_remote and parent.trace_flags.sampled
        taken = is_within or FUNCTION in (attributes or {})
        decision = Decision.RECORD_AND_SAMPLE if taken else Decision.DROP
        return SamplingResult(decision, attributes, parent.trace_state)

    def get_description(self) -> str:
        return "Within"


class OpenTelemetry:
    """The Telemetry on providers of the SDK."""

    def __init__(self, spans: TracerProvider, metrics: MeterProvider) -> None:
        self._spans = spans
        self._metrics = metrics
        self._tracer = spans.get_tracer(SERVICE)
        self._waiting, self._sending = threading.Lock(), threading.Lock()
        meter = metrics.get_meter(SERVICE)
        self._mails = meter.create_counter("portal.mails", "{mail}")
        self._posts = meter.create_counter("portal.posts", "{request}")
        self._due = meter.create_gauge("portal.reminders.due", "{reminder}")
        self._managed = meter.create_gauge("portal.applications.managed", "{application}")
        self._unsent = meter.create_gauge("portal.mails.unsent", "{mail}")
        self._oldest = meter.create_gauge("portal.mails.oldest_unsent", "s")
        self._behind = meter.create_gauge("portal.run.days_behind", "d")
        self._firings = meter.create_histogram("portal.firings", "s")
        self._directory = meter.create_counter("portal.directory.requests", "{request}")
        self._fetches = meter.create_counter("portal.keys.fetches", "{request}")
        self._key_age = meter.create_gauge("portal.keys.age", "s")
        self._answers = meter.create_counter("portal.answers", "{answer}")

    @classmethod
    def started(cls, spans: SpanProcessor, metrics: MetricReader) -> Self:
        """Return telemetry to these, and let the vendors' SDKs trace to the same.

        They trace to the process's one provider of spans, so that the first one counts.
        """
        resource = Resource.create({"service.name": SERVICE})
        provider = TracerProvider(sampler=Within(), resource=resource)
        provider.add_span_processor(spans)
        trace.set_tracer_provider(provider)
        azure_settings.tracing_enabled = True
        return cls(provider, MeterProvider(metric_readers=[metrics], resource=resource))

    def mail(self, subject: StrEnum, state: State) -> None:
        self._mails.add(1, {"about": subject.value, "state": state.value})

    def posted(self, posting: Posting) -> None:
        self._posts.add(1, {"posting": posting.name.lower()})

    def evaluated(self, *, due: int, managed: int) -> None:
        self._due.set(due)
        self._managed.set(managed)

    def backlog(self, *, unsent: int, oldest: timedelta) -> None:
        self._unsent.set(unsent)
        self._oldest.set(oldest.total_seconds())

    def days_behind(self, days: int) -> None:
        self._behind.set(days)

    def fired(self, result: StrEnum, took: timedelta) -> None:
        self._firings.record(took.total_seconds(), {"result": result.value})

    def directory_asked(self, method: str, status: int | None) -> None:
        self._directory.add(1, {"method": method, "status": status or "none"})

    def keys_fetched(self, *, is_good: bool, age: timedelta | None) -> None:
        self._fetches.add(1, {"outcome": "good" if is_good else "failed"})
        if age is not None:
            self._key_age.set(age.total_seconds())

    def answered(self, function: str, status: int, code: str) -> None:
        self._answers.add(1, {"function": function, "status": status, "code": code})

    @contextmanager
    def invocation(self, function: str, trace_parent: str | None) -> Iterator["Invocation"]:
        carrier = {"traceparent": trace_parent or ""}
        with self._tracer.start_as_current_span(
            function,
            context=TraceContextTextMapPropagator().extract(carrier, Context()),
            attributes={FUNCTION: function},
            # What an exception says stays here.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield Invocation(span)

    def hand_over(self) -> None:
        # One sends and one waits for it: a third would send nothing that the second does not.
        if self._waiting.acquire(blocking=False):
            threading.Thread(target=self._hand_over, daemon=True).start()

    def _hand_over(self) -> None:
        with self._sending:
            self._waiting.release()
            self.flush()

    def flush(self) -> None:
        """Send what was noted so far, and wait for that."""
        self._spans.force_flush()
        self._metrics.force_flush()

    async def close(self) -> None:
        """Send what is left; both providers wait half a minute for that at most."""
        await asyncio.to_thread(self._spans.shutdown)
        await asyncio.to_thread(self._metrics.shutdown)


class Invocation:
    """The Traced of one invocation."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def came_to(self, status: int, code: str) -> None:
        self._span.set_attributes({STATUS: status, CODE: code})
        if status >= SERVER_ERROR:
            self._span.set_status(StatusCode.ERROR)

    def failed(self, code: str) -> None:
        self._span.set_attribute(CODE, code)
        self._span.set_status(StatusCode.ERROR)
