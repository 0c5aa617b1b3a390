import json
from asyncio import create_task, gather, sleep, wait_for
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from shared.adapters.entra_keys import LARGEST, SigningKeys
from shared.domain.errors import KeysUnavailable
from tests.fakes.system import FakeClock
from tests.fakes.telemetry import FakeTelemetry
from tests.support.keys import AUTHORITY, Key, KeyService

FIRST, SECOND, SMALL = Key("first"), Key("second"), Key("small", bits=1024)


class Tenant:
    """The keys under test, their service and their clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.service = KeyService(FIRST)
        self.telemetry = FakeTelemetry()
        self.keys = SigningKeys(
            authority=AUTHORITY,
            clock=self.clock,
            meters=self.telemetry,
            transport=self.service.transport,
        )

    async def knows(self, key_id: str) -> bool:
        return await self.keys.key(key_id) is not None

    async def settle(self) -> None:
        """Let what goes on in the background come to its end."""
        for _ in range(20):
            await sleep(0)


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    made = Tenant()
    yield made
    await made.keys.close()


async def test_keys_are_fetched_once_for_all_who_wait(tenant: Tenant) -> None:
    assert all(await gather(*(tenant.knows("first") for _ in range(200))))
    assert tenant.service.attempts == 1


async def test_an_hour_later_they_are_refreshed_without_delaying_anybody(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.clock.move(timedelta(minutes=59))
    await tenant.knows("first")
    await tenant.settle()
    assert tenant.service.attempts == 1
    tenant.clock.move(timedelta(minutes=1))
    tenant.service.publish(SECOND)
    assert await tenant.knows("first")
    await tenant.settle()
    assert tenant.service.attempts == 2
    assert await tenant.knows("second")


async def test_an_unknown_key_id_makes_one_attempt_in_five_minutes(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.clock.move(timedelta(minutes=5))
    assert not any(await gather(*(tenant.knows(f"made up {n}") for n in range(200))))
    assert tenant.service.attempts == 2
    tenant.clock.move(timedelta(minutes=4, seconds=59))
    assert not await tenant.knows("made up")
    assert tenant.service.attempts == 2
    tenant.clock.move(timedelta(seconds=1))
    assert not await tenant.knows("made up")
    assert tenant.service.attempts == 3


async def test_a_rollover_is_noticed_by_the_first_token_of_the_new_key(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.clock.move(timedelta(minutes=5))
    tenant.service.publish(FIRST, SECOND)
    assert await tenant.knows("second")


async def test_a_set_is_replaced_as_a_whole(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.clock.move(timedelta(hours=1))
    tenant.service.publish(SECOND)
    await tenant.knows("second")
    assert not await tenant.knows("first")


async def test_through_an_outage_the_last_good_set_is_served_for_a_day(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.service.is_down = True
    for _ in range(23 * 2):
        tenant.clock.move(timedelta(minutes=30))
        assert await tenant.knows("first")
        await tenant.settle()
    tenant.clock.move(timedelta(hours=1))
    with pytest.raises(KeysUnavailable) as refused:
        await tenant.knows("first")
    assert 1 <= refused.value.retry_after <= 11


async def test_an_outage_is_told_from_the_second_hour_on_and_at_once_where_there_is_no_set(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.service.is_down = True
    with pytest.raises(KeysUnavailable):
        await tenant.knows("first")
    tenant.service.is_down = False
    tenant.clock.move(timedelta(minutes=1))
    await tenant.knows("first")
    tenant.service.is_down = True
    for minutes in (90, 29, 6):
        tenant.clock.move(timedelta(minutes=minutes))
        await tenant.knows("first")
        await tenant.settle()
    records = [json.loads(record.getMessage()) for record in caplog.records]
    outage = "alarm: the signing keys cannot be fetched"
    assert [(record["event"], record.get("age_hours")) for record in records] == [
        (outage, None),
        ("signing keys not fetched", 1.5),
        ("signing keys not fetched", 2.0),
        (outage, 2.1),
    ]
    assert tenant.telemetry.counts == {("keys.fetches", "good"): 1, ("keys.fetches", "failed"): 4}
    assert tenant.telemetry.levels["keys.age"] == 7500


async def test_after_an_outage_it_recovers_by_itself(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.service.is_down = True
    tenant.clock.move(timedelta(hours=30))
    with pytest.raises(KeysUnavailable):
        await tenant.knows("first")
    tenant.service.is_down = False
    with pytest.raises(KeysUnavailable):
        await tenant.knows("first")
    tenant.clock.move(timedelta(seconds=10))
    assert await tenant.knows("first")


async def test_during_an_outage_an_unknown_key_is_not_called_invalid(tenant: Tenant) -> None:
    await tenant.knows("first")
    tenant.service.is_down = True
    tenant.clock.move(timedelta(minutes=10))
    results = await gather(*(tenant.knows("new") for _ in range(200)), return_exceptions=True)
    assert {type(result) for result in results} == {KeysUnavailable}
    assert tenant.service.attempts == 2
    tenant.clock.move(timedelta(minutes=1))
    with pytest.raises(KeysUnavailable) as refused:
        await tenant.knows("new")
    assert 200 <= refused.value.retry_after <= 241
    assert tenant.service.attempts == 2


async def test_a_cold_start_without_keys_tries_again_after_ten_seconds(tenant: Tenant) -> None:
    tenant.service.is_down = True
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            await tenant.knows("first")
    assert tenant.service.attempts == 1
    tenant.service.is_down = False
    tenant.clock.move(timedelta(seconds=10))
    assert await tenant.knows("first")


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        {"keys": []},
        {"keys": {}},
        {"keys": [7, None, {}]},
        {"keys": [FIRST.published(use="enc")]},
        {"keys": [FIRST.published(kty="EC")]},
        {"keys": [FIRST.published(n="")]},
        {"keys": [FIRST.published(n=7)]},
        {"keys": [{**FIRST.published(), "kid": 7}]},
        {"keys": [SMALL.published()]},
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://elsewhere.example.org/"}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b" " * (LARGEST + 1)),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_an_empty_or_malformed_set_never_replaces_a_good_one(
    tenant: Tenant, broken: object
) -> None:
    await tenant.knows("first")
    tenant.service.keys = broken
    tenant.clock.move(timedelta(hours=2))
    assert await tenant.knows("first")
    await tenant.settle()
    assert tenant.service.attempts == 2
    assert await tenant.knows("first")


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.org/other/v2.0", "jwks_uri": f"{AUTHORITY}/keys"},
        {"issuer": AUTHORITY, "jwks_uri": "https://elsewhere.example.org/keys"},
        {"issuer": AUTHORITY, "jwks_uri": "http://login.example.org/keys"},
        {"issuer": AUTHORITY, "jwks_uri": "https://login.example.org:444/keys"},
        {"issuer": AUTHORITY, "jwks_uri": "https://[login.example.org/keys"},
        {"issuer": AUTHORITY, "jwks_uri": 7},
        {"issuer": AUTHORITY},
    ],
    ids=str,
)
async def test_keys_are_taken_from_the_authority_alone(tenant: Tenant, metadata: object) -> None:
    tenant.service.metadata = metadata
    with pytest.raises(KeysUnavailable):
        await tenant.knows("first")


async def test_whoever_stops_waiting_stops_no_attempt(tenant: Tenant) -> None:
    patient = create_task(tenant.knows("first"))
    with pytest.raises(TimeoutError):
        await wait_for(tenant.knows("first"), timeout=0)
    assert await patient
    assert tenant.service.attempts == 1


async def test_a_key_for_another_use_is_passed_over_beside_a_good_one(tenant: Tenant) -> None:
    tenant.service.keys = {"keys": [SECOND.published(use="enc"), FIRST.published(use="sig")]}
    assert await tenant.knows("first")
    assert not await tenant.knows("second")
