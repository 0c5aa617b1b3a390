"""The table adapter when answers are lost: it says what it knows, and never more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_secrets import TableSecretStore
from shared.domain.errors import ApplicationBusy, StoreUnavailable
from shared.ports.secret_store import IntentState, RecordState
from tests.contract.secret_intents_contract import creation, intent
from tests.contract.secret_leases_contract import is_busy, take
from tests.contract.secret_records_contract import mark, the_record
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT
from tests.support.tables import Fate, Service, empty_service

DELIVERED, NEVER_SENT, ANSWER_LOST = Fate.DELIVERED, Fate.NEVER_SENT, Fate.ANSWER_LOST
ATTEMPTS = 3

SOMETIMES_LOST = [
    [ANSWER_LOST],
    [NEVER_SENT],
    [ANSWER_LOST, NEVER_SENT],
    [NEVER_SENT, ANSWER_LOST],
    [ANSWER_LOST] * ATTEMPTS,
    [NEVER_SENT, NEVER_SENT, ANSWER_LOST],
    [ANSWER_LOST] * ATTEMPTS + [NEVER_SENT],
]
"""What can happen to a write, all of which can be found out."""


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite) as service:
        yield service


@pytest.fixture
async def store(service: Service) -> TableSecretStore:
    """Return a store whose tables exist already, so that each call is one request."""
    store = TableSecretStore(service.tables, RandomIds())
    await store.open_intent(intent(99))
    return store


@pytest.mark.parametrize("fates", SOMETIMES_LOST)
class TestWhateverIsLost:
    async def test_a_first_lease_is_ours(
        self, store: TableSecretStore, service: Service, fates: list[Fate]
    ) -> None:
        ticket = await store.lease_ticket(CLIENT)
        service.transport.doom(*fates)
        lease = await store.take_lease(ticket, now=MORNING, last_start=None)
        assert await is_busy(store)
        await store.release_lease(lease)
        assert not await is_busy(store)

    async def test_a_later_lease_is_ours(
        self, store: TableSecretStore, service: Service, fates: list[Fate]
    ) -> None:
        await store.release_lease(await take(store))
        ticket = await store.lease_ticket(CLIENT)
        service.transport.doom(*fates)
        lease = await store.take_lease(ticket, now=MORNING, last_start=None)
        await store.release_lease(lease)
        assert not await is_busy(store)

    async def test_an_intent_is_ours(
        self, store: TableSecretStore, service: Service, fates: list[Fate]
    ) -> None:
        service.transport.doom(DELIVERED, *fates)
        stored = await store.open_intent(intent())
        assert stored.nonce == intent().nonce
        assert await store.commit_intent(stored, creation(stored))

    async def test_a_commit_is_ours(
        self, store: TableSecretStore, service: Service, fates: list[Fate]
    ) -> None:
        stored = await store.open_intent(intent())
        service.transport.doom(*fates)
        assert await store.commit_intent(stored, creation(stored))
        assert (await store.open_intent(intent())).state is IntentState.CREATED

    async def test_a_deletion_is_finished(
        self, store: TableSecretStore, service: Service, fates: list[Fate]
    ) -> None:
        begun = await store.begin_deletion(mark())
        service.transport.doom(*fates)
        await store.finish_deletion(begun)
        assert (await the_record(store)).state is RecordState.DELETED


class TestWhatCannotBeKnown:
    async def test_a_lease_that_was_never_asked_for_is_not_held(
        self, store: TableSecretStore, service: Service
    ) -> None:
        ticket = await store.lease_ticket(CLIENT)
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await store.take_lease(ticket, now=MORNING, last_start=None)
        assert not await is_busy(store)

    async def test_a_commit_that_did_not_arrive_is_not_known(
        self, store: TableSecretStore, service: Service
    ) -> None:
        stored = await store.open_intent(intent())
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await store.commit_intent(stored, creation(stored))
        assert (await store.open_intent(intent())).state is IntentState.PENDING

    async def test_a_commit_that_cannot_be_read_back_is_not_known(
        self, store: TableSecretStore, service: Service
    ) -> None:
        stored = await store.open_intent(intent())
        service.transport.doom(*[ANSWER_LOST] * ATTEMPTS, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await store.commit_intent(stored, creation(stored))

    async def test_a_commit_with_a_lost_answer_after_an_abort_is_refused(
        self, store: TableSecretStore, service: Service
    ) -> None:
        stored = await store.open_intent(intent())
        await store.abort_intent(stored)
        service.transport.doom(*[ANSWER_LOST] * ATTEMPTS)
        assert not await store.commit_intent(stored, creation(stored))

    async def test_a_pointer_that_cannot_be_dropped_spoils_no_commit(
        self, store: TableSecretStore, service: Service
    ) -> None:
        stored = await store.open_intent(intent())
        service.transport.doom(DELIVERED, *[NEVER_SENT] * ATTEMPTS)
        assert await store.commit_intent(stored, creation(stored))

    async def test_an_intent_is_not_recorded_without_its_pointer(
        self, store: TableSecretStore, service: Service
    ) -> None:
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await store.open_intent(intent())
        rows = await service.rows("secrets", f"RowKey eq 'intent|{intent().intent_id}'")
        assert rows == []

    async def test_of_many_takers_with_lost_answers_one_wins(
        self, store: TableSecretStore, service: Service
    ) -> None:
        await store.release_lease(await take(store))
        ticket = await store.lease_ticket(CLIENT)
        service.transport.doom(*[ANSWER_LOST] * 8)
        won = 0

        async def take_one() -> None:
            nonlocal won
            with suppress(ApplicationBusy):
                await store.take_lease(ticket, now=MORNING, last_start=None)
                won += 1

        await asyncio.gather(*(take_one() for _ in range(8)))
        assert won == 1
