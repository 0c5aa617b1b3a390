"""What the mail service's answers, and their absence, mean. Every doubt is UNKNOWN or NO_ANSWER."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientConnectorError, ConnectionTimeoutError
from azure.core.exceptions import HttpResponseError, ServiceRequestError

from shared.domain.ids import MessageId
from shared.ports.mail import Posting, Status

OK = 200
BAD_REQUEST = 400
NOT_FOUND = 404
REQUEST_TIMEOUT = 408
CONFLICT = 409
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

MAX_RETRY_AFTER = 24 * 60 * 60
"""Seconds: no answer silences the mails for longer than a day."""

_SUPPRESSED: Final = "EmailDroppedAllRecipientsSuppressed"
_RECIPIENTS_FAULT: Final = {
    "InvalidEmailAddress": Posting.REFUSED_FOR_RECIPIENT,
    _SUPPRESSED: Posting.SUPPRESSED,
}
_NEVER_CONNECTED: Final = (ClientConnectorError, ConnectionTimeoutError)
_ABOUT_US: Final = frozenset({"", "DomainNotLinked"})
"""Codes of a 404 that tell of the sender's domain or of nothing, but not of a message."""

_TAKEN: Final = frozenset({"NotStarted", "Running", "Succeeded"})
_ENDED_BADLY: Final = frozenset({"Failed", "Canceled"})


def outcome(fault: Exception) -> Posting:
    """Return what an exception means once the request was on its way."""
    if isinstance(fault, HttpResponseError):
        return _refused(fault.status_code, code_of(fault))
    # A peer that closed is a ServiceRequestError too, and may have taken the mail before.
    unsent = isinstance(fault, ServiceRequestError) and isinstance(
        fault.inner_exception, _NEVER_CONNECTED
    )
    return Posting.NOT_NOW if unsent else Posting.UNKNOWN


def _refused(status: int | None, code: str) -> Posting:
    if status is None or not BAD_REQUEST <= status < SERVER_ERROR:
        return Posting.UNKNOWN
    if status == TOO_MANY_REQUESTS:
        return Posting.NOT_NOW
    if code in _RECIPIENTS_FAULT:
        return _RECIPIENTS_FAULT[code]
    if status in {REQUEST_TIMEOUT, CONFLICT}:
        # Given up on half-way by something in between; or the operation's id is known already.
        return Posting.UNKNOWN
    return Posting.REFUSED_FOR_SENDER


def retry_after(fault: Exception) -> int | None:
    """Return for how many seconds a refusal asks to be left alone; None if it does not say so.

    The header of a 202 says when to ask for the status, which is not meant here.
    """
    if not isinstance(fault, HttpResponseError) or (fault.status_code or 0) < BAD_REQUEST:
        return None
    headers = getattr(fault.response, "headers", None)
    given = headers.get("Retry-After", "") if isinstance(headers, Mapping) else ""
    try:
        return min(max(int(given), 0), MAX_RETRY_AFTER)
    except ValueError:
        return None


def code_of(fault: HttpResponseError) -> str:
    """Return the code of the service's error object; nothing where there is none."""
    code = getattr(fault.error, "code", None)
    return code if isinstance(code, str) else ""


def told(message_id: MessageId, status: int, body: object) -> Status:
    """Return what the answer to a question for an operation means; `body` is its JSON document."""
    if not isinstance(body, Mapping):
        return Status.NO_ANSWER
    code = _error_code(body)
    if status == NOT_FOUND:
        # Without a code, something in between does not know the address. What the service calls an
        # operation that it does not know is not documented.
        return Status.NO_ANSWER if code in _ABOUT_US else Status.DENIED
    if status != OK or str(body.get("id")).lower() != message_id.lower():
        return Status.NO_ANSWER
    ended = str(body.get("status"))
    if ended in _TAKEN:
        return Status.TAKEN
    if ended in _ENDED_BADLY:
        return Status.SUPPRESSED if code == _SUPPRESSED else Status.FAILED
    return Status.NO_ANSWER


def _error_code(body: Mapping[str, object]) -> str:
    error = body.get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) else ""
