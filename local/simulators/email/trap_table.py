"""The traps of this mail service; sending.py and state.py show them."""

from collections.abc import Mapping
from typing import Any

from local.simulators.common import Trap, Traps
from local.simulators.email.outcomes import DETAILS
from local.simulators.email.suppressions import SuppressionList

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
    Trap(
        name="suppression_list",
        description="On from the start: an address whose mail was reported `Bounced` or"
        " `Suppressed` is left out for 24 h, then 48 h, 96 h, 7 and 14 days, by this service's"
        " clock; each attempt in that time ends as `Suppressed` and starts the next of them."
        " Off: every address on the list is forgotten.",
    ),
    Trap(
        name="report_status",
        description="What is reported of mails to these addresses (with commas between; empty:"
        " all) in place of `Delivered`: `Bounced`, `Failed`, `FilteredSpam`, `Quarantined`,"
        " `Suppressed` or `Expanded`.",
        parameters={**ADDRESSES, "status": "Bounced"},
        choices={"status": tuple(DETAILS)},
    ),
    Trap(
        name="reports_late",
        description="The report of a mail to these addresses (with commas between; empty: all)"
        " comes so many seconds after it was accepted, by this service's clock. With `times`,"
        " reports come out of order.",
        parameters={**ADDRESSES, "seconds": 60},
    ),
    Trap(name="reports_twice", description="Every report comes twice, as the same event."),
    Trap(
        name="reports_foreign",
        description="After each report comes another, of an operation that nobody knows.",
    ),
    Trap(name="reports_off", description="Nothing is reported."),
)

USUAL = ("dedupe", "suppression_list")


class MailTraps(Traps):
    """The traps, with those of USUAL on unless each alone is switched off."""

    def __init__(self) -> None:
        super().__init__(TRAPS)
        self.suppressions = SuppressionList()
        self.switch_all_off()

    def switch_on(self, name: str, values: Mapping[str, Any]) -> None:
        """Switch on; `addresses` may be a list or a text with commas."""
        addresses = values.get("addresses")
        if isinstance(addresses, list):
            values = {**values, "addresses": ",".join(map(str, addresses))}
        super().switch_on(name, values)

    def switch_off(self, name: str) -> None:
        """Switch off; a suppression list that is off forgets."""
        super().switch_off(name)
        if name == "suppression_list":
            self.suppressions.clear()

    def switch_all_off(self) -> None:
        """Take every fault away, a suppressed address too; not to have USUAL would be one."""
        super().switch_all_off()
        self.suppressions.clear()
        for name in USUAL:
            self.switch_on(name, {})

    def struck(self, name: str, addresses: list[str]) -> Mapping[str, Any] | None:
        """Fire a trap that lists addresses, if each of these is listed."""
        value = self.value(name)
        if value is None:
            return None
        listed = {each.strip().lower() for each in value["addresses"].split(",") if each.strip()}
        if listed and not listed.issuperset(each.lower() for each in addresses):
            return None
        return self.fire(name)
