"""The signature that Azure Communication Services demands of a request: HMAC-SHA256 by its key."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from aiohttp import web

from local.simulators.email.errors import denied

LEEWAY = timedelta(minutes=15)
NEEDED = {"host", "x-ms-content-sha256"}
DATES = ("x-ms-date", "date")
SCHEME = re.compile(
    r"HMAC-SHA256 (?:Credential=[^&]*&)?SignedHeaders=([^&]+)&Signature=([A-Za-z0-9+/=]+)"
)


def check(request: web.Request, body: bytes, access_key: str, now: datetime) -> None:
    """Do nothing if the request is signed with `access_key` (base64); EmailError 401 if not.

    `now` is the real time: the SDK dates its requests by it, whatever the simulators' clocks say.
    """
    scheme = SCHEME.fullmatch(request.headers.get("Authorization", ""))
    if scheme is None or not _complete(request, scheme[1], body, now):
        raise denied()
    values = ";".join(request.headers.get(name, "") for name in scheme[1].split(";"))
    given = scheme[2].encode()
    # The SDK signs the path with its percent-escapes undone, other clients sign it as sent.
    for path in {request.raw_path, unquote(request.raw_path)}:
        signed = f"{request.method}\n{path}\n{values}".encode()
        mac = hmac.digest(base64.b64decode(access_key), signed, "sha256")
        if hmac.compare_digest(base64.b64encode(mac), given):
            return
    raise denied()


def _complete(request: web.Request, signed: str, body: bytes, now: datetime) -> bool:
    names = signed.lower().split(";")
    date = next((name for name in DATES if name in names), None)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return (
        date is not None
        and NEEDED.issubset(names)
        and request.headers.get("x-ms-content-sha256") == digest
        and _recent(request.headers.get(date, ""), now)
    )


def _recent(date: str, now: datetime) -> bool:
    try:
        return abs(parsedate_to_datetime(date) - now) <= LEEWAY
    except (TypeError, ValueError):  # no date, or one without a zone
        return False
