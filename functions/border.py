"""The border: a token comes in, an answer with its headers goes out, a fault becomes a problem."""

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import azure.functions as func
import orjson

from functions import problems
from shared.bootstrap import Composition
from shared.domain.access import Principal
from shared.domain.errors import InvalidToken, PortalError, StepUpRequired
from shared.log_records import line
from shared.use_cases.attempts import Attempt

log = logging.getLogger(__name__)

ALL_ANSWERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""Of the API. Other origins read it through CORS, which the platform answers."""

OK: Final = "ok"
"""In the place of a problem's code."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way through."""

    product: Composition
    request: func.HttpRequest
    trace_id: str

    async def principal(self) -> Principal:
        """Return who is calling; raise InvalidToken and its like."""
        authorization = self.request.headers.get("authorization")
        return await self.product.authenticator.principal(authorization)

    def attempt(self, action: str, principal: Principal) -> AbstractAsyncContextManager[Attempt]:
        """Record what the block comes to, on the application that the path names."""
        client_id = self.request.route_params["clientId"]
        return self.product.attempts(action, principal, client_id, self.trace_id)


Handler = Callable[[Call], Awaitable[func.HttpResponse]]


async def answer(
    product: Composition, request: func.HttpRequest, context: func.Context, handler: Handler
) -> func.HttpResponse:
    """Let the handler answer; turn what it raises into a problem document."""
    call = Call(product, request, trace_id(product, context))
    function, telemetry = context.function_name, product.telemetry
    with telemetry.invocation(function, context.trace_context.trace_parent) as traced:
        response, code = await _answered(call, handler)
        traced.came_to(response.status_code, code)
    telemetry.answered(function, response.status_code, code)
    response.headers["X-Trace-Id"] = call.trace_id
    return response


async def _answered(call: Call, handler: Handler) -> tuple[func.HttpResponse, str]:
    """Return the answer, and in one word what it is."""
    try:
        return await handler(call), OK
    except PortalError as error:
        return _refusal(error, call), error.code
    except Exception as error:  # noqa: BLE001 - the host would log what this log must not show
        log_fault(error, call.trace_id)
        return _problem(problems.internal_error(call.trace_id)), problems.INTERNAL


def json_answer(status: HTTPStatus, body: Mapping[str, Any]) -> func.HttpResponse:
    return _response(status, orjson.dumps(body), "application/json", {})


def empty_answer() -> func.HttpResponse:
    return _response(HTTPStatus.NO_CONTENT, b"", "application/json", {})


def log_fault(error: BaseException, trace: str) -> None:
    """Log where a fault of our own arose, and never what its exception says."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    log.error(line("fault", type=type(error).__qualname__, at=places, trace_id=trace))


def trace_id(product: Composition, context: func.Context) -> str:
    """Return the platform's trace id (32 hex digits), or a new one where it gave none."""
    parent = context.trace_context.trace_parent or ""
    match = _TRACEPARENT.fullmatch(parent)
    return match["trace"] if match else product.ids.new().replace("-", "")


def _refusal(error: PortalError, call: Call) -> func.HttpResponse:
    log.info(line("refused", code=error.code, reason=str(error), trace_id=call.trace_id))
    response = _problem(problems.problem(error, call.trace_id))
    if isinstance(error, InvalidToken | StepUpRequired):
        response.headers["WWW-Authenticate"] = _challenge(error, call.product)
    return response


def _challenge(error: InvalidToken | StepUpRequired, product: Composition) -> str:
    settings = product.settings
    authorise = f"{settings.tenant_endpoint}/oauth2/v2.0/authorize"
    parts = [
        'Bearer realm=""',
        f'authorization_uri="{authorise}"',
        f'client_id="{settings.portal_client_id}"',
    ]
    if isinstance(error, StepUpRequired):
        claims = problems.claims_challenge(error.authentication_context)
        parts += ['error="insufficient_claims"', f'claims="{claims}"', 'cc_type="authcontext"']
    else:
        parts.append('error="invalid_token"')
    return ", ".join(parts)


def _problem(problem: problems.Problem) -> func.HttpResponse:
    return _response(problem.status, problem.body, problems.MEDIA_TYPE, problem.headers)


def _response(
    status: HTTPStatus, body: bytes, media_type: str, headers: Mapping[str, str]
) -> func.HttpResponse:
    return func.HttpResponse(
        body=body,
        status_code=status.value,
        mimetype=media_type,
        headers={**ALL_ANSWERS, **headers},
    )
