"""The mail service's refusals, in its own words where they are known."""

from aiohttp import web


class EmailError(Exception):
    """A refusal; `retry_after` is in seconds, None leaves the header out."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def response(self) -> web.Response:
        """Return the answer that carries it."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        body = {"error": {"code": self.code, "message": self.message}}
        return web.json_response(body, status=self.status, headers=headers)


SUPPRESSED = (
    "EmailDroppedAllRecipientsSuppressed",
    "Message dropped because all recipients were suppressed",
)
_SENDER = {
    400: ("InvalidSenderUserName", "The sender's user name is not known for its domain."),
    403: ("Forbidden", "The sender is not allowed for this resource."),
    404: ("DomainNotLinked", "The specified sender domain has not been linked."),
}
_SERVER = {
    500: ("InternalServerError", "An unexpected error occurred."),
    502: ("BadGateway", "The upstream service gave an invalid answer."),
    503: ("ServiceUnavailable", "The service is unavailable. Please retry later."),
    504: ("GatewayTimeout", "The upstream service did not answer in time."),
}


def bad_request(message: str) -> EmailError:
    """Return the refusal of a request that is not well formed."""
    return EmailError(400, "BadRequest", message)


def invalid_property(path: str) -> EmailError:
    """Return the refusal of one property of the message."""
    return bad_request(f"Request body validation error. See property '{path}'")


def invalid_address() -> EmailError:
    """Return the refusal of a recipient's address."""
    return EmailError(400, "InvalidEmailAddress", "Invalid format for email address")


def suppressed() -> EmailError:
    """Return the refusal of a mail that nobody would get."""
    return EmailError(400, *SUPPRESSED)


def denied() -> EmailError:
    """Return the refusal of a signature."""
    return EmailError(401, "Denied", "Denied by the resource provider.")


def denied_sender(status: int) -> EmailError:
    """Return a refusal of the sender: 400, 403 or 404."""
    return EmailError(status, *_SENDER[status])


def not_found(operation_id: str) -> EmailError:
    """Return the refusal for an operation that is not known."""
    return EmailError(
        404,
        "NotFound",
        "Requested message could not be located. Couldn't find a record with the messageID: "
        + operation_id,
    )


def conflict() -> EmailError:
    """Return the refusal of a known Operation-Id with another message."""
    return EmailError(409, "Conflict", "The Operation-Id was used for another request.")


def too_large() -> EmailError:
    """Return the refusal of a message over the limit."""
    return EmailError(413, "RequestEntityTooLarge", "The message exceeds the allowed size.")


def throttled(retry_after: int | None) -> EmailError:
    """Return a 429."""
    message = "The call volume has exceeded the quota of the subscription. Please retry later."
    return EmailError(429, "TooManyRequests", message, retry_after=retry_after)


def server_error(status: int, retry_after: int | None) -> EmailError:
    """Return a 500, 502, 503 or 504."""
    return EmailError(status, *_SERVER[status], retry_after=retry_after)
