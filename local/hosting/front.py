"""HTTP requests as the Functions host hands them to the worker, and its answers."""

from collections.abc import Iterable, Sequence

import azure.functions as func
from aiohttp import web

from local.hosting.index import HttpTrigger
from local.hosting.invocation import InvocationContext, InvocationError, invoke
from local.hosting.routes import decoded


class Front:
    """All HTTP functions behind one handler. `triggers`: most specific route first."""

    def __init__(self, triggers: Sequence[HttpTrigger]) -> None:
        self._triggers = triggers

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request; 404 for an unknown path and for a wrong method alike."""
        path = decoded(request.rel_url.raw_path)
        for trigger in self._triggers:
            parameters = trigger.route.match(path)
            if parameters is not None and _allows(trigger, request.method):
                return await _answer(trigger, request, dict(parameters))
        return web.Response(status=404)


def _allows(trigger: HttpTrigger, method: str) -> bool:
    return trigger.methods is None or method.upper() in trigger.methods


async def _answer(
    trigger: HttpTrigger, request: web.Request, parameters: dict[str, str]
) -> web.Response:
    context = InvocationContext(
        trigger.function.name,
        request.headers.get("traceparent", ""),
        request.headers.get("tracestate", ""),
    )
    argument = await _as_functions_see_it(request, parameters)
    try:
        return await invoke(trigger.function, argument, context, _response)
    except InvocationError:
        return web.Response(status=500)


async def _as_functions_see_it(
    request: web.Request, parameters: dict[str, str]
) -> func.HttpRequest:
    # The real host forwards a body only where its length is announced.
    body = await request.read() if request.content_length else b""
    return func.HttpRequest(
        method=request.method,
        url=str(request.url),
        headers=_joined(request.headers.items()),  # it makes the names lower-case
        params={name: value for name, value in _joined(request.query.items()).items() if value},
        route_params=parameters,
        body=body,
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each name once, as first written, with all its values. Case does not tell apart."""
    joined: dict[str, tuple[str, list[str]]] = {}
    for name, value in pairs:
        joined.setdefault(name.lower(), (name, []))[1].append(value)
    return {name: ",".join(values) for name, values in joined.values()}


def _response(returned: object) -> web.Response:
    answer = func.HttpResponse(returned) if isinstance(returned, str) else returned
    if not isinstance(answer, func.HttpResponse):
        raise TypeError(f"an HTTP function returned a {type(returned).__name__}")
    headers = dict(answer.headers)
    if "content-type" not in answer.headers:
        charset = f"; charset={answer.charset}" if answer.mimetype.startswith("text/") else ""
        headers["Content-Type"] = f"{answer.mimetype}{charset}"
    return web.Response(status=answer.status_code, headers=headers, body=answer.get_body())
