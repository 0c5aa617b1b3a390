"""The one table from reasons to HTTP answers: RFC 9457 problem documents."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from shared.domain import errors

MEDIA_TYPE = "application/problem+json"
BRIEFLY = 5
"""Seconds after which to ask again about a write of somebody's that is under way."""

UNTIL_MENDED = 60
"""Seconds after which to ask again of a portal that is not set up."""

_ID = "tag:wmda.info,2026:problem:"
INTERNAL = "internal_error"


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a reason is told: nothing of it depends on the object, but for what the error holds."""

    status: HTTPStatus
    detail: str


PRESENTATIONS: Mapping[type[errors.PortalError], Presentation] = {
    errors.InvalidToken: Presentation(HTTPStatus.UNAUTHORIZED, "A valid access token is needed."),
    errors.StepUpRequired: Presentation(
        HTTPStatus.UNAUTHORIZED, "Sign in again with multi-factor authentication."
    ),
    errors.StepUpUnsupported: Presentation(
        HTTPStatus.FORBIDDEN,
        "Multi-factor authentication is needed, and this client cannot ask for it.",
    ),
    errors.RoleMissing: Presentation(
        HTTPStatus.FORBIDDEN, "This needs a role that your account does not have."
    ),
    errors.TooManyGroups: Presentation(
        HTTPStatus.FORBIDDEN, "Your account is in more groups than an access token can name."
    ),
    errors.ApplicationNotFound: Presentation(
        HTTPStatus.NOT_FOUND, "There is no such application that you manage."
    ),
    errors.ApplicationPrivileged: Presentation(
        HTTPStatus.FORBIDDEN,
        "This application may reach more than the APIs that are managed here. Ask support.",
    ),
    errors.InvalidInput: Presentation(
        HTTPStatus.UNPROCESSABLE_ENTITY, "The request breaks one or more rules."
    ),
    errors.UnsupportedContentType: Presentation(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json."
    ),
    errors.LifetimeRefused: Presentation(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A policy of the tenant refuses this expiry date. Choose an earlier one.",
    ),
    errors.TooManySecrets: Presentation(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The application has as many secrets as it may have. Delete one first.",
    ),
    errors.DirectoryRefused: Presentation(
        HTTPStatus.UNPROCESSABLE_ENTITY, "Microsoft Entra ID refused the change. Ask support."
    ),
    errors.LastValidSecret: Presentation(
        HTTPStatus.CONFLICT,
        "This is the last valid secret: deleting it stops every connection of the application. "
        "Repeat with confirmLast=true to do so.",
    ),
    errors.AlreadyCreated: Presentation(
        HTTPStatus.CONFLICT,
        "This request has already created a secret, and its value cannot be shown again. "
        "Delete that secret and create another.",
    ),
    errors.CreateInProgress: Presentation(
        HTTPStatus.CONFLICT, "The first request with this Idempotency-Key is still under way."
    ),
    errors.CreateAborted: Presentation(
        HTTPStatus.CONFLICT,
        "The first request with this Idempotency-Key came to nothing. Take a new key.",
    ),
    errors.IdempotencyKeyReused: Presentation(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "This Idempotency-Key belongs to a request with another body. Take a new key.",
    ),
    errors.ApplicationBusy: Presentation(
        HTTPStatus.CONFLICT,
        "Another change to this application is under way. Try again shortly; "
        "a create takes a new Idempotency-Key.",
    ),
    errors.Throttled: Presentation(
        HTTPStatus.TOO_MANY_REQUESTS, "Too many requests. Try again later."
    ),
    errors.DirectoryUnavailable: Presentation(
        HTTPStatus.SERVICE_UNAVAILABLE, "Microsoft Entra ID does not answer. Try again later."
    ),
    errors.DirectoryBusy: Presentation(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Microsoft Entra ID is busy, and nothing was changed. Try again later; "
        "a create takes a new Idempotency-Key.",
    ),
    errors.OutcomeUnknown: Presentation(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The change was sent and its answer lost. Repeat the same request to learn the outcome.",
    ),
    errors.StoreUnavailable: Presentation(
        HTTPStatus.SERVICE_UNAVAILABLE, "The portal's storage does not answer. Try again later."
    ),
    errors.KeysUnavailable: Presentation(
        HTTPStatus.SERVICE_UNAVAILABLE, "Access tokens cannot be checked now. Try again later."
    ),
    errors.SettingsIncomplete: Presentation(
        HTTPStatus.SERVICE_UNAVAILABLE, "The portal is not set up completely."
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document, ready to be sent."""

    status: HTTPStatus
    body: bytes
    headers: Mapping[str, str]


def problem(error: errors.PortalError, trace_id: str) -> Problem:
    """Return the answer to a reason.

    The trace id is in every document but the 404s, which must be the same bytes for whatever the
    caller must not tell apart.
    """
    shown = PRESENTATIONS[type(error)]
    document = _document(shown.status, error.code, shown.detail) | _extensions(error)
    if not isinstance(error, errors.ApplicationNotFound):
        document["traceId"] = trace_id
    return Problem(shown.status, orjson.dumps(document), _headers(document))


def internal_error(trace_id: str) -> Problem:
    """Return the answer to a fault of our own: a trace id, and nothing else."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    document = _document(status, INTERNAL, "Something went wrong.") | {"traceId": trace_id}
    return Problem(status, orjson.dumps(document), {})


def _document(status: HTTPStatus, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"{_ID}{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
    }


def _extensions(error: errors.PortalError) -> dict[str, Any]:
    match error:
        case errors.InvalidInput():
            faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in error.faults]
            return {"errors": faults}
        case errors.AlreadyCreated():
            return {"keyId": error.key_id}
        case errors.TemporarilyUnavailable():
            return {"retryAfterSeconds": error.retry_after}
        case errors.CreateInProgress() | errors.ApplicationBusy():
            return {"retryAfterSeconds": BRIEFLY}
        case errors.StepUpRequired():
            return {"claims": claims_challenge(error.authentication_context)}
        case errors.SettingsIncomplete():
            named = {"missing": error.missing, "malformed": error.malformed}
            return {**named, "retryAfterSeconds": UNTIL_MENDED}
        case _:
            return {}


def claims_challenge(authentication_context: str) -> str:
    """Return the claims that the client must ask Entra for, as Entra's libraries take them."""
    wanted = {"acrs": {"essential": True, "value": authentication_context}}
    return base64.b64encode(orjson.dumps({"access_token": wanted})).decode()


def _headers(document: Mapping[str, Any]) -> dict[str, str]:
    if "retryAfterSeconds" not in document:
        return {}
    return {"Retry-After": str(document["retryAfterSeconds"])}
