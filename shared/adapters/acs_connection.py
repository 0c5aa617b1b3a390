"""Where the mail service is: connection strings and endpoints, judged. No error shows a value."""

import base64
from typing import Final
from urllib.parse import urlsplit

from shared.domain.addresses import connection_parts, is_loopback

_MALFORMED_ENDPOINT: Final = "the mail service's endpoint is malformed"


def parsed(connection_string: str) -> tuple[str, str]:
    """Return endpoint and access key (base64) of `endpoint=…;accesskey=…`; ValueError if malformed.

    The SDK's own parser forces https, on loopback too.
    """
    values = connection_parts(connection_string)
    endpoint, key = values.get("endpoint"), values.get("accesskey")
    if not endpoint or not key or not _is_base64(key):
        raise ValueError("the mail service's connection string is malformed")
    return root(endpoint), key


def root(url: str) -> str:
    """Return an endpoint without path: https, or http on this machine; ValueError if it is neither.

    In lower case, as it is sent: the signature covers the host.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_MALFORMED_ENDPOINT) from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    beyond = "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment
    if not host or not secure or beyond:
        raise ValueError(_MALFORMED_ENDPOINT)
    authority = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{authority}" + (f":{port}" if port is not None else "")


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
