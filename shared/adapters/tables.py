"""The connection to Table Storage that the adapters share."""

from typing import Any, Self

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.data.tables.aio import TableServiceClient

from shared.adapters.table import Patience, Table

_PATIENCE = Patience()


class Tables:
    """The connection that the adapters share; to be used in one event loop."""

    def __init__(self, service: TableServiceClient, patience: Patience) -> None:
        self._service = service
        self._patience = patience

    @classmethod
    def connect(
        cls,
        *,
        endpoint: str | None,
        connection_string: str | None,
        credential: AsyncTokenCredential | None,
        transport: AsyncHttpTransport[Any, Any] | None = None,
        patience: Patience = _PATIENCE,
    ) -> Self:
        """Return the connection; nothing is sent yet.

        Takes a connection string, or else an endpoint and a credential. Tests bring a `transport`
        that loses answers, and less patience.
        """
        options = _options(patience) | ({"transport": transport} if transport else {})
        if connection_string is not None:
            service = TableServiceClient.from_connection_string(connection_string, **options)
        elif endpoint is not None:
            service = TableServiceClient(endpoint, credential=credential, **options)
        else:
            raise ValueError("neither an endpoint nor a connection string")
        return cls(service, patience)

    def table(self, name: str) -> Table:
        return Table(self._service.get_table_client(name), self._patience)

    async def close(self) -> None:
        await self._service.close()


def _options(patience: Patience) -> dict[str, Any]:
    return {
        "retry_total": 0,
        "connection_timeout": patience.connect,
        "read_timeout": patience.read,
        "logging_enable": False,
    }
