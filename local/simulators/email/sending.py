"""The two endpoints that the SDK calls, and the traps that stand before them."""

import asyncio
import re
from collections.abc import Callable

from aiohttp import web

from local.simulators.common import cut_connection, new_guid
from local.simulators.email import errors
from local.simulators.email.messages import Message, parsed
from local.simulators.email.signature import check
from local.simulators.email.state import State

MAX_BYTES = 10 * 1024**2
API_VERSIONS = {"2023-03-31", "2024-07-01-preview", "2025-09-01"}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RETRY_AFTER = {"retry-after": "30"}

Endpoint = Callable[[State, web.Request, bytes], web.Response]


def send(state: State, request: web.Request, body: bytes) -> web.Response:
    """Accept a mail: 202 with the operation."""
    given = request.headers.get("Operation-Id")
    if given is not None and GUID.fullmatch(given.lower()) is None:
        raise errors.bad_request("The Operation-Id is not a UUID.")
    operation_id = (given or new_guid()).lower()
    message = parsed(body)
    _refuse(state, message)
    late = state.traps.fire("late_accept")
    if late:
        state.take_later(operation_id, message, late["seconds"])
        return cut_connection(request)
    operation = state.take(operation_id, message)
    path = f"/emails/operations/{operation.id}?api-version={request.query['api-version']}"
    headers = {"Operation-Location": f"{request.scheme}://{request.host}{path}", **RETRY_AFTER}
    shown = {"id": operation.id, "status": "Running", "error": None}
    return web.json_response(shown, status=202, headers=headers)


def _refuse(state: State, message: Message) -> None:
    denied = state.traps.fire("denied_sender")
    if denied:
        raise errors.denied_sender(denied["status"])
    addresses = message.recipients.addresses
    if any(state.traps.struck("invalid_address", [each]) for each in addresses):
        raise errors.invalid_address()
    suppressed = state.traps.value("suppressed") or {"answered": None}
    if suppressed["answered"] == "send" and state.traps.struck("suppressed", addresses):
        raise errors.suppressed()


def status(state: State, request: web.Request, _: bytes) -> web.Response:
    """Tell what became of an operation."""
    shown = state.status(request.match_info["id"].lower())
    done = shown["status"] not in {"NotStarted", "Running"}
    return web.json_response(shown, headers={} if done else RETRY_AFTER)


async def served(state: State, request: web.Request, endpoint: Endpoint) -> web.StreamResponse:
    """Answer as the service does, with whatever traps are on."""
    slow = state.traps.fire("slow", request)
    if slow:
        await asyncio.sleep(slow["milliseconds"] / 1000)
    try:
        body = await request.read()
        _admit(state, request, body)
        return await _answered(state, request, body, endpoint)
    except web.HTTPRequestEntityTooLarge:
        return errors.too_large().response()
    except errors.EmailError as refusal:
        return refusal.response()


def _admit(state: State, request: web.Request, body: bytes) -> None:
    if state.traps.fire("unauthorised", request):
        raise errors.denied()
    check(request, body, state.access_key, state.real())
    throttle = state.traps.fire("throttle", request)
    if throttle:
        raise errors.throttled(throttle["retryAfter"])
    if request.query.get("api-version") not in API_VERSIONS:
        raise errors.bad_request("The api-version is missing or not supported.")


async def _answered(
    state: State, request: web.Request, body: bytes, endpoint: Endpoint
) -> web.StreamResponse:
    failing = state.traps.fire("server_error", request)
    dropping = state.traps.fire("drop_answer", request)
    faults = [trap for trap in (failing, dropping) if trap]
    if all(trap["accepted"] for trap in faults):
        response = endpoint(state, request, body)
        if not faults:
            return await _sent(state, request, response)
    if failing and not dropping:
        raise errors.server_error(failing["status"], failing["retryAfter"])
    return cut_connection(request)


async def _sent(state: State, request: web.Request, response: web.Response) -> web.StreamResponse:
    body = response.body
    truncated = response.status == 202 and state.traps.fire("truncated_answer")  # noqa: PLR2004 - HTTP
    if not truncated or not isinstance(body, bytes):
        return response
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    cut.content_length = len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut
