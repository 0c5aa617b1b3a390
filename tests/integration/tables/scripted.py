"""A table service that answers as a test says: faults that Azurite does not have."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from local.azurite import ACCOUNT, ACCOUNT_KEY
from shared.adapters.table import Patience, Table
from shared.adapters.tables import Tables
from tests.support.simulators import running

HASTE = Patience(pauses=(0, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `seconds` pass before it; a `broken` one ends before its body does."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0
    broken: bool = False


def refusal(status: int, code: str, **headers: str) -> Answer:
    """Return an error as the service words it."""
    text = {"lang": "en-US", "value": f"{code} in words.\nRequestId:…\nTime:…"}
    body = json.dumps({"odata.error": {"code": code, "message": text}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, body=body, headers=named)


def row(**columns: object) -> Answer:
    keys = {"PartitionKey": "p", "RowKey": "k", "Timestamp": "2026-11-21T09:00:00.1234567Z"}
    return Answer(status=200, body=json.dumps(keys | columns).encode())


def page(*keys: str, following: str | None = None) -> Answer:
    """Return a page of rows, and the token of the one that follows it."""
    rows = [{"PartitionKey": "p", "RowKey": key, "Timestamp": _TIME} for key in keys]
    headers = (
        {} if following is None else {_NEXT + "PartitionKey": "p", _NEXT + "RowKey": following}
    )
    return Answer(status=200, body=json.dumps({"value": rows}).encode(), headers=headers)


WRITTEN = Answer(status=204, headers={"ETag": "W/\"datetime'2026'\""})

_TIME = "2026-11-21T09:00:00.1234567Z"
_NEXT = "x-ms-continuation-Next"


class ScriptedService:
    """Gives the answers in their order; the last one again and again."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._answers: deque[Answer] = deque()
        self._ended = asyncio.Event()

    def will_answer(self, *answers: Answer) -> None:
        self._answers.extend(answers)

    def end(self) -> None:
        """Answer at once what is still being waited for."""
        self._ended.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path_qs}")
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        if answer.seconds:
            await asyncio.wait_for(self._ended.wait(), answer.seconds)
        headers = {"Content-Type": "application/json", **answer.headers}
        if not answer.broken:
            return web.Response(status=answer.status, body=answer.body, headers=headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = len(answer.body) + 1
        await response.prepare(request)
        await response.write(answer.body)
        if request.transport is not None:
            request.transport.close()
        return response


@asynccontextmanager
async def scripted(
    patience: Patience = HASTE,
) -> AsyncIterator[tuple[ScriptedService, Table]]:
    """Yield the service, and a table that is connected to it."""
    service = ScriptedService()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", service.handle)
    async with running(application) as base:
        async with connected(base, patience) as table:
            yield service, table
        service.end()


@asynccontextmanager
async def connected(base: str, patience: Patience = HASTE) -> AsyncIterator[Table]:
    """Yield a table of a service at this address, whether one is there or not."""
    tables = Tables.connect(
        endpoint=None,
        connection_string=f"AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
        f"DefaultEndpointsProtocol=http;TableEndpoint={base}/{ACCOUNT};",
        credential=None,
        patience=patience,
    )
    try:
        yield tables.table("secrets")
    finally:
        await tables.close()
