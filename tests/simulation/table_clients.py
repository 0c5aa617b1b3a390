"""The SDK's clients of Table Storage, for one process: their requests share its fate."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from shared.adapters.table import Patience
from shared.adapters.tables import Tables
from tests.simulation.faults import Answers, Service
from tests.simulation.process import Process
from tests.simulation.tables import Entity, Operation, Page, Place, Store, refusal

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient

Answer = TypeVar("Answer")

SIZES = (1, 2, 5, 1000, 1000)
"""How many rows the service looks at for one page: none of them may fit the query."""


class Waiting(HttpResponseError):
    """A refusal that says for how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ServerBusy in words.\nErrorCode:ServerBusy")
        self.status_code = 503
        self.response = _Headers({"Retry-After": str(seconds)})  # type: ignore[assignment]  # all that is read of it


class _Headers:
    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers


class TableAnswers:
    """How Table Storage refuses, and what the SDK raises where no answer came."""

    def refusal(self, rng: Random) -> Exception:
        kind = rng.randrange(4)
        if kind == 0:
            return Waiting(rng.choice((1, 5, 30)))
        if kind == 1:
            return refusal(HttpResponseError, 429, "TooManyRequests")
        return refusal(HttpResponseError, 503, "ServerBusy")

    def silence(self, rng: Random) -> Exception:
        kind = rng.randrange(5)
        if kind == 0:
            return refusal(HttpResponseError, 500, "InternalError")
        if kind == 1:
            return refusal(HttpResponseError, 503, "OperationTimedOut")
        if kind == 2:
            return ServiceRequestError("the connection was closed")
        return ServiceResponseError("no answer")


ANSWERS = TableAnswers()


class Pages:
    """The pages of one query, fetched one by one; a failed one can be asked for again."""

    def __init__(self, fetch: Callable[[Place | None], "AwaitablePage"]) -> None:
        self._fetch = fetch
        self._after: Place | None = None
        self._is_done = False

    def by_page(self) -> "Pages":
        return self

    def __aiter__(self) -> "Pages":
        return self

    async def __anext__(self) -> AsyncIterator[Entity]:
        if self._is_done:
            raise StopAsyncIteration
        page = await self._fetch(self._after)
        self._after, self._is_done = page.after, page.after is None
        return _each(page.rows)


class AwaitablePage(Protocol):
    """A page on its way."""

    def __await__(self) -> Any: ...  # noqa: ANN401 - a generator of whatever the loop awaits


async def _each(rows: Sequence[Entity]) -> AsyncIterator[Entity]:
    for row in rows:
        yield row


class Client:
    """One table, with the methods of the SDK's client that the product calls."""

    def __init__(self, name: str, store: Store, process: Process, rng: Random | None) -> None:
        self._name = name
        self._store = store
        self._process = process
        self._rng = rng

    async def create_table(self) -> None:
        await self._call("make", lambda: self._store.make(self._name))

    async def get_entity(self, partition: str, key: str) -> Entity:
        return await self._call(
            f"get {partition} {key}", lambda: self._store.get(self._name, partition, key)
        )

    async def create_entity(self, entity: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._do("create", entity, {})

    async def update_entity(
        self, entity: Mapping[str, Any], mode: object, **condition: object
    ) -> Mapping[str, Any]:
        return await self._do("update", entity, {"mode": mode, **condition})

    async def upsert_entity(
        self, entity: Mapping[str, Any], **options: object
    ) -> Mapping[str, Any]:
        return await self._do("upsert", entity, options)

    async def delete_entity(self, partition: str, key: str, **condition: object) -> None:
        """Remove a row; the SDK says nothing where there was none."""
        keys = {"PartitionKey": partition, "RowKey": key}
        try:
            await self._do("delete", keys, condition)
        except HttpResponseError as error:
            if error.status_code != 404:
                raise

    async def submit_transaction(
        self, operations: Iterable[Operation]
    ) -> Sequence[Mapping[str, Any]]:
        steps = list(operations)
        what = " + ".join(f"{kind} {each['RowKey']}" for kind, each, _ in steps)
        return await self._call(
            f"transact {steps[0][1]['PartitionKey']} {what}",
            lambda: self._store.transact(self._name, steps),
        )

    def query_entities(self, query: str, **_select: object) -> Pages:
        async def fetch(after: Place | None) -> Page:
            size = self._rng.choice(SIZES) if self._rng else max(SIZES)
            # Alternatives come in the order of a set.
            what = " or ".join(sorted(query.split(" or ")))
            return await self._call(
                f"query {what}", lambda: self._store.page(self._name, query, after, size)
            )

        return Pages(fetch)

    async def _do(
        self, kind: str, entity: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        step = (kind, dict(entity), options)
        return await self._call(
            f"{kind} {entity['PartitionKey']} {entity['RowKey']}",
            lambda: self._store.do(self._name, step),
        )

    async def _call(self, what: str, effect: Callable[[], Answer]) -> Answer:
        answers = cast("Answers[Answer]", ANSWERS)
        return await self._process.call(Service.TABLES, f"{self._name}: {what}", effect, answers)


class Clients:
    """The SDK's client of the whole service."""

    def __init__(self, store: Store, process: Process, rng: Random | None) -> None:
        self._store = store
        self._process = process
        self._rng = rng

    def get_table_client(self, name: str) -> Client:
        return Client(name, self._store, self._process, self._rng)

    async def close(self) -> None:
        """There is no connection."""


def connected(
    store: Store, process: Process, rng: Random | None, patience: Patience | None = None
) -> Tables:
    """Return the product's own connection, over the simulated clients. No rng: whole pages."""
    clients = cast("TableServiceClient", Clients(store, process, rng))
    return Tables(clients, patience or Patience())
