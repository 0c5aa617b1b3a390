import json
import logging
import re
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import orjson
import pytest

from functions import background, border, reminders
from shared.bootstrap import Composition
from shared.domain import errors
from shared.settings import read
from tests.unit.test_settings import WHOLE

TRACE = "0af7651916cd43dd8448eb211c80319c"


def product(**changes: str) -> Composition:
    return Composition(read_settings=lambda: read(WHOLE | changes))


def context(parent: str | None = f"00-{TRACE}-b7ad6b7169203331-01") -> Any:  # noqa: ANN401 - the platform's own type is abstract
    return SimpleNamespace(trace_context=SimpleNamespace(trace_parent=parent))


def request(**headers: str) -> func.HttpRequest:
    return func.HttpRequest(method="GET", url="http://127.0.0.1/", headers=headers, body=b"")


async def raised(error: Exception, **changes: str) -> func.HttpResponse:
    async def handler(_: border.Call) -> func.HttpResponse:
        raise error

    return await border.answer(product(**changes), request(), context(), handler)


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
