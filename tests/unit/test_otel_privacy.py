"""Of a span only what is listed leaves the process."""

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode

from shared.adapters.otel_privacy import LONGEST, UNNAMED, Discreet, discreet
from tests.support.builders import numbered

KIOTA = "com.microsoft.com:microsoft-kiota-http-httpx"
HUSH = "jane.doe@example.org"


class Sent(SpanExporter):
    """Keeps what it is to send."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []
        self.calls = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.calls += 1
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


def span(name: str = "GET", scope: str = "azure-core", **attributes: str | int) -> ReadableSpan:
    """Return a span with everything that a span can say."""
    begun = (
        TracerProvider()
        .get_tracer(scope)
        .start_span(name, kind=SpanKind.CLIENT if scope == "azure-core" else SpanKind.INTERNAL)
    )
    begun.set_attributes({name.replace("__", "."): each for name, each in attributes.items()})
    begun.add_event(HUSH, {"exception.message": HUSH})
    begun.add_link(begun.get_span_context(), {"hush": HUSH})
    begun.record_exception(ValueError(HUSH))
    begun.set_status(StatusCode.ERROR, HUSH)
    begun.end()
    assert isinstance(begun, ReadableSpan)
    return begun


def test_attributes_that_are_not_listed_events_links_and_descriptions_stay_here() -> None:
    kept = discreet(
        span(
            http__response__status_code=404,
            server__address="account.table.core.windows.net",
            url__full=f"https://account.table.core.windows.net/reminders(PartitionKey='{HUSH}')",
            az__client_request_id=numbered(1),
            user_agent__original="x",
            hush=HUSH,
        )
    )
    assert dict(kept.attributes or {}) == {
        "http.response.status_code": 404,
        "server.address": "account.table.core.windows.net",
    }
    assert (kept.events, kept.links, kept.status.description) == ((), (), None)
    assert kept.status.status_code is StatusCode.ERROR
    assert HUSH not in kept.to_json()


def test_times_place_in_the_trace_and_kind_are_kept() -> None:
    said = span()
    kept = discreet(said)
    assert kept.get_span_context() == said.get_span_context()
    assert (kept.parent, kept.kind) == (said.parent, SpanKind.CLIENT)
    assert (kept.start_time, kept.end_time) == (said.start_time, said.end_time)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("POST", "POST"),
        ("run_reminders", "run_reminders"),
        ("TableClient.create_entity", "TableClient.create_entity"),
        (
            "send_primitive_async - {+baseurl}/applications/{application%2Did}/addPassword{?a}",
            "send_primitive_async - /applications//addPassword",
        ),
        (
            "send_primitive_async - {+baseurl}/applications(appId='{appId}'){?%24select}",
            "send_primitive_async - /applications(appId='')",
        ),
        (f"send_primitive_async - /applications/{numbered(1)}", UNNAMED),
        (f"GET {HUSH}", UNNAMED),
        ("GET /a?b=c", UNNAMED),
        ("", UNNAMED),
    ],
)
def test_a_name_is_a_method_or_the_template_of_a_path(name: str, told: str) -> None:
    assert discreet(span(name)).name == told


def test_a_call_of_graph_goes_to_the_template_of_its_path() -> None:
    said = span(
        "send_primitive_async - {+baseurl}/groups/{group%2Did}/members{?%24select}",
        KIOTA,
        url__scheme="https",
        server__address="graph.microsoft.com",
        url__full=f"https://graph.microsoft.com/v1.0/groups/{numbered(1)}/members",
    )
    told = (discreet(said).attributes or {})["url.full"]
    assert told == "https://graph.microsoft.com/groups//members"


@pytest.mark.parametrize(
    ("status", "has_failed"), [(200, False), (404, False), (429, True), (499, False), (500, True)]
)
def test_a_call_has_failed_where_the_other_side_has(status: int, *, has_failed: bool) -> None:
    begun = (
        TracerProvider()
        .get_tracer("azure-core")
        .start_span("GET", attributes={"http.response.status_code": status})
    )
    begun.end()
    assert isinstance(begun, ReadableSpan)
    assert (discreet(begun).status.status_code is StatusCode.ERROR) is has_failed


def test_a_value_is_cut() -> None:
    kept = discreet(span(server__address="x" * 1000))
    assert (kept.attributes or {})["server.address"] == "x" * LONGEST


def test_a_call_of_graph_is_one_span_of_a_client_without_the_sdks_inner_steps() -> None:
    sent = Sent()
    calls = ["send_primitive_async - {+baseurl}/applications", "send_primitive_async - UNKNOWN"]
    inner = [
        "get_http_response_message",
        "RetryHandler_send",
        "retry_cae_response_if_required - {+baseurl}/applications",
        "set_content_from_parsable - {+baseurl}/users/{user%2Did}/checkMemberGroups",
    ]
    Discreet(sent).export([span(name, KIOTA) for name in (*calls, *inner)])
    assert [each.name for each in sent.spans] == [
        "send_primitive_async - /applications",
        "send_primitive_async - UNKNOWN",
    ]
    assert {each.kind for each in sent.spans} == {SpanKind.CLIENT}


def test_where_nothing_is_left_nothing_is_sent() -> None:
    sent = Sent()
    assert Discreet(sent).export([span("RetryHandler_send", KIOTA)]) is SpanExportResult.SUCCESS
    assert sent.calls == 0
