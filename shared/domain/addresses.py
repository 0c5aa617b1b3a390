"""What counts as a mail address, and which hosts are this machine."""

import re
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
