"""A receiver of delivery reports, and a mail service that tells it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from local.simulators.common import serving
from tests.integration.simulators.email_client import Mail, running

PATH = "/events?functionName=reports"


@dataclass
class Receiver:
    """Remembers each post. It answers with `refusals`, one after the other, then with 202."""

    refusals: list[int] = field(default_factory=list)
    posts: list[tuple[str, dict[str, str], list[dict[str, Any]]]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/events", self._take)
        return app

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events, in the order in which they came."""
        return [event for _, _, events in self.posts for event in events]

    @property
    def told(self) -> list[tuple[str, str]]:
        """The recipient and the status that each event names."""
        return [(each["data"]["recipient"], each["data"]["status"]) for each in self.events]

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.set()
        self.posts.append((request.path_qs, headers, await request.json()))
        return web.Response(status=self.refusals.pop(0) if self.refusals else 202)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A mail service, and the receiver of its reports."""

    mail: Mail
    receiver: Receiver

    async def statuses(self) -> list[str]:
        """Return what was reported so far, in the order in which it was raised."""
        return [each["status"] for each in await self.mail.reports()]


@asynccontextmanager
async def telling(
    *, refusals: Sequence[int] = (), pauses: Sequence[float] = ()
) -> AsyncIterator[Told]:
    receiver = Receiver(refusals=list(refusals))
    async with serving(receiver.application()) as address, running(pauses=pauses) as mail:
        await mail.tell(address + PATH)
        yield Told(mail=mail, receiver=receiver)
