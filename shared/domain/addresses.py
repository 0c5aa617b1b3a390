"""What counts as a mail address, which hosts are this machine, what a connection string holds."""

import re
from collections.abc import Mapping
from ipaddress import ip_address

_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+")


def is_mail_address(text: str) -> bool:
    """Tell whether a text is one bare address: enough to be sent to, and to nobody else."""
    return len(text) <= 254 and _MAIL.fullmatch(text) is not None  # noqa: PLR2004 - RFC 5321


def is_loopback(host: str) -> bool:
    """Tell whether a host (without a port) is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def connection_parts(text: str) -> Mapping[str, str]:
    """Return the values of `Name=value;…` by their names in lower case; empty ones are left out."""
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in parts if value.strip()}
