"""What a span may tell: only what is listed here leaves the process.

Addresses of requests hold ids of users, groups, secrets and rows; events and descriptions hold what
exceptions say. ADR 0018.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

CODE: Final = "portal.code"
FUNCTION: Final = "faas.name"
STATUS: Final = "http.response.status_code"

ATTRIBUTES: Final = frozenset(
    {
        CODE,
        FUNCTION,
        STATUS,
        "error.type",
        "http.request.method",
        "http.request.resend_count",
        "network.protocol.name",
        "server.address",
        "server.port",
        "url.scheme",
    }
)
LONGEST: Final = 200
"""Characters of a value: hosts, codes and types of errors are shorter."""

UNNAMED: Final = "unnamed"

_URL: Final = "url.full"

_FAULTY: Final = 500
_THROTTLED: Final = 429
_GRAPH_SDK: Final = "kiota"
_GRAPH_CALL: Final = "send_"
_SEPARATOR: Final = " - "
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_.]*( - [A-Za-z_/()=',.$]*)?")
"""Of a method, an HTTP verb, or a method and the template of a path, without its placeholders."""


class Discreet(SpanExporter):
    """Hands on what each span may tell, and leaves out those of the SDK's inner steps."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        told = [discreet(span) for span in spans if not _is_an_inner_step(span)]
        return self._exporter.export(told) if told else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def discreet(span: ReadableSpan) -> ReadableSpan:
    """Return the span with its name, times, status and the attributes that are listed.

    The SDK of Graph leaves the kind of a call open, and no SDK says that one has failed.
    """
    name, attributes = _name(span.name), dict(_attributes(span))
    if _is_of_graph(span):
        attributes[_URL] = _template(name, attributes)
    return ReadableSpan(
        name=name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        kind=SpanKind.CLIENT if _is_of_graph(span) else span.kind,
        status=Status(_outcome(span, attributes)),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(span: ReadableSpan) -> Iterator[tuple[str, AttributeValue]]:
    for name, value in (span.attributes or {}).items():
        if name in ATTRIBUTES and isinstance(value, int):
            yield name, value
        elif name in ATTRIBUTES:
            yield name, str(value)[:LONGEST]


def _name(name: str) -> str:
    """Return a span's name, a path's template without the query; or none that tells anything."""
    bare = _PLACEHOLDER.sub("", name)
    return bare if _NAME.fullmatch(bare) else UNNAMED


def _template(name: str, attributes: Mapping[str, AttributeValue]) -> str:
    """Return what stands for a call's address: the path's template is the end of its name."""
    path = name.partition(_SEPARATOR)[2]
    return f"{attributes.get('url.scheme')}://{attributes.get('server.address')}/{path.lstrip('/')}"


def _outcome(span: ReadableSpan, attributes: Mapping[str, AttributeValue]) -> StatusCode:
    status = attributes.get(STATUS)
    has_failed = isinstance(status, int) and (status >= _FAULTY or status == _THROTTLED)
    return StatusCode.ERROR if has_failed else span.status.status_code


def _is_of_graph(span: ReadableSpan) -> bool:
    scope = span.instrumentation_scope
    return scope is not None and _GRAPH_SDK in scope.name


def _is_an_inner_step(span: ReadableSpan) -> bool:
    """Tell whether it is one of the nine that the SDK of Graph makes within each call."""
    return _is_of_graph(span) and not span.name.startswith(_GRAPH_CALL)
