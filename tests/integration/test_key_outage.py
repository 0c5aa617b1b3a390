"""A day and more without the tenant's key service, under load, and what comes after it."""

import json
from asyncio import gather
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from shared.domain.access import Principal
from shared.domain.errors import InvalidToken, KeysUnavailable
from tests.fakes.system import FakeClock
from tests.integration.simulators.identity_client import JANE, running
from tests.integration.test_entra_tokens import Tenant
from tests.support.keys import base64url

CROWD = 200
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Outage:
    """A tenant whose key service was last asked, with success, five minutes ago, and is down."""

    def __init__(self, tenant: Tenant, strangers: Iterable[str]) -> None:
        self.tenant = tenant
        self.clock = tenant.clock
        self.strangers = [*strangers]
        """Tokens in the name of keys that nobody has published, each of another one."""

    async def pass_judgement(self, tokens: Iterable[str]) -> Counter[str]:
        """Judge all tokens at once; count what came of them."""
        judged = await gather(*map(self.tenant.admits, tokens), return_exceptions=True)
        return Counter(
            "admitted" if isinstance(each, Principal) else type(each).__name__ for each in judged
        )

    async def attempts(self) -> int:
        """Return how often the key service was tried so far."""
        listed = (await self.tenant.identity.call("GET", "/dev/requests")).body["requests"]
        return sum(each["path"].endswith("/openid-configuration") for each in listed)

    async def settle(self) -> None:
        """Wait for an attempt in the background: a stranger does."""
        await self.pass_judgement(self.strangers[:1])

    async def end(self) -> None:
        await self.tenant.identity.call("DELETE", "/dev/traps")

    def hours(self, count: int, step: timedelta) -> Iterator[datetime]:
        """Let so many hours pass in steps; yield the instant after each."""
        for _ in range(int(count * HOUR / step)):
            self.clock.move(step)
            yield self.clock.now()


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    clock = FakeClock()
    async with AsyncExitStack() as resources:
        identity = await resources.enter_async_context(running(now=clock.now))
        made = Tenant(identity, clock)
        resources.push_async_callback(made.portal.close)
        yield made


@pytest.fixture(params=["keys_down", "keys_malformed", "metadata_down"])
async def outage(tenant: Tenant, request: pytest.FixtureRequest) -> Outage:
    token = await tenant.token()
    await tenant.admits(token)
    await tenant.identity.trap(request.param)
    tenant.clock.move(5 * MINUTE)
    return Outage(tenant, [named(f"made up {number}", token) for number in range(CROWD)])


def named(key_id: str, token: str) -> str:
    """Return the token in the name of another key."""
    header = json.dumps({"typ": "JWT", "alg": "RS256", "kid": key_id})
    return f"{base64url(header.encode())}.{token.partition('.')[2]}"


async def test_for_23_hours_everybody_whose_key_is_known_passes(outage: Outage) -> None:
    for _ in outage.hours(23, HOUR):
        token = await outage.tenant.token()
        assert await outage.pass_judgement([token] * CROWD) == {"admitted": CROWD}
        await outage.settle()
    assert await outage.attempts() == 1 + 23


async def test_made_up_keys_cause_one_attempt_in_five_minutes_and_stop_nobody(
    outage: Outage,
) -> None:
    await outage.pass_judgement(outage.strangers)
    attempted_at = [outage.clock.now() - 5 * MINUTE, outage.clock.now()]
    for now in outage.hours(1, MINUTE):
        token = await outage.tenant.token()
        judged = await outage.pass_judgement([*outage.strangers, token])
        assert judged == {KeysUnavailable.__name__: CROWD, "admitted": 1}
        attempted_at += [now] * (await outage.attempts() - len(attempted_at))
    pauses = [after - before for before, after in pairwise(attempted_at)]
    assert min(pauses) == max(pauses) == 5 * MINUTE
    assert len(pauses) == 1 + 12


async def test_who_cannot_be_judged_is_told_when_to_ask_again(outage: Outage) -> None:
    for minutes in range(5):
        with pytest.raises(KeysUnavailable) as refused:
            await outage.tenant.admits(outage.strangers[0])
        assert refused.value.retry_after == 300 - 60 * minutes + 1
        outage.clock.move(MINUTE)


async def test_after_24_hours_nobody_is_judged_and_one_attempt_is_made_in_ten_seconds(
    outage: Outage,
) -> None:
    outage.clock.move(24 * HOUR)
    token = await outage.tenant.token()
    before = await outage.attempts()
    for second in range(30):
        judged = await outage.pass_judgement([token] * CROWD)
        assert judged == {KeysUnavailable.__name__: CROWD}
        assert await outage.attempts() == before + 1 + second // 10
        outage.clock.move(timedelta(seconds=1))
    with pytest.raises(KeysUnavailable) as refused:
        await outage.tenant.admits(token)
    assert 1 <= refused.value.retry_after <= 11


async def test_it_recovers_without_a_restart(outage: Outage) -> None:
    outage.clock.move(30 * HOUR)
    token = await outage.tenant.token()
    assert await outage.pass_judgement([token] * CROWD) == {KeysUnavailable.__name__: CROWD}
    await outage.end()
    outage.clock.move(timedelta(seconds=10))
    before = await outage.attempts()
    assert await outage.pass_judgement([token] * CROWD) == {"admitted": CROWD}
    assert await outage.attempts() == before + 1


async def test_a_rollover_during_the_outage_is_picked_up_after_it(outage: Outage) -> None:
    outage.clock.move(10 * HOUR)
    await outage.tenant.roll_over()
    new = await outage.tenant.token()
    assert await outage.pass_judgement([new] * CROWD) == {KeysUnavailable.__name__: CROWD}
    await outage.end()
    outage.clock.move(5 * MINUTE)
    assert await outage.pass_judgement([new] * CROWD) == {"admitted": CROWD}


async def test_a_key_that_was_withdrawn_during_the_outage_opens_nothing_after_it(
    outage: Outage,
) -> None:
    outage.clock.move(10 * HOUR)
    old = await outage.tenant.token()
    for _ in range(2):
        await outage.tenant.roll_over()
    await outage.end()
    outage.clock.move(5 * MINUTE)
    new = await outage.tenant.token()
    assert await outage.pass_judgement([new] * CROWD) == {"admitted": CROWD}
    assert await outage.pass_judgement([old] * CROWD) == {InvalidToken.__name__: CROWD}


async def test_made_up_keys_are_called_invalid_once_the_service_is_back(outage: Outage) -> None:
    outage.clock.move(5 * MINUTE)
    await outage.pass_judgement(outage.strangers)
    await outage.end()
    outage.clock.move(5 * MINUTE)
    before = await outage.attempts()
    judged = await outage.pass_judgement(outage.strangers)
    assert judged == {InvalidToken.__name__: CROWD}
    assert await outage.attempts() == before + 1
    assert (await outage.tenant.admits(await outage.tenant.token())).user_id == JANE
