"""Application Insights as far as the exporters see it: it takes what comes, or keeps silent."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from tests.support.simulators import running
from tests.support.worlds import new_id

PATIENCE: Final = 60
"""Seconds until what is to be heard has not been."""

SETTING: Final = "APPLICATIONINSIGHTS_CONNECTION_STRING"
OF_THE_EXPORTER: Final = {
    # It would report on itself to other hosts.
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}

Envelope = dict[str, Any]


class Ingestion:
    """What has come in, byte for byte; while it `is_silent`, nothing is answered."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_silent = False
        self._news = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        async with self._news:
            self.heard.append(f"{request.raw_path} {dict(request.headers)} {body}")
            self._news.notify_all()
        if self.is_silent:
            await asyncio.Event().wait()
        count = len(json.loads(body))
        return web.json_response({"itemsReceived": count, "itemsAccepted": count, "errors": []})

    def envelopes(self) -> Iterator[Envelope]:
        """Yield all that came in."""
        for each in self.heard:
            yield from json.loads(each[each.index(" [") :])

    def data(self, kind: str) -> list[Envelope]:
        """Return what came of a kind, such as `RemoteDependencyData` or `MetricData`."""
        return [
            each["data"]["baseData"]
            for each in self.envelopes()
            if each["data"]["baseType"] == kind
        ]

    async def until(self, is_heard: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(is_heard)


@asynccontextmanager
async def ingestion() -> AsyncIterator[tuple[Ingestion, dict[str, str]]]:
    """Yield it, and the settings of a host that sends to it."""
    made = Ingestion()
    application = web.Application()
    application.router.add_post("/{path:.*}", made.take)
    async with running(application) as address:
        connection = f"InstrumentationKey={new_id()};IngestionEndpoint={address}/"
        yield made, {SETTING: connection, **OF_THE_EXPORTER}
