"""The app's functions in the test's own process, on a running stack, and what that stack keeps."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import azure.functions as func
from azure.data.tables import TableServiceClient

from functions import applications, reminders, secrets
from shared.bootstrap import Composition
from shared.ports.system import Clock
from shared.settings import read
from tests.support.stack import Stack
from tests.support.worlds import new_id


def context(function: str) -> Any:  # noqa: ANN401 - the platform's own type is abstract
    """Return what a function learns of its own call."""
    return SimpleNamespace(function_name=function, trace_context=SimpleNamespace(trace_parent=None))


class Portal:
    """The triggers, called as the worker calls them."""

    def __init__(self, product: Composition) -> None:
        app = func.FunctionApp()
        for blueprint in (applications.blueprint, secrets.blueprint, reminders.blueprint):
            app.register_functions(blueprint(product))
        self._triggers: dict[str, Any] = {
            str(each.get_function_name()): each.get_user_function() for each in app.get_functions()
        }

    async def fire(self) -> None:
        await self._triggers["run_reminders"](None, context("run_reminders"))

    async def list(self, token: str) -> func.HttpResponse:
        return await self._call("list_applications", _request("GET", token))

    async def create(
        self, token: str, client_id: str, body: Mapping[str, object], key: str | None = None
    ) -> func.HttpResponse:
        """Create a secret; with a fresh Idempotency-Key, unless one is given."""
        route = {"clientId": client_id}
        request = _request("POST", token, route, json.dumps(body).encode(), key=key)
        return await self._call("create_secret", request)

    async def delete(self, token: str, client_id: str, key_id: str) -> func.HttpResponse:
        route = {"clientId": client_id, "keyId": key_id}
        return await self._call("delete_secret", _request("DELETE", token, route))

    async def _call(self, name: str, request: func.HttpRequest) -> func.HttpResponse:
        answer: func.HttpResponse = await self._triggers[name](request, context(name))
        return answer


def _request(
    method: str,
    token: str,
    route: Mapping[str, str] | None = None,
    body: bytes = b"",
    key: str | None = None,
) -> func.HttpRequest:
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "idempotency-key": key or new_id(),
    }
    return func.HttpRequest(
        method=method,
        url="http://127.0.0.1/",
        headers=headers,
        route_params=dict(route or {}),
        body=body,
    )


@asynccontextmanager
async def portal_on(
    stack: Stack, clock: Clock | None = None, **settings: str
) -> AsyncIterator[Portal]:
    """Yield the functions, by the stack's settings but for these."""
    values = {**stack.settings, **settings}
    product = Composition(clock=clock, read_settings=lambda: read(values))
    try:
        yield Portal(product)
    finally:
        await product.close()


def rows(stack: Stack) -> str:
    """Return every row of every table."""
    connection = stack.settings["TABLES_CONNECTION_STRING"]
    with TableServiceClient.from_connection_string(connection) as service:
        return repr(
            [
                dict(entity)
                for table in service.list_tables()
                for entity in service.get_table_client(table.name).list_entities()
            ]
        )


def mails(stack: Stack) -> str:
    """Return every mail that was ever accepted."""
    return json.dumps(stack.accepted(), ensure_ascii=False)


def told(answer: func.HttpResponse) -> str:
    """Return all of an answer."""
    return f"{answer.status_code} {dict(answer.headers)} {answer.get_body().decode()}"
