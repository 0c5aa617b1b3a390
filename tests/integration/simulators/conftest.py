"""Simulators that run in the test's own event loop, each on a free port."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from local.simulators.common import Clock, serving
from local.simulators.graph.server import application
from local.simulators.graph.state import State
from tests.integration.simulators.graph_client import NOW, Graph, world


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    state = State(world(), Clock(lambda: NOW))
    async with serving(application(state)) as address, ClientSession() as session:
        yield Graph(address=address, session=session, state=state)
