"""What Graph's refusals and silences mean to the ports."""

import logging
import re
from dataclasses import dataclass

from shared.adapters.graph_answers import Answer, parsed
from shared.adapters.vendor_words import DEFAULT_RETRY_AFTER, bounded, printable
from shared.domain.errors import (
    DirectoryBusy,
    DirectoryRefused,
    DirectoryUnavailable,
    LifetimeRefused,
    OutcomeUnknown,
    PortalError,
    TemporarilyUnavailable,
    Throttled,
    TooManySecrets,
)

log = logging.getLogger(__name__)

BAD_REQUEST = 400
FORBIDDEN = 403
NOT_FOUND = 404
REQUEST_TIMEOUT = 408
TOO_MANY_REQUESTS = 429

_LIFETIME_CODES = frozenset({"CredentialInvalidLifetimeAsPerAppPolicy", "InvalidKeyEndDate"})
_LIFETIME_WORDS = re.compile(r"credential end date is invalid", re.IGNORECASE)
_SIZE_CODES = frozenset({"Directory_ResourceSizeExceeded"})
_SIZE_WORDS = re.compile(r"not allowed to add \d+ passwords", re.IGNORECASE)
_CONCURRENCY_CODES = frozenset({"Directory_ConcurrencyViolation"})
_NO_SUCH_SECRET = re.compile(r"no password credential found", re.IGNORECASE)
_DENIED = frozenset({"Authorization_RequestDenied"})
_NO_SUCH_OBJECT = frozenset({"Request_ResourceNotFound", "ResourceNotFound"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Graph's error object: all of its codes, and its message."""

    codes: frozenset[str]
    message: str


def refusal(answer: Answer) -> Refusal:
    """Return what the error object says; nothing where there is none, as in a gateway's HTML."""
    error = _member(parsed(answer.body), "error")
    details = _member(error, "details")
    objects = [error, *(details if isinstance(details, list) else ())]
    codes = (_member(each, "code") for each in objects)
    message = _member(error, "message")
    return Refusal(
        codes=frozenset(code for code in codes if isinstance(code, str)),
        message=message if isinstance(message, str) else "",
    )


def _member(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None


def says_absent(answer: Answer) -> bool:
    """Tell whether Graph itself says that the object does not exist.

    A 404 of anything else on the way proves nothing: it must not read as "nobody" or "nothing due".
    """
    return answer.status == NOT_FOUND and bool(refusal(answer).codes & _NO_SUCH_OBJECT)


def says_denied(answer: Answer) -> bool:
    """Tell whether Graph itself says that the identity lacks a permission."""
    return answer.status == FORBIDDEN and bool(refusal(answer).codes & _DENIED)


def says_no_such_secret(answer: Answer) -> bool:
    """Tell whether removePassword knows no such key id, or does not see it yet."""
    found = _NO_SUCH_SECRET.search(refusal(answer).message)
    return answer.status in {BAD_REQUEST, NOT_FOUND} and found is not None


def read_error(operation: str, answer: Answer) -> TemporarilyUnavailable:
    """Return what a read's answer other than success means."""
    _note(operation, answer)
    reason = f"{operation}: {answer.status}"
    if answer.status == TOO_MANY_REQUESTS:
        return Throttled(reason, retry_after=_patience(answer))
    return DirectoryUnavailable(reason, retry_after=_patience(answer))


def write_error(operation: str, answer: Answer) -> PortalError:
    """Return what a write's answer other than success means.

    The code of a concurrency violation decides, since Graph has sent it as 409 and as 503. A
    redirect or an answer of another class may come from anything on the way, after the effect.
    """
    _note(operation, answer)
    reason = f"{operation}: {answer.status}"
    said = refusal(answer)
    if said.codes & _CONCURRENCY_CODES:
        return DirectoryBusy(reason, retry_after=_patience(answer))
    if answer.status == TOO_MANY_REQUESTS:
        return Throttled(reason, retry_after=_patience(answer))
    if not BAD_REQUEST <= answer.status < 500 or answer.status == REQUEST_TIMEOUT:  # noqa: PLR2004 - HTTP's class of refusals
        return OutcomeUnknown(reason, retry_after=_patience(answer))
    return _refused(said, reason)


def _refused(said: Refusal, reason: str) -> PortalError:
    if said.codes & _LIFETIME_CODES or _LIFETIME_WORDS.search(said.message):
        return LifetimeRefused(reason)
    if said.codes & _SIZE_CODES or _SIZE_WORDS.search(said.message):
        return TooManySecrets(reason)
    return DirectoryRefused(reason)


def _patience(answer: Answer) -> int:
    wanted = answer.retry_after
    return DEFAULT_RETRY_AFTER if wanted is None else bounded(wanted)


def _note(operation: str, answer: Answer) -> None:
    """Log what support needs to ask Microsoft: never the message, which may quote what was sent."""
    codes = ",".join(sorted(refusal(answer).codes))
    request_id = answer.headers.get("request-id", "")
    log.warning(
        "Graph answered %s with %d, code %s, request-id %s",
        operation,
        answer.status,
        printable(codes),
        printable(request_id),
    )
