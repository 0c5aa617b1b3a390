"""Graph's refusals, in its own words where they are known."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiohttp import web

from local.simulators.common import new_guid


class GraphError(Exception):
    """A refusal; `details` are Graph's, `headers` are added to the answer's."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers or {}

    def response(self, now: datetime) -> web.Response:
        """Return the answer that carries it."""
        request_id = new_guid()
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = self.details
        error["innerError"] = {
            "date": f"{now:%Y-%m-%dT%H:%M:%S}",
            "request-id": request_id,
            "client-request-id": request_id,
        }
        headers = {"request-id": request_id, "client-request-id": request_id, **self.headers}
        return web.json_response({"error": error}, status=self.status, headers=headers)


def bad_request(message: str) -> GraphError:
    """Return the refusal of a value."""
    return GraphError(400, "Request_BadRequest", message)


def unsupported(message: str) -> GraphError:
    """Return the refusal of a query that Graph understands but does not serve."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def malformed(message: str) -> GraphError:
    """Return the refusal of a query that is no OData."""
    return GraphError(400, "BadRequest", message)


def not_found(identifier: str) -> GraphError:
    """Return the refusal for an object that does not exist."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{identifier}' does not exist or one of its queried reference-property objects"
        " are not present.",
    )


def denied() -> GraphError:
    """Return the refusal of a write on an application that the caller does not own."""
    return GraphError(
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )


def throttled(retry_after: int | None) -> GraphError:
    """Return a 429; `retry_after` is in seconds, None leaves the header out."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    message = "Please retry again later."
    return GraphError(429, "TooManyRequests", message, headers=headers)


_SERVER_ERRORS = {
    500: ("InternalServerError", "An unexpected error occurred."),
    502: ("BadGateway", "The upstream service gave an invalid answer."),
    503: ("ServiceUnavailable", "Service unavailable. Please retry later."),
    504: ("GatewayTimeout", "The upstream service did not answer in time."),
}


def server_error(status: int, retry_after: int | None = None) -> GraphError:
    """Return a 500, 502, 503 or 504."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return GraphError(status, *_SERVER_ERRORS[status], headers=headers)


def concurrency(status: int) -> GraphError:
    """Return the refusal of a write beside another; Graph is seen to use 409 and 503."""
    return GraphError(
        status,
        "Directory_ConcurrencyViolation",
        "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
    )
