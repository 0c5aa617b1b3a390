"""Events as Event Grid posts them to the real host's webhook, and events sent by hand."""

import asyncio
import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from azure.functions.eventgrid import EventGridEventInConverter
from azure.functions.meta import Datum

from local.hosting.index import EventGridTrigger
from local.hosting.invocation import InvocationContext, InvocationError, invoke, nothing

WEBHOOK: Final = "/runtime/webhooks/eventgrid"

log = logging.getLogger("local.host")


class Events:
    """All functions of an app that take events."""

    def __init__(self, triggers: Sequence[EventGridTrigger]) -> None:
        self._triggers = {trigger.function.name: trigger for trigger in triggers}

    async def receive(self, request: web.Request) -> web.Response:
        """Answer Event Grid: 202 once a function has taken every event, 500 if one call failed.

        Event Grid then brings them all again. A subscription is validated by its own code.
        """
        trigger = self._triggers.get(request.query.get("functionName", ""))
        if trigger is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        match request.headers.get("aeg-event-type", "").lower():
            case "subscriptionvalidation":
                return web.json_response({"validationResponse": await _validation_code(request)})
            case "notification":
                events = await _events(request)
                succeeded = await asyncio.gather(*(_taken(trigger, each) for each in events))
                return _answer(succeeded=all(succeeded))
            case "unsubscribe":
                return web.Response(status=HTTPStatus.ACCEPTED)
            case _:
                raise web.HTTPBadRequest(text="aeg-event-type is missing or not known.")

    async def run(self, name: str, written: object) -> web.Response:
        """Answer to an event sent by hand, written as JSON; function names ignore case."""
        named = {known.lower(): trigger for known, trigger in self._triggers.items()}
        trigger = named.get(name.lower())
        if trigger is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        event = _parsed(written if isinstance(written, str) else "")
        if not isinstance(event, dict):
            raise web.HTTPBadRequest(text="The input is not an event, written as JSON.")
        return _answer(succeeded=await _taken(trigger, event))


async def _taken(trigger: EventGridTrigger, event: dict[str, Any]) -> bool:
    """Call the function with what the worker makes of an event; return whether it succeeded."""
    name = trigger.function.name
    try:
        decoded = EventGridEventInConverter.decode(
            Datum(json.dumps(event), "json"), trigger_metadata=None
        )
    except Exception:
        log.exception("function=%s can't be given this event", name)
        return False
    try:
        await invoke(trigger.function, decoded, InvocationContext(name), nothing)
    except InvocationError:
        return False
    return True


async def _events(request: web.Request) -> list[dict[str, Any]]:
    """Return the events of a body: a list, or one alone as CloudEvents have it."""
    content = _parsed(await request.read())
    given = content if isinstance(content, list) else [content]
    events = [event for event in given if isinstance(event, dict)]
    if len(events) != len(given):
        raise web.HTTPBadRequest(text="The body is not a list of events.")
    return events


async def _validation_code(request: web.Request) -> str:
    match await _events(request):
        case [{"data": {"validationCode": str(code)}}, *_]:
            return code
        case _:
            raise web.HTTPBadRequest(text="The event holds no validationCode.")


def _parsed(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except ValueError as fault:
        raise web.HTTPBadRequest(text="This is not JSON.") from fault


def _answer(*, succeeded: bool) -> web.Response:
    status = HTTPStatus.ACCEPTED if succeeded else HTTPStatus.INTERNAL_SERVER_ERROR
    return web.Response(status=status)
