"""One fault in an import or a binding takes every function of the app down: these index it all."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import azure.functions as func
import pytest
from azure.functions.decorators.function_app import Function

import function_app
from functions import page

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "list_applications": ("GET", "api/applications"),
    "create_secret": ("POST", "api/applications/{clientId}/secrets"),
    "delete_secret": ("DELETE", "api/applications/{clientId}/secrets/{keyId}"),
    "coverage": ("GET", "api/coverage"),
    "forecast": ("GET", "api/forecast"),
    "config": ("GET", "api/config"),
    "health": ("GET", "api/health"),
    "openapi": ("GET", "api/openapi.json"),
}
PAGE = {
    "page": ("GET", "manage-clients"),
    "page_asset": ("GET", "manage-clients/assets/{version}/{name}"),
    "page_by_its_other_name": ("GET", "manage-api-credentials"),
}
TIMERS = {"run_reminders": "%REMINDER_SCHEDULE%"}
EVENTS = {"delivery_reports"}
BOUND_TYPES = {
    "httpTrigger": func.HttpRequest,
    "timerTrigger": func.TimerRequest,
    "eventGridTrigger": func.EventGridEvent,
}


@pytest.fixture(scope="module")
def registered() -> dict[str, Function]:
    return {str(each.get_function_name()): each for each in function_app.build().get_functions()}


def triggers_of(registered: dict[str, Function], kind: str) -> dict[str, dict[str, Any]]:
    triggers = {name: function.get_trigger() for name, function in registered.items()}
    described = {name: trigger.get_dict_repr() for name, trigger in triggers.items() if trigger}
    assert described.keys() == registered.keys()
    return {name: trigger for name, trigger in described.items() if trigger["type"] == kind}


def test_every_function_is_registered_with_its_route_and_method(
    registered: dict[str, Function],
) -> None:
    routes = {
        name: ([method.value for method in trigger["methods"]], trigger["route"])
        for name, trigger in triggers_of(registered, "httpTrigger").items()
    }
    expected = EXPECTED | PAGE
    assert routes == {name: ([method], route) for name, (method, route) in expected.items()}


def test_every_timer_is_registered_with_its_schedule(registered: dict[str, Function]) -> None:
    timers = triggers_of(registered, "timerTrigger")
    assert {name: trigger["schedule"] for name, trigger in timers.items()} == TIMERS
    assert not any(trigger["runOnStartup"] for trigger in timers.values())


def test_every_function_that_takes_events_is_registered(registered: dict[str, Function]) -> None:
    assert triggers_of(registered, "eventGridTrigger").keys() == EVENTS


def test_every_http_trigger_is_anonymous_since_bearer_tokens_are_judged_here(
    registered: dict[str, Function],
) -> None:
    levels = {t["authLevel"].value for t in triggers_of(registered, "httpTrigger").values()}
    assert levels == {"anonymous"}


def test_names_are_such_as_the_host_indexes(registered: dict[str, Function]) -> None:
    assert all(re.fullmatch(r"[a-z][a-z0-9_-]{0,127}", name) for name in registered)
    assert set(registered) == EXPECTED.keys() | PAGE.keys() | TIMERS.keys() | EVENTS


def test_parameters_match_the_bindings_and_their_types(registered: dict[str, Function]) -> None:
    for name, function in registered.items():
        handler = function.get_user_function()
        bound = {
            binding.get_dict_repr()["name"]: binding.get_dict_repr()["type"]
            for binding in function.get_bindings()
            if binding.get_dict_repr()["name"] != "$return"
        }
        parameters = set(inspect.signature(handler).parameters) - {"context"}
        assert parameters == set(bound), name
        hints = get_type_hints(handler)
        for parameter in parameters:
            assert hints[parameter] is BOUND_TYPES[bound[parameter]], name
        assert hints["context"] is func.Context
        assert hints["return"] in {func.HttpResponse, type(None)}
        assert inspect.iscoroutinefunction(handler), name


def test_importing_it_with_an_empty_environment_registers_every_function() -> None:
    code = "import function_app as f; print(len(list(f.app.get_functions())))"
    run = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], env={}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [str(len(EXPECTED) + len(PAGE) + len(TIMERS) + len(EVENTS))]


def test_importing_it_imports_no_vendor_that_the_first_request_may_not_need() -> None:
    code = "import sys, function_app; print(*sorted(m for m in sys.modules if '.' not in m))"
    run = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], env={}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    graph = {"kiota_http", "msgraph"}
    slow = {
        "aiohttp",
        "cryptography",
        "httpx",
        "icalendar",
        "jinja2",
        "jwt",
        "opentelemetry",
        *graph,
    }
    assert not slow & set(run.stdout.split())


def test_the_contract_names_exactly_the_registered_routes_of_the_api() -> None:
    document = json.loads(Path(page.__file__).with_name("openapi.json").read_text())
    operations = {
        operation["operationId"]: (method.upper(), path.removeprefix("/"))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert operations == EXPECTED
