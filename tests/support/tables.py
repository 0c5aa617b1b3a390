"""A connection to Azurite that loses answers on demand, and what the tables hold."""

from collections import deque
from collections.abc import AsyncIterator
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
        self._fates: deque[Fate] = deque()

    def doom(self, *fates: Fate) -> None:
        """Decide on the next requests, in their order."""
        self._fates.extend(fates)

    async def send(self, request: HttpRequest, **config: object) -> AsyncHttpResponse:
        """Send, unless the request's fate is another."""
        path = request.url.partition("?")[0]
        self.requests.append(f"{request.method} {path.rpartition('/')[2]}")
        fate = self._fates.popleft() if self._fates else Fate.DELIVERED
        if fate is Fate.NEVER_SENT:
            raise ServiceRequestError("the test lost this request")
        response: AsyncHttpResponse = await super().send(request, **config)
        if fate is Fate.ANSWER_LOST:
            await response.read()
            raise ServiceResponseError("the test lost this answer")
        return response


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
async def empty_service(connection_string: str) -> AsyncIterator[Service]:
    """Yield the service without a table; the tables that the test made are gone afterwards."""
    transport = LossyTransport()
    tables = Tables.connect(
        endpoint=None,
        connection_string=connection_string,
        credential=None,
        transport=transport,
        patience=Patience(pauses=(0, 0)),
    )
    async with TableServiceClient.from_connection_string(connection_string) as beside:
        try:
            yield Service(tables=tables, transport=transport, beside=beside)
        finally:
            await tables.close()
            async for table in beside.list_tables():
                await beside.delete_table(table.name)
