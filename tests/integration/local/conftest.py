"""A host that runs the sample app, and a lab among small parts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from local.hosting.clock import HostClock
from local.hosting.index import Index, Surroundings, index
from local.hosting.server import application
from local.simulators.common import serving
from tests.integration.local import sample_app
from tests.integration.local.lab_stack import Stack, around
from tests.integration.local.sample_app import Recorder

ALLOWED = "http://localhost:5173"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningHost:
    """The host, a session whose relative addresses are the host's, and what its timers did."""

    http: aiohttp.ClientSession
    address: str
    clock: HostClock
    recorder: Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """The sample app, read but not running."""

    functions: Index
    clock: HostClock
    recorder: Recorder


def sample(hourly: str | None = "0 0 6-20 * * *") -> Indexed:
    clock = HostClock()
    built = sample_app.build(clock=clock)
    settings = {} if hourly is None else {"HOURLY": hourly}
    surroundings = Surroundings(route_prefix="", settings=settings, now=clock.now())
    recorder: Recorder = built.recorder  # type: ignore[attr-defined]  # the sample app's own
    return Indexed(functions=index(built, surroundings), clock=clock, recorder=recorder)


@pytest.fixture
async def host() -> AsyncIterator[RunningHost]:
    app = sample()
    async with (
        serving(application(app.functions, app.clock, [ALLOWED])) as address,
        aiohttp.ClientSession(address) as http,
    ):
        yield RunningHost(http=http, address=address, clock=app.clock, recorder=app.recorder)


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with around() as made:
        yield made
