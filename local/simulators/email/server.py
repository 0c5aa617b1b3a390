"""The addresses of this mail service."""

from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from local.origin import refusing_others
from local.simulators.common import DEV_PREFIX, dev_routes
from local.simulators.email.courier import PAUSES, Courier
from local.simulators.email.inbox import inbox_routes
from local.simulators.email.report_routes import report_routes
from local.simulators.email.sending import MAX_BYTES, Endpoint, send, served, status
from local.simulators.email.state import State


def application(state: State, pauses: Sequence[float] = PAUSES) -> web.Application:
    """Return the server of this state; `pauses`, in seconds, lie between the tries of a report."""
    courier = Courier(state, pauses)

    def serving(endpoint: Endpoint) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await served(state, request, endpoint)

        return handler

    async def accepted(_: web.Request) -> web.Response:
        return web.json_response({"accepted": state.accepted()})

    app = web.Application(
        middlewares=[refusing_others((DEV_PREFIX,)), state.log.middleware()],
        client_max_size=MAX_BYTES,
    )
    app.add_routes(
        [
            web.post("/emails:send", serving(send)),
            web.get("/emails/operations/{id}", serving(status)),
            web.get("/dev/accepted", accepted),
            *dev_routes(state.clock, state.traps, state.log),
            *report_routes(state, courier),
            *inbox_routes(state),
        ]
    )
    app.cleanup_ctx.append(courier.while_serving)
    return app
