import json
import logging
import re
from contextlib import nullcontext
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import orjson
import pytest

from functions import background, border, reminders
from shared.adapters.quiet_telemetry import QUIET
from shared.bootstrap import Composition
from shared.domain import errors
from shared.settings import read
from tests.fakes.telemetry import FakeTelemetry
from tests.unit.test_settings import WHOLE

TRACE = "0af7651916cd43dd8448eb211c80319c"


def product(**changes: str) -> Composition:
    return Composition(read_settings=lambda: read(WHOLE | changes))


def context(parent: str | None = f"00-{TRACE}-b7ad6b7169203331-01") -> Any:  # noqa: ANN401 - the platform's own type is abstract
    trace = SimpleNamespace(trace_parent=parent)
    return SimpleNamespace(function_name="example", trace_context=trace)


def request(**headers: str) -> func.HttpRequest:
    return func.HttpRequest(method="GET", url="http://127.0.0.1/", headers=headers, body=b"")


async def raised(error: Exception, **changes: str) -> func.HttpResponse:
    return await answered(product(**changes), error)


async def answered(portal: Composition, error: Exception | None) -> func.HttpResponse:
    async def handler(_: border.Call) -> func.HttpResponse:
        if error is not None:
            raise error
        return border.json_answer(HTTPStatus.OK, {})

    return await border.answer(portal, request(), context(), handler)


def document(response: func.HttpResponse) -> dict[str, Any]:
    parsed: dict[str, Any] = orjson.loads(response.get_body())
    return parsed


async def test_every_answer_carries_the_security_headers_and_the_platforms_trace_id() -> None:
    async def handler(call: border.Call) -> func.HttpResponse:
        return border.json_answer(HTTPStatus.OK, {"trace": call.trace_id})

    response = await border.answer(product(), request(), context(), handler)
    assert document(response) == {"trace": TRACE}
    assert response.headers["X-Trace-Id"] == TRACE
    assert {name: response.headers[name] for name in border.ALL_ANSWERS} == border.ALL_ANSWERS


@pytest.mark.parametrize("parent", [None, "", "00-short-1-01", f"00-{TRACE.upper()}-1-01"])
async def test_without_a_usable_trace_a_request_gets_one_of_its_own(parent: str | None) -> None:
    ids = {border.trace_id(product(), context(parent)) for _ in range(2)}
    assert len(ids) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", trace) for trace in ids)


async def test_a_reason_becomes_its_problem_document() -> None:
    response = await raised(errors.RoleMissing("x"))
    assert (response.status_code, response.mimetype) == (403, "application/problem+json")
    assert (document(response)["code"], document(response)["traceId"]) == ("role_missing", TRACE)


async def test_a_fault_of_our_own_says_nothing_and_logs_where_but_not_what(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = await raised(ValueError("hush"))
    assert (response.status_code, document(response)["traceId"]) == (500, TRACE)
    assert b"hush" not in response.get_body()
    assert "ValueError" in caplog.text
    assert "test_border.py" in caplog.text
    assert "hush" not in caplog.text


async def test_a_missing_token_is_challenged() -> None:
    challenge = (await raised(errors.InvalidToken("no token"))).headers["WWW-Authenticate"]
    assert challenge == (
        f'Bearer realm="", authorization_uri="https://login.microsoftonline.com/'
        f'{WHOLE["TENANT_ID"]}/oauth2/v2.0/authorize", '
        f'client_id="{WHOLE["PORTAL_CLIENT_ID"]}", error="invalid_token"'
    )


async def test_a_step_up_is_challenged_with_the_claims_to_ask_for() -> None:
    response = await raised(errors.StepUpRequired("c1"))
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="insufficient_claims"' in challenge
    assert f'claims="{document(response)["claims"]}"' in challenge
    assert challenge.endswith('cc_type="authcontext"')


async def test_nothing_that_a_caller_sent_begins_a_log_record_of_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = errors.Fault(pointer="/a\nERROR forged", detail="is not known")
    with caplog.at_level(logging.INFO):
        await raised(errors.InvalidInput(fault))
    (record,) = caplog.records
    assert "\n" not in record.getMessage()
    assert json.loads(record.getMessage())["trace_id"] == TRACE


def test_the_vendors_that_log_every_address_are_quiet() -> None:
    logging.getLogger("azure.core").setLevel(logging.INFO)
    product()
    quiet = {name: logging.getLogger(name).level for name in ("azure.core", "httpx")}
    assert set(quiet.values()) == {logging.WARNING}


async def test_missing_settings_are_named_whatever_was_asked() -> None:
    response = await raised(errors.SettingsIncomplete(missing=["A"], malformed=["B"]), TENANT_ID="")
    assert response.status_code == 503
    assert (document(response)["missing"], document(response)["malformed"]) == (["A"], ["B"])


async def test_a_run_that_fails_tells_the_host_a_word_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = func.FunctionApp()
    app.register_functions(reminders.blueprint(product(TENANT_ID="hush")))
    (timer,) = app.get_functions()
    with caplog.at_level(logging.DEBUG), pytest.raises(background.InvocationFailed) as failed:
        await timer.get_user_function()(None, context())
    assert str(failed.value) == "settings_incomplete"
    assert '"code": "settings_incomplete", "reason": "TENANT_ID"' in caplog.text
    assert failed.value.__suppress_context__
    assert "hush" not in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (None, 200, "ok"),
        (errors.RoleMissing("x"), 403, "role_missing"),
        (errors.StoreUnavailable("x"), 503, "store_unavailable"),
        (ValueError("hush"), 500, "internal_error"),
    ],
)
async def test_every_answer_is_counted_and_traced_by_its_code(
    error: Exception | None, status: int, code: str
) -> None:
    telemetry = FakeTelemetry()
    await answered(Composition(telemetry=telemetry, read_settings=lambda: read(WHOLE)), error)
    assert telemetry.counts == {("answers", "example", status, code): 1}
    [traced] = telemetry.traced
    assert (traced.function, traced.status, traced.code) == ("example", status, code)
    assert traced.trace_parent == context().trace_context.trace_parent


@pytest.mark.parametrize("error", [None, errors.StoreUnavailable("x"), ValueError("hush")])
def test_what_a_firing_noted_is_handed_over_once_it_is_over(error: Exception | None) -> None:
    telemetry = FakeTelemetry()
    portal = Composition(telemetry=telemetry, read_settings=lambda: read(WHOLE))
    word = getattr(error, "code", type(error).__qualname__)
    with (
        nullcontext() if error is None else pytest.raises(background.InvocationFailed, match=word),
        background.failing_by_a_word("run failed", portal, context()),
    ):
        if error is not None:
            raise error
    [traced] = telemetry.traced
    assert (traced.has_failed, traced.code) == (error is not None, word if error else None)
    assert telemetry.handed_over == 1


def test_without_whole_settings_there_is_no_telemetry_and_no_fault() -> None:
    incomplete = {**WHOLE, "TENANT_ID": "", "APPLICATIONINSIGHTS_CONNECTION_STRING": "x"}
    assert Composition(read_settings=lambda: read(incomplete)).telemetry is QUIET
    assert product().telemetry is QUIET
