"""The directory as an administrator reads and changes it, over the product's client of Graph."""

import math
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from shared.adapters import graph_reading as reading
from shared.adapters.graph_answers import ONCE, PATIENT, Answer, AnswerLost, NotSent
from shared.adapters.graph_errors import refusal, says_absent
from shared.adapters.graph_reads import Reads, require_success
from shared.adapters.vendor_words import printable
from shared.domain.plain_text import plain

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from shared.adapters.graph_client import GraphClient

PAUSES: tuple[float, ...] = (1, 2, 4, 8, 15, 30)
"""Seconds before a request is sent again: a new group is known everywhere within a minute."""

LONGEST_PAUSE = 300
"""Seconds. Where Graph asks for more, the run ends and is started again later."""

_MAY_PASS = frozenset({408, 409, 429, 500, 502, 503, 504})
_CONCURRENCY = "Directory_ConcurrencyViolation"
_NOT_SEEN_YET = re.compile(
    r"not a valid reference update|objects being referenced (do not|don't) exist", re.IGNORECASE
)
_ALREADY = re.compile(
    r"object references already exist|permission being assigned already exists"
    r"|entitlementgrant entry already exists",
    re.IGNORECASE,
)

Sleep = Callable[[float], Awaitable[None]]


class Refused(Exception):
    """Graph has refused this one change; its argument says why."""


class Unreachable(Exception):
    """Graph answers nothing that helps, now: no further change is tried. It says why."""


class Graph:
    """Sends reads and changes. Every change may be repeated: a second one finds it made."""

    def __init__(self, client: "GraphClient", *, sleep: Sleep) -> None:
        self._client = client
        self._reads = Reads(client)
        self._sleep = sleep

    async def one(self, operation: str, request: "RequestInformation") -> dict[str, Any] | None:
        """Return an object, or None if Graph says that there is none."""
        answer = await self._reads.read(operation, request, PATIENT)
        if says_absent(answer):
            return None
        require_success(operation, answer)
        found: dict[str, Any] = reading.single(operation, answer)[0]
        return found

    async def awaited(self, operation: str, request: "RequestInformation") -> dict[str, Any] | None:
        """Return an object that was made a moment ago; None if it does not show in a minute."""
        for pause in PAUSES:
            found = await self.one(operation, request)
            if found is not None:
                return found
            await self._sleep(pause)
        return await self.one(operation, request)

    async def every(self, operation: str, request: "RequestInformation") -> Sequence[Any]:
        """Return the objects of all pages; DirectoryUnavailable unless all can be had."""
        pages = self._reads.pages(operation, request, PATIENT)
        return [each async for page in pages for each in page]

    async def change(self, request: "RequestInformation", *, of_new: bool = False) -> Answer | None:
        """Send a change until it is made; None if it was so already.

        `of_new`: it names what was made a moment ago, which Graph may not know everywhere yet.
        Raises Refused, or Unreachable where no other change would fare better.
        """
        pauses = iter(PAUSES)
        while True:
            wait, is_late = next(pauses, math.inf), False
            try:
                answer = await self._client.send(request, ONCE)
            except (NotSent, AnswerLost) as fault:
                reason = f"no answer ({fault})"
            else:
                if answer.is_success:
                    return answer
                if _ALREADY.search(refusal(answer).message):
                    return None
                reason, is_late = _reason(answer), of_new and _is_not_seen_yet(answer)
                if not is_late and not _may_pass(answer):
                    raise Refused(reason)
                wait = max(wait, answer.retry_after or 0)
            if wait > LONGEST_PAUSE:
                raise Refused(reason) if is_late else Unreachable(reason)
            await self._sleep(wait)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _may_pass(answer: Answer) -> bool:
    return answer.status in _MAY_PASS or _CONCURRENCY in refusal(answer).codes


def _is_not_seen_yet(answer: Answer) -> bool:
    return says_absent(answer) or bool(_NOT_SEEN_YET.search(refusal(answer).message))


def _reason(answer: Answer) -> str:
    """Return what an administrator can act on, and what support needs to ask Microsoft."""
    said = refusal(answer)
    codes = printable(",".join(sorted(said.codes)))
    request_id = printable(answer.headers.get("request-id", ""))
    return f"{answer.status} {codes}: {plain(said.message) or '-'} [request-id {request_id}]"
