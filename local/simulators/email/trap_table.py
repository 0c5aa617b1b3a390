"""The traps of this mail service; sending.py and state.py show them."""

from collections.abc import Mapping
from typing import Any

from local.simulators.common import Trap, Traps

WHICH = {"method": "", "pathContains": ""}
POSTS = {"method": "POST", "pathContains": ""}
ADDRESSES = {"addresses": ""}

TRAPS = (
    Trap(
        name="dedupe",
        description="On from the start: a known Operation-Id with the same message answers 202 and"
        " mails nothing, with another message 409. Off: it mails again.",
    ),
    Trap(
        name="throttle",
        description="429. Retry-After in seconds; null leaves the header out.",
        parameters={"retryAfter": 1, **WHICH},
        nullable=frozenset({"retryAfter"}),
    ),
    Trap(
        name="server_error",
        description="A 5xx. `accepted`: the mail goes out all the same.",
        parameters={"status": 503, "retryAfter": None, "accepted": False, **POSTS},
        choices={"status": (500, 502, 503, 504)},
    ),
    Trap(
        name="drop_answer",
        description="The connection is cut without an answer. `accepted`: the mail goes out.",
        parameters={"accepted": True, **POSTS},
    ),
    Trap(
        name="truncated_answer",
        description="The mail goes out; the 202 breaks off in the middle of its body.",
    ),
    Trap(
        name="late_accept",
        description="The connection is cut without an answer; the mail is accepted so many seconds"
        " later, by this service's clock, and unknown until then.",
        parameters={"seconds": 60},
    ),
    Trap(
        name="status_lag",
        description="An operation is unknown, or shown in this state, until it is so old."
        " `times` counts the reads that were shown it.",
        parameters={"seconds": 60, "shown": "NotFound"},
        choices={"shown": ("NotFound", "NotStarted", "Running")},
    ),
    Trap(
        name="forget_status",
        description="Every operation is unknown to a status read.",
    ),
    Trap(
        name="suppressed",
        description="EmailDroppedAllRecipientsSuppressed for these addresses (with commas between;"
        " empty: all), answered to the send with 400, or later as the status Failed.",
        parameters={**ADDRESSES, "answered": "send"},
        choices={"answered": ("send", "status")},
    ),
    Trap(
        name="invalid_address",
        description="InvalidEmailAddress for these addresses (with commas between; empty: all).",
        parameters=ADDRESSES,
    ),
    Trap(
        name="failed_operation",
        description="The send is answered 202; the operation then ends so, and nothing is mailed.",
        parameters={"status": "Failed", "code": "InternalServerError"},
        choices={"status": ("Failed", "Canceled")},
    ),
    Trap(
        name="unauthorised",
        description="401, as for a signature of another key.",
        parameters=WHICH,
    ),
    Trap(
        name="denied_sender",
        description="The sender is refused: not allowed (403), not known (400), or of a domain that"
        " is not linked (404).",
        parameters={"status": 403},
        choices={"status": (400, 403, 404)},
    ),
    Trap(
        name="slow",
        description="Every answer waits this long.",
        parameters={"milliseconds": 1000, **WHICH},
    ),
)


class MailTraps(Traps):
    """The traps, with `dedupe` on unless it alone is switched off."""

    def __init__(self) -> None:
        super().__init__(TRAPS)
        self.switch_all_off()

    def switch_on(self, name: str, values: Mapping[str, Any]) -> None:
        """Switch on; `addresses` may be a list or a text with commas."""
        addresses = values.get("addresses")
        if isinstance(addresses, list):
            values = {**values, "addresses": ",".join(map(str, addresses))}
        super().switch_on(name, values)

    def switch_all_off(self) -> None:
        """Take every fault away; not to know an operation again would be one."""
        super().switch_all_off()
        self.switch_on("dedupe", {})

    def struck(self, name: str, addresses: list[str]) -> Mapping[str, Any] | None:
        """Fire a trap that lists addresses, if each of these is listed."""
        value = self.value(name)
        if value is None:
            return None
        listed = {each.strip().lower() for each in value["addresses"].split(",") if each.strip()}
        if listed and not listed.issuperset(each.lower() for each in addresses):
            return None
        return self.fire(name)
