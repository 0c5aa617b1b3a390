"""A connection to Azurite that loses answers on demand, and what the tables hold."""

import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.data.tables.aio import TableServiceClient

from shared.adapters.table import Patience
from shared.adapters.tables import Tables


class Fate(Enum):
    """What becomes of a request."""

    DELIVERED = auto()
    NEVER_SENT = auto()
    ANSWER_LOST = auto()


class LossyTransport(AioHttpTransport):  # type: ignore[misc]  # loaded lazily, so untyped
    """Counts the requests, and loses those that a test has said will be lost."""

    def __init__(self) -> None:
        super().__init__(connection_timeout=2, read_timeout=3)
        self.requests: list[str] = []
        self.most_at_once = 0
        """Requests that were under way together."""
        self._under_way = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        """What somebody else does just before the next transaction."""
        self._fates: deque[Fate] = deque()

    def doom(self, *fates: Fate) -> None:
        """Decide on the next requests, in their order."""
        self._fates.extend(fates)

    def relent(self) -> None:
        """Lose nothing more."""
        self._fates.clear()

    def fate(self, request: HttpRequest) -> Fate:
        del request
        return self._fates.popleft() if self._fates else Fate.DELIVERED

    async def send(self, request: HttpRequest, **config: object) -> AsyncHttpResponse:
        """Send, unless the request's fate is another."""
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            return await self._send(request, **config)
        finally:
            self._under_way -= 1

    async def _send(self, request: HttpRequest, **config: object) -> AsyncHttpResponse:
        path = request.url.partition("?")[0]
        self.requests.append(f"{request.method} {path.rpartition('/')[2]}")
        if path.endswith("$batch") and self.meanwhile is not None:
            meddle, self.meanwhile = self.meanwhile, None
            await meddle()
        fate = self.fate(request)
        if fate is Fate.NEVER_SENT:
            raise ServiceRequestError("the test lost this request")
        response: AsyncHttpResponse = await super().send(request, **config)
        if fate is Fate.ANSWER_LOST:
            await response.read()
            raise ServiceResponseError("the test lost this answer")
        return response


class DeafTransport(LossyTransport):
    """Loses the answer to the first attempt of every write, after the write."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: set[tuple[bytes, ...]] = set()

    def fate(self, request: HttpRequest) -> Fate:
        if request.method == "GET":
            return Fate.DELIVERED
        write = _write(request)
        fate = Fate.DELIVERED if write in self._heard else Fate.ANSWER_LOST
        self._heard.add(write)
        return fate


# What a repeated write has in common with the first attempt: dates and boundaries are new.
_LASTING = re.compile(rb"^(?:(?:POST|PUT|PATCH|DELETE) |If-Match:|\{).*$", re.MULTILINE)


def _write(request: HttpRequest) -> tuple[bytes, ...]:
    content = request.content or b""
    body = content if isinstance(content, bytes) else str(content).encode()
    asked = f"{request.method} {request.url} {request.headers.get('If-Match')}"
    return (asked.encode(), *_LASTING.findall(body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A table service of one test's own: a connection, its transport, and another way to look."""

    tables: Tables
    transport: LossyTransport
    beside: TableServiceClient

    async def rows(self, table: str, query: str) -> list[dict[str, Any]]:
        """Return what a table holds, read past the product."""
        found = self.beside.get_table_client(table).query_entities(query)
        return [dict(entity) async for entity in found]


@asynccontextmanager
async def empty_service(
    connection_string: str, *, transport: LossyTransport | None = None, table: str | None = None
) -> AsyncIterator[Service]:
    """Yield the service without any table but that one; all of them are gone afterwards."""
    transport = transport or LossyTransport()
    tables = Tables.connect(
        endpoint=None,
        connection_string=connection_string,
        credential=None,
        transport=transport,
        patience=Patience(pauses=(0, 0)),
    )
    async with TableServiceClient.from_connection_string(connection_string) as beside:
        if table is not None:
            await beside.create_table(table)
        try:
            yield Service(tables=tables, transport=transport, beside=beside)
        finally:
            await tables.close()
            async for found in beside.list_tables():
                await beside.delete_table(found.name)
