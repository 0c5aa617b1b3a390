"""What a caller is answered while the tenant's key service is down, and when it is back."""

from asyncio import gather
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import orjson
import pytest

from functions import applications, secrets
from shared.bootstrap import Composition
from shared.settings import read
from tests.fakes.system import FakeClock
from tests.integration.simulators.identity_client import PORTAL_CLIENT, TENANT, running
from tests.integration.test_entra_tokens import Tenant
from tests.support.builders import CLIENT, numbered
from tests.unit.test_settings import WHOLE

OPERATIONS = {"list_applications": "GET", "create_secret": "POST", "delete_secret": "DELETE"}
PATH = {"clientId": CLIENT, "keyId": numbered(1)}


class Portal:
    """The triggers in this process; nothing behind the judgement of tokens can be reached."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.clock = tenant.clock
        settings = WHOLE | {
            "TENANT_ID": TENANT,
            "PORTAL_CLIENT_ID": PORTAL_CLIENT,
            "TOKEN_AUTHORITY": tenant.identity.issuer,
        }
        self.product = Composition(token_clock=self.clock, read_settings=lambda: read(settings))
        app = func.FunctionApp()
        for blueprint in (applications.blueprint, secrets.blueprint):
            app.register_functions(blueprint(self.product))
        self._triggers: dict[str, Any] = {
            str(each.get_function_name()): each.get_user_function() for each in app.get_functions()
        }

    async def answer(self, operation: str, token: str) -> func.HttpResponse:
        request = func.HttpRequest(
            method=OPERATIONS[operation],
            url="http://127.0.0.1/",
            headers={"authorization": f"Bearer {token}"},
            route_params=PATH,
            body=b"",
        )
        context = SimpleNamespace(
            function_name="list_applications", trace_context=SimpleNamespace(trace_parent=None)
        )
        answer: func.HttpResponse = await self._triggers[operation](request, context)
        return answer

    async def token(self) -> str:
        """Return a good token without the role: whoever bears it is known, and refused for that."""
        return await self.tenant.token(claims={"roles": None})


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    clock = FakeClock()
    async with AsyncExitStack() as resources:
        identity = await resources.enter_async_context(running(now=clock.now))
        tenant = Tenant(identity, clock)
        resources.push_async_callback(tenant.portal.close)
        made = Portal(tenant)
        resources.push_async_callback(made.product.close)
        yield made


def code(answer: func.HttpResponse) -> str:
    return f"{answer.status_code} {orjson.loads(answer.get_body())['code']}"


@pytest.mark.parametrize("operation", [*OPERATIONS])
async def test_a_day_after_the_last_good_keys_every_operation_asks_for_patience(
    portal: Portal, operation: str
) -> None:
    assert code(await portal.answer("list_applications", await portal.token())) == known()
    await portal.tenant.identity.trap("keys_down")
    portal.clock.move(timedelta(hours=24))
    answer = await portal.answer(operation, await portal.token())
    document = orjson.loads(answer.get_body())
    assert (answer.status_code, document["code"]) == (503, "keys_unavailable")
    assert answer.mimetype == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 11
    assert document["retryAfterSeconds"] == int(answer.headers["Retry-After"])
    assert "WWW-Authenticate" not in answer.headers


async def test_whoever_waits_as_long_as_asked_is_answered_without_a_restart(
    portal: Portal,
) -> None:
    await portal.tenant.identity.trap("metadata_down")
    token = await portal.token()
    refused = await portal.answer("list_applications", token)
    assert code(refused) == "503 keys_unavailable"
    await portal.tenant.identity.call("DELETE", "/dev/traps")
    portal.clock.move(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert code(await portal.answer("list_applications", token)) == known()


async def test_a_key_that_came_up_during_the_outage_is_asked_for_patience_until_it_is_known(
    portal: Portal,
) -> None:
    old = await portal.token()
    assert code(await portal.answer("list_applications", old)) == known()
    portal.clock.move(timedelta(minutes=10))
    await portal.tenant.identity.trap("keys_down")
    await portal.tenant.roll_over()
    new = await portal.token()
    answers = await gather(*(portal.answer("list_applications", each) for each in [old, new] * 100))
    assert Counter(map(code, answers)) == {known(): 100, "503 keys_unavailable": 100}
    assert await portal.tenant.fetches() == 2
    await portal.tenant.identity.call("DELETE", "/dev/traps")
    (pause,) = {int(each.headers["Retry-After"]) for each in answers if each.status_code == 503}
    assert pause == 301
    portal.clock.move(timedelta(seconds=pause))
    answers = await gather(*(portal.answer("list_applications", each) for each in [old, new] * 100))
    assert Counter(map(code, answers)) == {known(): 200}


def known() -> str:
    """Return the answer to somebody whose token was judged."""
    return "403 role_missing"
