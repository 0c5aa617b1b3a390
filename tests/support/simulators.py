"""Simulators within a test's own event loop, and what a test asks of their /dev."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def running(application: web.Application) -> AsyncIterator[str]:
    """Serve on a free loopback port while the context lasts; yield the base URL."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Simulator:
    """A running simulator; `base` is its URL."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base = base
        self._session = session

    async def dev(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a JSON document
        """Call /dev/`path`; return the answer's document, or None where there is none."""
        address = f"{self.base}/dev/{path}"
        async with self._session.request(method, address, json=body) as response:
            response.raise_for_status()
            return (
                None
                if response.status == web.HTTPNoContent.status_code
                else (await response.json())
            )

    async def trap(self, name: str, **parameters: Any) -> None:  # noqa: ANN401 - as the trap has them
        """Switch a trap on."""
        await self.dev("PUT", f"traps/{name}", parameters)

    async def requests(self) -> Sequence[Mapping[str, Any]]:
        """Return what has been requested since it was last forgotten, /dev apart."""
        recorded: Sequence[Mapping[str, Any]] = (await self.dev("GET", "requests"))["requests"]
        return recorded

    async def forget(self) -> None:
        """Forget the requests so far."""
        await self.dev("DELETE", "requests")


@asynccontextmanager
async def simulator(application: web.Application) -> AsyncIterator[Simulator]:
    """Run a simulator while the context lasts."""
    async with running(application) as base, aiohttp.ClientSession() as session:
        yield Simulator(base, session)
