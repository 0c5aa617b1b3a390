"""The traps of this Graph; faults.py, pages.py, passwords.py and state.py show them."""

from local.simulators.common import Trap

WHICH = {"method": "", "pathContains": ""}
WRITES = {"method": "POST", "pathContains": "Password"}

TRAPS = (
    Trap(
        name="read_lag",
        description="Reads and removePassword see the secrets as they were so many seconds ago, by"
        " this Graph's clock. `times` counts the requests that were shown something old.",
        parameters={"seconds": 30},
    ),
    Trap(
        name="throttle",
        description="429. Retry-After in seconds; null leaves the header out.",
        parameters={"retryAfter": 1, **WHICH},
        nullable=frozenset({"retryAfter"}),
    ),
    Trap(
        name="server_error",
        description="A 5xx in Graph's shape. `applied`: the request takes effect all the same.",
        parameters={"status": 503, "retryAfter": None, "applied": False, **WHICH},
        choices={"status": (500, 502, 503, 504)},
    ),
    Trap(
        name="concurrency",
        description="Directory_ConcurrencyViolation on addPassword and removePassword.",
        parameters={"status": 409, **WRITES},
        choices={"status": (409, 503)},
    ),
    Trap(
        name="lost_writes",
        description="Of addPassword calls that overlap on one application only the last is kept;"
        " all answer 200 with a value. A lone call waits so long for another.",
        parameters={"milliseconds": 500},
    ),
    Trap(
        name="drop_answer",
        description="The request takes effect, and the connection is cut without an answer.",
        parameters=WRITES,
    ),
    Trap(
        name="slow",
        description="Every answer waits this long.",
        parameters={"milliseconds": 1000, **WHICH},
    ),
    Trap(
        name="policy_lifetime",
        description="A tenant policy refuses secrets that live longer than so many days.",
        parameters={"days": 365},
    ),
    Trap(
        name="personal_audience",
        description="An audience of personal accounts allows few secrets per application.",
        parameters={"max": 2},
    ),
    Trap(
        name="resource_size",
        description="addPassword is refused because the application's object is too large.",
    ),
    Trap(
        name="group_lag",
        description="A group that was made here is not found, nor named by others. `times` counts"
        " the requests that did not find it.",
    ),
    Trap(
        name="denied",
        description="403, as for somebody who signed in without the right.",
        parameters=WHICH,
    ),
    Trap(
        name="empty_page",
        description="The page with this number is empty, yet has a nextLink.",
        parameters={"page": 1},
    ),
    Trap(
        name="foreign_next_link",
        description="Pages carry a nextLink to another host.",
        parameters={"base": "https://graph.example.org/v1.0"},
    ),
    Trap(
        name="page_size",
        description="Pages are no longer than this, whatever $top asks for.",
        parameters={"size": 1},
    ),
    Trap(
        name="fail_page",
        description="The page with this number fails.",
        parameters={"page": 2, "status": 429, "retryAfter": 1},
        nullable=frozenset({"retryAfter"}),
        choices={"status": (429, 500, 502, 503, 504)},
    ),
    Trap(
        name="truncated_page",
        description="Half a page. `announced`: with the Content-Length of a whole one, then cut.",
        parameters={"announced": True},
    ),
    Trap(
        name="html_error",
        description="502 with an HTML body, as a gateway before Graph answers.",
        parameters=WHICH,
    ),
)
