"""The host answers HTTP as the real one does."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from multidict import CIMultiDict
from yarl import URL

from tests.integration.local.conftest import ALLOWED, RunningHost

TRACE = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"


async def said(
    host: RunningHost, path: str | URL, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    async with host.http.get(path, headers=headers) as answer:
        assert answer.status == 200
        content: dict[str, Any] = await answer.json()
        return content


async def test_route_parameters_reach_the_function(host: RunningHost) -> None:
    content = await said(host, "/api/things/one/parts/two%20b")
    assert content["route"] == {"id": "one", "part": "two b"}
    assert content["url"] == f"{host.address}/api/things/one/parts/two%20b"


async def test_routes_ignore_case_and_a_closing_slash(host: RunningHost) -> None:
    assert (await said(host, "/API/Things/One/"))["route"] == {"id": "One"}


async def test_a_literal_route_wins_over_a_parameter(host: RunningHost) -> None:
    async with host.http.get("/api/things/special") as answer:
        assert answer.status == 204
        assert answer.headers["X-Special"] == "yes"
        assert await answer.read() == b""


async def test_the_other_methods_of_a_literal_route_fall_to_the_parameter(
    host: RunningHost,
) -> None:
    async with host.http.delete("/api/things/special") as answer:
        assert (await answer.json())["route"] == {"id": "special"}


async def test_an_escaped_slash_stays_within_its_segment(host: RunningHost) -> None:
    address = URL(f"{host.address}/api/things/a%2Fb", encoded=True)
    assert (await said(host, address))["route"] == {"id": "a%2Fb"}


async def test_dot_segments_are_resolved_before_a_route_is_chosen(host: RunningHost) -> None:
    address = URL(f"{host.address}/files/%2e%2e/api/threaded", encoded=True)
    async with host.http.get(address) as answer:
        assert (await answer.text()).startswith("asyncio")


async def test_a_rest_parameter_takes_everything_behind_it(host: RunningHost) -> None:
    async with host.http.get("/files/css/page.css") as answer:
        assert await answer.text() == "rest=css/page.css"
    async with host.http.get("/files") as answer:
        assert await answer.text() == "rest="


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/things/one"),
        ("HEAD", "/api/things/one"),
        ("GET", "/api/unknown"),
        ("GET", "/"),
        ("GET", "/api/things/one/parts/two/more"),
        ("GET", "/admin/functions/hourly"),
        ("POST", "/admin/host/status"),
        ("GET", "/dev/clock"),
    ],
)
async def test_a_wrong_method_or_an_unknown_path_is_an_empty_404(
    host: RunningHost, method: str, path: str
) -> None:
    async with host.http.request(method, path) as answer:
        assert (answer.status, await answer.read()) == (404, b"")


async def test_header_names_arrive_in_lower_case(host: RunningHost) -> None:
    content = await said(host, "/api/things/one", headers={"X-Some-Header": "Value"})
    assert content["headers"]["x-some-header"] == "Value"
    assert all(name == name.lower() for name in content["headers"])


async def test_a_repeated_header_arrives_once(host: RunningHost) -> None:
    content = await said(host, "/api/things/one", headers=CIMultiDict([("X-A", "1"), ("X-A", "2")]))
    assert content["headers"]["x-a"] == "1,2"


async def test_a_header_may_be_as_long_as_on_the_real_host(host: RunningHost) -> None:
    content = await said(host, "/api/things/one", headers={"Authorization": "x" * 30_000})
    assert len(content["headers"]["authorization"]) == 30_000


async def test_empty_query_values_are_dropped_and_repeated_ones_joined(host: RunningHost) -> None:
    content = await said(host, "/api/things/one?a=&b=1&c&b=2&d=x%20y")
    assert content["params"] == {"b": "1,2", "d": "x y"}


async def test_a_body_with_a_length_is_forwarded(host: RunningHost) -> None:
    async with host.http.post("/api/things/one/parts/two", data="Grüße") as answer:
        assert (await answer.json())["body"] == "Grüße"


async def test_a_body_without_a_length_is_not_forwarded(host: RunningHost) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"unannounced"

    async with host.http.post("/api/things/one/parts/two", data=pieces()) as answer:
        assert (await answer.json())["body"] == ""


async def test_text_that_a_function_returns_is_plain_text(host: RunningHost) -> None:
    async with host.http.get("/api/threaded") as answer:
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


async def test_a_plain_function_runs_in_a_thread_of_its_own(host: RunningHost) -> None:
    async with host.http.get("/api/threaded") as answer:
        assert await answer.text() != "MainThread"


@pytest.mark.parametrize("path", ["/api/broken", "/api/wrong"])
async def test_an_error_or_a_wrong_return_is_a_500_that_says_nothing(
    host: RunningHost, path: str
) -> None:
    async with host.http.get(path) as answer:
        assert (answer.status, await answer.read()) == (500, b"")


async def test_each_call_is_logged_in_one_line(
    host: RunningHost, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "local.host")
    await said(host, "/api/about")
    async with host.http.get("/api/wrong"):
        pass
    lines = [record.getMessage() for record in caplog.records if record.levelname == "INFO"]
    patterns = [r"function=about_3 outcome=succeeded ms=\d+ invocation=\S{36}"]
    patterns += [r"function=wrong_6 outcome=failed ms=\d+ invocation=\S{36}"]
    assert len(lines) == len(patterns)
    assert all(re.fullmatch(*pair) for pair in zip(patterns, lines, strict=True))


async def test_a_function_that_asks_for_it_gets_its_context(host: RunningHost) -> None:
    first, second = await asyncio.gather(said(host, "/api/about"), said(host, "/api/about"))
    assert first["function"] == "about_3"
    assert first["invocation"] != second["invocation"]
    assert first["traceParent"] != second["traceParent"]


async def test_the_callers_trace_is_continued(host: RunningHost) -> None:
    content = await said(
        host, "/api/about", headers={"traceparent": TRACE, "tracestate": "vendor=1"}
    )
    assert content["traceParent"].startswith(TRACE[:35])
    assert content["traceParent"] != TRACE
    assert content["traceState"] == "vendor=1"


@pytest.mark.parametrize("malformed", ["", "x", TRACE[:-1], TRACE.upper(), "00-" + "0" * 32])
async def test_a_malformed_trace_is_replaced_by_a_new_one(
    host: RunningHost, malformed: str
) -> None:
    content = await said(host, "/api/about", headers={"traceparent": malformed})
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", content["traceParent"])
    assert TRACE[3:35] not in content["traceParent"]


async def preflight(host: RunningHost, origin: str, path: str) -> tuple[int, dict[str, str]]:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    async with host.http.options(path, headers=headers) as answer:
        return answer.status, dict(answer.headers)


@pytest.mark.parametrize("path", ["/api/things/one", "/nowhere"])
async def test_the_host_answers_the_preflight_of_an_allowed_origin(
    host: RunningHost, path: str
) -> None:
    status, headers = await preflight(host, ALLOWED, path)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == ALLOWED
    assert headers["Access-Control-Allow-Methods"] == "DELETE"
    assert headers["Access-Control-Allow-Headers"] == "authorization,idempotency-key"
    assert headers["Vary"] == "Origin"


async def test_the_preflight_of_a_foreign_origin_is_refused(host: RunningHost) -> None:
    status, headers = await preflight(host, "http://localhost:5174", "/api/things/one")
    assert status == 400
    assert not [name for name in headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", ["/api/things/one", "/api/broken", "/nowhere"])
async def test_every_answer_to_an_allowed_origin_can_be_read_there(
    host: RunningHost, path: str
) -> None:
    async with host.http.get(path, headers={"Origin": ALLOWED}) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
        assert answer.headers["Vary"] == "Origin"
        assert "Access-Control-Expose-Headers" not in answer.headers


@pytest.mark.parametrize("origin", [None, "null", "https://localhost:5173", "http://evil.example"])
async def test_an_answer_to_any_other_origin_carries_no_cors_header(
    host: RunningHost, origin: str | None
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    async with host.http.get("/api/things/one", headers=headers) as answer:
        assert answer.status == 200
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_options_that_is_no_preflight_goes_to_the_functions(host: RunningHost) -> None:
    async with host.http.options("/api/about", headers={"Origin": ALLOWED}) as answer:
        assert (await answer.json())["function"] == "about_3"
