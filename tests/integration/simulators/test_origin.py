"""A page of another origin, under whatever name it leads here, changes nothing in a simulator."""

import aiohttp
import pytest
from aiohttp import web

from local.simulators.common import Clock
from local.simulators.email import server as email
from local.simulators.email.state import State as EmailState
from local.simulators.graph import server as graph
from local.simulators.graph.state import State as GraphState
from local.simulators.identity import server as identity
from local.simulators.identity.state import State as IdentityState
from local.world import sample
from tests.support.simulators import running

WORLD = sample(Clock().now())
APPLICATIONS = {
    "graph": graph.application(GraphState(WORLD)),
    "email": email.application(EmailState()),
    "identity": identity.application(IdentityState(WORLD)),
}


@pytest.mark.parametrize("application", APPLICATIONS.values(), ids=APPLICATIONS)
async def test_only_this_machines_own_pages_and_no_browsers_change_a_simulator(
    application: web.Application,
) -> None:
    foreign = [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ]
    async with running(application) as base, aiohttp.ClientSession(base) as http:
        for headers in foreign:
            async with http.delete("/dev/traps", headers=headers) as answer:
                assert answer.status == 403
        async with http.delete("/dev/traps") as answer:
            assert answer.status == 204
