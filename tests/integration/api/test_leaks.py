"""No secret's value, token or key in any log, table or mail; no personal address in any log.

Everything logs at DEBUG, and the product runs in this process, so that all of it is heard.
"""

import base64
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import azure.functions as func
import pytest
from azure.data.tables import TableServiceClient

from functions import applications, reminders, secrets
from shared.bootstrap import Composition
from shared.settings import read
from tests.support.stack import Stack
from tests.support.worlds import Record, credential, new_id


class Ears(logging.Handler):
    """Hears every record, its arguments, extras and traceback included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{self.format(record)} {vars(record)!r}")


@pytest.fixture
def ears() -> Iterator[Ears]:
    """Let every logger speak at DEBUG, whatever it was told before."""
    listening, root = Ears(), logging.getLogger()
    named = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    levels = {logger: logger.level for logger in [root, *named]}
    root.addHandler(listening)
    yield listening
    root.removeHandler(listening)
    for logger, level in levels.items():
        logger.setLevel(level)


def speak_up() -> None:
    for name in ["", *logging.root.manager.loggerDict]:
        # Unpacked at DEBUG, a header block shows the token: the adapter keeps this one quiet.
        if not name.startswith("hpack"):
            logging.getLogger(name or None).setLevel(logging.DEBUG)


@asynccontextmanager
async def functions_of(product: Stack) -> AsyncIterator[dict[str, object]]:
    """Yield the app's functions by name, in this process, on the running stack."""
    composition = Composition(read_settings=lambda: read(product.settings))
    app = func.FunctionApp()
    for blueprint in (applications.blueprint, secrets.blueprint, reminders.blueprint):
        app.register_functions(blueprint(composition))
    yield {str(f.get_function_name()): f.get_user_function() for f in app.get_functions()}
    await composition.close()


async def call(function: object, method: str, token: str, **request: object) -> func.HttpResponse:
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "idempotency-key": new_id(),
    }
    made = func.HttpRequest(
        method=method,
        url="http://127.0.0.1/",
        headers=headers,
        route_params=request.get("route", {}),  # type: ignore[arg-type]  # names to texts
        body=json.dumps(request.get("body", {})).encode(),
    )
    context = SimpleNamespace(trace_context=SimpleNamespace(trace_parent=None))
    response = await function(made, context)  # type: ignore[operator]  # a trigger
    assert isinstance(response, func.HttpResponse)
    return response


def disguises(text: str) -> set[str]:
    """Return a text in the encodings in which it might slip through."""
    raw = text.encode()
    return {text, quote(text, safe=""), base64.b64encode(raw).decode(), raw.hex(), text[::-1]}


def tables(product: Stack) -> str:
    with TableServiceClient.from_connection_string(
        product.settings["TABLES_CONNECTION_STRING"]
    ) as service:
        return repr(
            [
                dict(entity)
                for table in service.list_tables()
                for entity in service.get_table_client(table.name).list_entities()
            ]
        )


async def test_nothing_that_must_stay_secret_is_logged_stored_or_mailed(
    product: Stack, ears: Ears
) -> None:
    world = product.world()
    jane = world.user("Jane Doe")
    old = credential(product.now(), 3)
    application = world.application(world.group(jane), secrets=[old])
    product.load(world)
    token = product.token(jane)
    route = {"clientId": application["appId"]}
    body = {"displayName": "canary", "expiresOn": str((product.now() + timedelta(30)).date())}
    values = []
    async with functions_of(product) as app:
        speak_up()
        await call(app["list_applications"], "GET", token)
        await app["run_reminders"](None, context_of_a_timer())  # type: ignore[operator]  # a trigger
        speak_up()  # the vendors that were imported meanwhile, too
        made = await call(app["create_secret"], "POST", token, route=route, body=body)
        values.append(json.loads(made.get_body())["secretText"])
        await call(app["list_applications"], "GET", token)
        await call(app["delete_secret"], "DELETE", token, route=route | {"keyId": old["keyId"]})
        await call(app["create_secret"], "POST", token[:-9], route=route, body=body)
        product.trap("graph", "drop_answer")
        await call(app["create_secret"], "POST", token, route=route, body=body)
    keep = [*values, *token.split("."), *keys(product)]
    heard, stored = "".join(ears.heard), tables(product)
    mailed = json.dumps(product.accepted())
    assert "attempt" in heard, "the ears hear"
    assert jane["mail"] in mailed, "the reminder was sent"
    for secret in keep:
        for disguise in disguises(secret):
            assert disguise not in heard
            assert disguise not in stored
            assert disguise not in mailed
    assert jane["mail"] not in heard
    assert heard_nothing_of_reasons(ears.heard)


def context_of_a_timer() -> SimpleNamespace:
    return SimpleNamespace(trace_context=SimpleNamespace(trace_parent=None))


def keys(product: Stack) -> list[str]:
    """Return the keys that the connection strings hold."""
    return [
        part.partition("=")[2]
        for name in ("TABLES_CONNECTION_STRING", "EMAIL_CONNECTION_STRING")
        for part in product.settings[name].split(";")
        if part.lower().startswith(("accountkey", "accesskey"))
    ]


def heard_nothing_of_reasons(heard: list[str]) -> bool:
    """Tell whether no record holds a traceback: its lines could show what an exception says."""
    return not any("Traceback (most recent call last)" in record for record in heard)


def test_the_disguises_are_those_a_leak_would_wear(product: Stack) -> None:
    record: Record = {"secretText": "Q_e8Q~value"}
    seen = json.dumps(record) + quote(record["secretText"], safe="")
    assert any(disguise in seen for disguise in disguises("Q_e8Q~value"))
    assert keys(product)
