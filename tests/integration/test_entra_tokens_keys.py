"""Signing keys from a provider that misbehaves on the wire."""

from asyncio import Event, create_task, gather, sleep, timeout
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from aiohttp import web

from shared.adapters.entra_keys import LARGEST, SigningKeys
from shared.domain.errors import KeysUnavailable
from tests.fakes.system import FakeClock
from tests.support.keys import Key
from tests.support.simulators import running

KEY = Key("ours")
METADATA, KEYS, MOVED = "/tenant/v2.0/.well-known/openid-configuration", "/keys", "/moved/keys"


class Provider:
    """Answers with a good set, in whatever way it was told to; counts the fetches of keys."""

    def __init__(self) -> None:
        self.fetches = 0
        self.status = 200
        self.padding = ""
        self.redirects = False
        self.answers = Event()
        self.answers.set()
        self.base = ""

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get(METADATA, self._metadata),
                web.get(KEYS, self._keys),
                web.get(MOVED, self._set),
            ]
        )
        return app

    @property
    def authority(self) -> str:
        return f"{self.base}/tenant/v2.0"

    async def _metadata(self, _: web.Request) -> web.Response:
        await self.answers.wait()
        return web.json_response({"issuer": self.authority, "jwks_uri": f"{self.base}{KEYS}"})

    async def _keys(self, request: web.Request) -> web.Response:
        self.fetches += 1
        if self.redirects:
            raise web.HTTPFound(MOVED)
        return await self._set(request)

    async def _set(self, _: web.Request) -> web.Response:
        answer = web.json_response({"keys": [KEY.published()]}, status=self.status)
        answer.text = f"{answer.text}{self.padding}"
        return answer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    async with running(made.application()) as made.base:
        yield made


@pytest.fixture
async def keys(provider: Provider, clock: FakeClock) -> AsyncIterator[SigningKeys]:
    async with AsyncExitStack() as resources:
        made = SigningKeys(authority=provider.authority, clock=clock)
        resources.push_async_callback(made.close)
        yield made


async def test_a_good_set_is_taken(keys: SigningKeys) -> None:
    assert await keys.key("ours") is not None


@pytest.mark.parametrize("status", [201, 404, 500, 503])
async def test_a_set_that_comes_with_an_error_is_not_taken(
    keys: SigningKeys, provider: Provider, status: int
) -> None:
    provider.status = status
    with pytest.raises(KeysUnavailable):
        await keys.key("ours")


async def test_a_set_that_is_too_large_is_not_taken(keys: SigningKeys, provider: Provider) -> None:
    provider.padding = " " * LARGEST
    with pytest.raises(KeysUnavailable):
        await keys.key("ours")


async def test_no_redirect_leads_to_a_set(keys: SigningKeys, provider: Provider) -> None:
    provider.redirects = True
    with pytest.raises(KeysUnavailable):
        await keys.key("ours")


async def test_a_refresh_that_hangs_delays_nobody(
    keys: SigningKeys, provider: Provider, clock: FakeClock
) -> None:
    await keys.key("ours")
    provider.answers.clear()
    clock.move(timedelta(hours=1))
    asked = create_task(keys.key("ours"))
    await sleep(0)  # as often as a request that waits for nothing needs
    assert asked.done()
    provider.answers.set()


async def test_the_first_to_ask_may_go_away_and_the_others_still_get_their_keys(
    keys: SigningKeys, provider: Provider
) -> None:
    provider.answers.clear()
    first = create_task(keys.key("ours"))
    others = [create_task(keys.key("ours")) for _ in range(20)]
    await sleep(0)
    first.cancel()
    await sleep(0)
    assert first.done()
    provider.answers.set()
    assert None not in await gather(*others)
    assert provider.fetches == 1


async def test_closing_ends_an_attempt_that_hangs(provider: Provider, clock: FakeClock) -> None:
    provider.answers.clear()
    keys = SigningKeys(authority=provider.authority, clock=clock)
    asked = create_task(keys.key("ours"))
    await sleep(0)
    async with timeout(1):  # by itself the attempt would end after five seconds
        await keys.close()
    await gather(asked, return_exceptions=True)
    assert provider.fetches == 0
    provider.answers.set()
