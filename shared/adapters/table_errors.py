"""What the errors of Table Storage mean: refusals, throttling, and answers that were lost.

No error that leaves here holds the SDK's: its text may quote addresses and what was sent.
"""

import re

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from shared.adapters.vendor_words import DEFAULT_RETRY_AFTER, bounded
from shared.domain.errors import StoreUnavailable, TemporarilyUnavailable, Throttled

TABLE_NOT_FOUND = "TableNotFound"
_ABSENT = frozenset({"ResourceNotFound", "EntityNotFound", TABLE_NOT_FOUND})
_CONFLICT = frozenset({"EntityAlreadyExists", "UpdateConditionNotSatisfied", "ConditionNotMet"})
_BUSY = "ServerBusy"
_TOO_MANY_REQUESTS = 429
_TRANSIENT = frozenset({408, _TOO_MANY_REQUESTS, 500, 502, 503, 504})
_REFUSALS = range(400, 600)

# The SDK decodes the service's code for some methods only; the error's text holds it for all.
_CODE = re.compile(r'(?:ErrorCode:|"code":\s*")(\w{1,60})')


class Conflict(Exception):
    """A write's condition does not hold. What stands in its way may be the very same write."""

    may_yet_be_done = False
    """An earlier attempt got no answer: it may arrive once nothing stands in its way."""


class Absent(Conflict):
    """The service itself says that there is no such row or table; no other 404 proves that."""


def code_of(error: AzureError) -> str:
    """Return the service's own word for a refusal; nothing where there is none."""
    found = _CODE.search(str(error)) if isinstance(error, HttpResponseError) else None
    return found[1] if found else ""


def meaning(error: AzureError) -> Conflict | TemporarilyUnavailable:
    """Return what is to be raised instead: Throttled only where surely nothing was done."""
    code, status = code_of(error), _status(error)
    if code in _ABSENT:
        return Absent(code)
    if code in _CONFLICT:
        return Conflict(code)
    reason = f"table storage: {status} {code}" if status else f"table storage: {_kind(error)}"
    busy = status == _TOO_MANY_REQUESTS or code == _BUSY
    fault = Throttled if busy else StoreUnavailable
    return fault(reason.strip(), retry_after=_wanted_pause(error) or DEFAULT_RETRY_AFTER)


def is_transient(error: AzureError) -> bool:
    """Tell whether the same request may fare better within a second.

    An answer that broke off, and one that never came, count; a refusal with a Retry-After doesn't.
    """
    if isinstance(error, ClientAuthenticationError) or _wanted_pause(error) is not None:
        return False
    status = _status(error)
    return status in _TRANSIENT or status not in _REFUSALS


def _status(error: AzureError) -> int | None:
    return error.status_code if isinstance(error, HttpResponseError) else None


def _kind(error: AzureError) -> str:
    return type(error).__name__


def _wanted_pause(error: AzureError) -> int | None:
    response = error.response if isinstance(error, HttpResponseError) else None
    wanted = str(getattr(response, "headers", {}).get("Retry-After", ""))
    return bounded(int(wanted)) if wanted.isdecimal() else None
