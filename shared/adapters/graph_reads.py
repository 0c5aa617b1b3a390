"""Reads of Graph, page by page: whole, or not at all."""

import logging
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from shared.adapters import graph_reading as reading
from shared.adapters.fairness import step_back
from shared.adapters.graph_answers import Answer, AnswerLost, NotSent, Patience
from shared.adapters.graph_errors import read_error, says_absent, says_denied
from shared.domain.errors import DirectoryUnavailable

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from shared.adapters.graph_client import GraphClient

log = logging.getLogger(__name__)


class Denied(Exception):
    """Graph says that the identity may not read this. Its argument names the operation."""


class Reads:
    """Reads over one client of the SDK."""

    def __init__(self, client: "GraphClient") -> None:
        self._client = client

    async def pages(
        self,
        operation: str,
        information: "RequestInformation",
        patience: Patience,
        *,
        none_if_absent: bool = False,
        may_be_denied: bool = False,
    ) -> AsyncIterator[Sequence[Any]]:
        """Yield the objects of each page; DirectoryUnavailable unless all pages can be had.

        Raises Denied instead where that is expected of what the identity may not read.
        """
        answer = await self.read(operation, information, patience)
        if none_if_absent and says_absent(answer):
            return
        if may_be_denied and says_denied(answer):
            raise Denied(operation)
        followed: set[str] = set()
        while True:
            require_success(operation, answer)
            page = reading.page(operation, answer)
            link = page.next_link
            del answer
            # To parse 999 applications takes long enough to let others come between.
            await step_back()
            yield page.items
            del page
            if link is None:
                return
            self._require_fresh(operation, link, followed)
            information = self._client.requests.next_page(information, link)
            answer = await self.read(operation, information, patience)

    def _require_fresh(self, operation: str, link: str, followed: set[str]) -> None:
        """Refuse a link that leads elsewhere, with our token, or round in a circle."""
        if link in followed or not self._client.owns(link):
            log.error("%s: a next link that is foreign or was followed already", operation)
            raise DirectoryUnavailable(f"{operation}: a wrong next link")
        followed.add(link)

    async def read(
        self, operation: str, information: "RequestInformation", patience: Patience
    ) -> Answer:
        try:
            return await self._client.read(information, patience)
        except (NotSent, AnswerLost) as fault:
            log.warning("Graph did not answer %s: %s", operation, fault)
            raise DirectoryUnavailable(f"{operation}: {fault}") from None


def require_success(operation: str, answer: Answer) -> None:
    """Raise what an answer other than success means."""
    if not answer.is_success:
        raise read_error(operation, answer)
