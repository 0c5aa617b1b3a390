"""What every SecretStore promises of leases: one holder at a time, for five minutes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import ApplicationBusy
from shared.ports.secret_store import Lease, SecretStore
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT

FIVE_MINUTES = timedelta(minutes=5)
A_START = datetime(2026, 11, 21, 9, 0, 1, tzinfo=UTC)


async def take(
    store: SecretStore, *, now: datetime = MORNING, last_start: datetime | None = None
) -> Lease:
    return await store.take_lease(await store.lease_ticket(CLIENT), now=now, last_start=last_start)


async def is_busy(store: SecretStore, *, now: datetime = MORNING) -> bool:
    try:
        await take(store, now=now)
    except ApplicationBusy:
        return True
    return False


class LeaseContract:
    async def test_the_first_ticket_is_of_a_lease_nobody_had(self, store: SecretStore) -> None:
        ticket = await store.lease_ticket(CLIENT)
        assert (ticket.client_id, ticket.version, ticket.last_start) == (CLIENT, None, None)

    async def test_a_lease_lasts_five_minutes(self, store: SecretStore) -> None:
        lease = await take(store)
        assert lease.expires_at == MORNING + FIVE_MINUTES
        last_moment = MORNING + FIVE_MINUTES - timedelta(microseconds=1)
        assert await is_busy(store, now=last_moment)
        assert not await is_busy(store, now=MORNING + FIVE_MINUTES)

    async def test_a_ticket_is_good_for_one_lease(self, store: SecretStore) -> None:
        ticket = await store.lease_ticket(CLIENT)
        await store.take_lease(ticket, now=MORNING, last_start=None)
        with pytest.raises(ApplicationBusy):
            await store.take_lease(ticket, now=MORNING + FIVE_MINUTES, last_start=None)

    @pytest.mark.parametrize("held_before", [False, True])
    async def test_of_many_takers_at_once_one_wins(
        self, store: SecretStore, *, held_before: bool
    ) -> None:
        if held_before:
            await store.release_lease(await take(store))
        ticket = await store.lease_ticket(CLIENT)
        taken = await asyncio.gather(
            *(store.take_lease(ticket, now=MORNING, last_start=None) for _ in range(8)),
            return_exceptions=True,
        )
        winners = [each for each in taken if isinstance(each, Lease)]
        assert len(winners) == 1
        assert sum(isinstance(each, ApplicationBusy) for each in taken) == 7
        await store.release_lease(winners[0])
        assert not await is_busy(store)

    async def test_a_lease_given_back_can_be_taken_at_once(self, store: SecretStore) -> None:
        await store.release_lease(await take(store))
        assert not await is_busy(store)

    async def test_a_ticket_is_void_after_a_lease_in_between(self, store: SecretStore) -> None:
        await store.release_lease(await take(store))
        ticket = await store.lease_ticket(CLIENT)
        await store.release_lease(await take(store))
        with pytest.raises(ApplicationBusy):
            await store.take_lease(ticket, now=MORNING, last_start=None)

    async def test_a_first_ticket_is_void_after_a_lease_in_between(
        self, store: SecretStore
    ) -> None:
        ticket = await store.lease_ticket(CLIENT)
        await store.release_lease(await take(store))
        with pytest.raises(ApplicationBusy):
            await store.take_lease(ticket, now=MORNING, last_start=None)

    async def test_a_ticket_of_a_held_lease_is_void_once_it_is_given_back(
        self, store: SecretStore
    ) -> None:
        lease = await take(store)
        ticket = await store.lease_ticket(CLIENT)
        await store.release_lease(lease)
        with pytest.raises(ApplicationBusy):
            await store.take_lease(ticket, now=MORNING + FIVE_MINUTES, last_start=None)

    async def test_an_expired_lease_goes_to_one_successor(self, store: SecretStore) -> None:
        await take(store)
        later = MORNING + FIVE_MINUTES
        ticket = await store.lease_ticket(CLIENT)
        await store.take_lease(ticket, now=later, last_start=None)
        with pytest.raises(ApplicationBusy):
            await store.take_lease(ticket, now=later, last_start=None)

    async def test_giving_back_a_lease_that_somebody_took_over_changes_nothing(
        self, store: SecretStore
    ) -> None:
        stale = await take(store)
        later = MORNING + FIVE_MINUTES
        held = await take(store, now=later)
        await store.release_lease(stale)
        assert await is_busy(store, now=later)
        await store.release_lease(held)
        assert not await is_busy(store, now=later)

    async def test_giving_back_twice_changes_nothing(self, store: SecretStore) -> None:
        lease = await take(store)
        await store.release_lease(lease)
        await take(store)
        await store.release_lease(lease)
        assert await is_busy(store)

    async def test_the_last_start_outlives_leases_that_name_none(self, store: SecretStore) -> None:
        await store.release_lease(await take(store, last_start=A_START))
        assert (await store.lease_ticket(CLIENT)).last_start == A_START
        await store.release_lease(await take(store))
        assert (await store.lease_ticket(CLIENT)).last_start == A_START
        later = A_START + timedelta(seconds=1)
        await take(store, last_start=later)
        assert (await store.lease_ticket(CLIENT)).last_start == later

    async def test_each_application_has_its_own_lease(self, store: SecretStore) -> None:
        await take(store)
        ticket = await store.lease_ticket(OTHER_CLIENT)
        lease = await store.take_lease(ticket, now=MORNING, last_start=None)
        assert lease.client_id == OTHER_CLIENT
