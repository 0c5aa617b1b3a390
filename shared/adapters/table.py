"""One table: writes that are conditional and may be repeated.

The SDK's own retries are off: they repeat only some methods, sleep for as long as a Retry-After
says, and report a success whose answer was lost as a conflict. Here every write may be repeated:
what stands in the table after a conflict or a lost answer is read back, and its nonce compared.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ServiceResponseError,
)
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from shared.adapters.table_entities import (
    Step,
    entity,
    if_unchanged,
    row_of,
    version_of,
    versions_of,
)
from shared.adapters.table_errors import (
    TABLE_NOT_FOUND,
    Absent,
    Conflict,
    code_of,
    is_transient,
    meaning,
)
from shared.adapters.table_rows import Row
from shared.domain.errors import StoreUnavailable, Throttled

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait for a connection, an answer, and one operation with all its attempts.

    A write that has to be read back takes two operations. `pauses` lie between the attempts.
    """

    connect: float = 2
    read: float = 3
    call: float = 5
    pauses: tuple[float, ...] = (0.1, 0.5)


class Table:
    """One table, made by the first write that misses it.

    Every method may raise StoreUnavailable, after which a write may have been done, or Throttled,
    after which it surely was not.
    """

    def __init__(self, client: TableClient, patience: Patience) -> None:
        self._client = client
        self._patience = patience

    async def get(self, partition: str, key: str) -> Row | None:
        try:
            found = await self._call(lambda: self._client.get_entity(partition, key))
        except Absent:
            return None
        return row_of(found)

    async def add(self, row: Row) -> None:
        """Insert the row; one that stands there already is left as it is."""
        try:
            await self._call(self._making(lambda: self._client.create_entity(entity(row))))
        except Absent:
            raise StoreUnavailable("table storage: the table came and went") from None
        except Conflict:
            return

    async def insert(self, row: Row) -> Row:
        """Insert the row; return what stands there now: this row, or an earlier one."""
        send = self._making(lambda: self._client.create_entity(entity(row)))
        stored = await self._settled(row, send, before=None)
        if stored is None:
            raise StoreUnavailable("table storage: a row came and went")
        return stored

    async def change(self, row: Row, version: str, *, whole: bool = False) -> Row | None:
        """Write the columns if the row still has that version; return what stands there now.

        The write is known to have been done if that has the given row's nonce. `whole`: columns
        that are not given go.
        """
        return await self._settled(
            row,
            lambda: self._client.update_entity(
                entity(row),
                UpdateMode.REPLACE if whole else UpdateMode.MERGE,
                **if_unchanged(version),
            ),
            before=version,
        )

    async def put(self, row: Row) -> Row:
        """Write the columns whatever stands there, if anything; return them with the version."""
        send = self._making(lambda: self._client.upsert_entity(entity(row)))
        return replace(row, version=await self._written(send))

    async def drop(self, partition: str, key: str, version: str | None = None) -> None:
        """Remove a row, if it has that version; none and another one are left alone."""
        condition = {} if version is None else if_unchanged(version)
        with suppress(Conflict):
            await self._call(lambda: self._client.delete_entity(partition, key, **condition))

    async def transact(self, steps: Sequence[Step]) -> Sequence[str]:
        """Do all steps (at most 100, of one partition) or none; return the rows' new versions.

        Raises Conflict if the condition of any does not hold.
        """

        async def send() -> Sequence[str]:
            try:
                return versions_of(await self._client.submit_transaction(steps), steps)
            except (AttributeError, LookupError, ValueError) as error:
                # The SDK's reader of multipart answers raises what it stumbles over.
                raise ServiceResponseError(type(error).__name__) from None

        return await self._call(self._making(send))

    async def pages(self, query: str, select: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
        """Yield the rows a page at a time; one may be short, or empty with more to come."""
        # The service's answer holds no version of its own: it is made of the time stamp.
        columns = ["PartitionKey", "RowKey", "Timestamp", "nonce", *select]
        pages = self._client.query_entities(query, select=columns).by_page()
        while True:
            try:
                page = await self._call(lambda: anext(pages, None))
            except Absent:
                return
            if page is None:
                return
            yield [row_of(found) async for found in page]

    async def _settled(
        self,
        row: Row,
        send: Callable[[], Awaitable[Mapping[str, Any]]],
        *,
        before: str | None,
    ) -> Row | None:
        """Write; where that is refused or its answer lost, return what is read back.

        `before`: the version, if any, on whose standing the write depends. Raises StoreUnavailable
        while it stands: the write may yet be done.
        """
        try:
            version = await self._written(send)
        except Conflict:
            return await self.read_back(row)
        except StoreUnavailable:
            stored = await self.read_back(row)
            if before == (stored.version if stored else None):
                raise
            return stored
        return replace(row, version=version)

    async def read_back(self, row: Row) -> Row | None:
        """Return what stands in the row's place, after a write whose outcome is not known."""
        try:
            return await self.get(row.partition, row.key)
        except Throttled as busy:
            # That nothing was done holds for the reading, not for the write before it.
            raise StoreUnavailable(str(busy), retry_after=busy.retry_after) from None

    async def _written(self, send: Callable[[], Awaitable[Mapping[str, Any]]]) -> str:
        async def versioned() -> str:
            return version_of(await send())

        return await self._call(versioned)

    def _making(self, send: Callable[[], Awaitable[Answer]]) -> Callable[[], Awaitable[Answer]]:
        """Return the same write, which makes the table where that is missing."""

        async def made() -> Answer:
            try:
                return await send()
            except HttpResponseError as error:
                if code_of(error) != TABLE_NOT_FOUND:
                    raise
            with suppress(ResourceExistsError):
                await self._client.create_table()
            return await send()

        return made

    async def _call(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            async with asyncio.timeout(self._patience.call):
                return await self._attempts(send)
        except TimeoutError:
            raise StoreUnavailable("table storage: no answer in time") from None

    async def _attempts(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the first definite answer, or raise its meaning."""
        maybe_done = False
        for pause in (*self._patience.pauses, None):
            try:
                return await send()
            except AzureError as error:
                fault, again = meaning(error), is_transient(error)
            if isinstance(fault, Throttled) and maybe_done:
                fault = StoreUnavailable(str(fault), retry_after=fault.retry_after)
            elif isinstance(fault, Conflict):
                fault.may_yet_be_done = maybe_done
            if pause is None or not again:
                raise fault
            maybe_done = maybe_done or not isinstance(fault, Throttled)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")
