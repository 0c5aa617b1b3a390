"""The product as the worker runs it: its functions by name, called on this process's loop."""

import importlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

import azure.functions as func
from azure.functions.timer import TimerRequest

from local.hosting.clock import HostClock
from local.hosting.index import Surroundings, index, load
from local.hosting.invocation import InvocationContext
from local.settings import environment

MORNING = time(6, tzinfo=UTC)

WARM = (
    "azure.core.pipeline.transport._aiohttp",
    "httpcore",
    "shared.adapters.acs_mailer",
    "shared.adapters.graph_client",
    "shared.adapters.graph_directory",
    "shared.adapters.mail_calendar",
    "shared.adapters.table_ledger",
    "shared.adapters.table_secrets",
)
"""What a process has imported once it has answered and mailed."""


class Product:
    """The app of `function_app`, on today's date at six in the morning if it `wakes`."""

    def __init__(self, *, wakes: bool = False) -> None:
        clock = HostClock()
        if wakes:
            now = clock.now()
            clock.offset = datetime.combine(now.date(), MORNING) - now
        surroundings = Surroundings(route_prefix="", settings=environment(), now=clock.now())
        found = index(load("function_app", clock), surroundings)
        self._functions = {each.function.name: each.function for each in found.triggers}

    async def fire(self) -> None:
        """Run the reminders, as the timer does."""
        function = self._functions["run_reminders"]
        context = InvocationContext(function.name)
        await function.call(**{function.parameter: TimerRequest(), "context": context})

    async def ask(
        self,
        name: str,
        token: str,
        *,
        route: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Any:  # noqa: ANN401 - a JSON document
        """Call an HTTP function; return its document, None where there is none.

        ValueError if it refuses.
        """
        function = self._functions[name]
        request = func.HttpRequest(
            method="GET",
            url="http://127.0.0.1/api",
            headers={"authorization": f"Bearer {token}", **(headers or {})},
            params={},
            route_params=dict(route or {}),
            body=b"" if body is None else json.dumps(body).encode(),
        )
        answer = await function.call(
            **{function.parameter: request, "context": InvocationContext(name)}
        )
        content: bytes = answer.get_body()
        if answer.status_code >= 400:  # noqa: PLR2004 - HTTP's refusals
            raise ValueError(f"{name}: {answer.status_code} {content!r}")
        return json.loads(content) if content else None


def warmed() -> None:
    """Import what the first call would."""
    for module in WARM:
        importlib.import_module(module)
