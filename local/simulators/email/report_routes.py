"""Where delivery reports are asked for, seen and raised by hand. The service has none of it."""

from typing import Any

from aiohttp import web
from yarl import URL

from local.origin import HERE
from local.simulators.common import json_object
from local.simulators.email.courier import Courier
from local.simulators.email.errors import EmailError
from local.simulators.email.outcomes import DETAILS
from local.simulators.email.state import State


def report_routes(state: State, courier: Courier) -> list[web.RouteDef]:
    """Return the routes of the delivery reports.

    `PUT /dev/reports` {url}: whom to tell from now on; null: nobody.
    `GET /dev/reports`: {url, reports: [{id, operationId, recipient, status, raisedAt, answers,
    ended}]}, each report once for each time that it was raised, never one less.
    `GET /dev/reports/settled`: the same, once every report that is due was taken or given up.
    `POST /dev/reports` {operationId, status}: one more of an operation that is known.
    """

    async def subscribe(request: web.Request) -> web.Response:
        url = (await json_object(request)).get("url")
        try:
            state.reports.url = None if url is None else on_this_machine(url)
        except ValueError as fault:
            raise web.HTTPBadRequest(text=str(fault)) from fault
        return web.Response(status=204)

    async def show(_: web.Request) -> web.Response:
        return web.json_response(state.reports.described())

    async def settled(_: web.Request) -> web.Response:
        await courier.settled()
        return web.json_response(state.reports.described())

    async def report(request: web.Request) -> web.Response:
        body = await json_object(request)
        operation_id, status = body.get("operationId"), _status(body)
        try:
            state.report(str(operation_id).lower(), status)
        except EmailError as refusal:
            return refusal.response()
        return web.Response(status=204)

    return [
        web.put("/dev/reports", subscribe),
        web.get("/dev/reports", show),
        web.get("/dev/reports/settled", settled),
        web.post("/dev/reports", report),
    ]


def on_this_machine(url: object) -> str:
    """Return an address that reports may go to; ValueError for one beyond this machine."""
    parsed = URL(url) if isinstance(url, str) else URL()
    if parsed.scheme != "http" or HERE.fullmatch(parsed.authority) is None:
        raise ValueError("url is an http address on this machine, or null.")
    return str(url)


def _status(body: dict[str, Any]) -> str:
    status = body.get("status")
    if not isinstance(status, str) or status not in DETAILS:
        raise web.HTTPBadRequest(text=f"status is one of {', '.join(DETAILS)}.")
    return status
