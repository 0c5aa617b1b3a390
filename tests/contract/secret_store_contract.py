"""What every SecretStore promises: leases and intents. Records are in secret_records_contract."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import ApplicationBusy
from shared.domain.ids import ClientId, KeyId
from shared.domain.secrets import end_of
from shared.ports.directory import SecretRequest
from shared.ports.secret_store import (
    Actor,
    Intent,
    IntentState,
    Lease,
    RecordState,
    SecretRecord,
    SecretStore,
)
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, USER, day, numbered

KEY = KeyId(numbered(0x11))
OTHER_KEY = KeyId(numbered(0x12))
JANE = Actor(user_id=USER, name='Jane "J" O\'Doe 😀')
FIVE_MINUTES = timedelta(minutes=5)
A_START = datetime(2026, 11, 21, 9, 0, 1, tzinfo=UTC)

Pointers = Callable[[], Awaitable[set[str]]]
"""Reads the pointers to what is unfinished, past the port."""


def intent(number: int = 1, *, nonce: str = "first", client_id: ClientId = CLIENT) -> Intent:
    return Intent(
        client_id=client_id,
        intent_id=f"{number:064x}",
        nonce=nonce,
        body_hash=f"{number + 7:064x}",
        request=SecretRequest(display_name="Secret by JD", start=A_START, end=end_of(day(90))),
        actor=JANE,
        created_at=MORNING.replace(microsecond=123456),
    )


def creation(of: Intent, key_id: KeyId = KEY) -> SecretRecord:
    return SecretRecord(
        client_id=of.client_id,
        key_id=key_id,
        state=RecordState.CREATED,
        request=of.request,
        hint="Q_e",
        created_by=of.actor,
        created_at=of.created_at,
    )


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


class IntentContract:
    async def test_an_intent_is_recorded_as_given(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        stored = await store.open_intent(intent())
        assert stored.version
        assert replace(stored, version="") == intent()
        assert await open_pointers() == {f"intent|{CLIENT}|{1:064x}"}

    async def test_an_earlier_intent_is_returned_and_left_as_it_was(
        self, store: SecretStore
    ) -> None:
        first = await store.open_intent(intent())
        again = replace(intent(nonce="second"), body_hash="another", created_at=MORNING)
        assert await store.open_intent(again) == first
        assert await store.open_intent(again) == first

    async def test_the_same_intent_again_is_the_same(self, store: SecretStore) -> None:
        first = await store.open_intent(intent())
        assert await store.open_intent(intent()) == first

    async def test_of_many_at_once_all_see_the_same_one(self, store: SecretStore) -> None:
        wishes = [intent(nonce=f"writer {number}") for number in range(8)]
        stored = await asyncio.gather(*(store.open_intent(wish) for wish in wishes))
        assert len({each.nonce for each in stored}) == 1
        assert len({each.version for each in stored}) == 1

    async def test_a_commit_records_intent_and_secret(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        stored = await store.open_intent(intent())
        assert await store.commit_intent(stored, creation(stored))
        (record,) = (await store.records([CLIENT]))[CLIENT]
        assert replace(record, version="") == creation(stored)
        assert await open_pointers() == set()

    async def test_a_commit_may_be_repeated(self, store: SecretStore) -> None:
        stored = await store.open_intent(intent())
        assert await store.commit_intent(stored, creation(stored))
        assert await store.commit_intent(stored, creation(stored))
        assert len((await store.records([CLIENT]))[CLIENT]) == 1

    async def test_a_committed_intent_names_its_secret_to_a_repeat(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        stored = await store.open_intent(intent())
        await store.commit_intent(stored, creation(stored))
        again = await store.open_intent(intent(nonce="second"))
        assert (again.state, again.key_id) == (IntentState.CREATED, KEY)
        assert again.body_hash == intent().body_hash
        assert await open_pointers() == set()

    async def test_an_aborted_intent_is_not_committed(self, store: SecretStore) -> None:
        stored = await store.open_intent(intent())
        await store.abort_intent(stored)
        assert not await store.commit_intent(stored, creation(stored))
        assert (await store.records([CLIENT]))[CLIENT] == []

    async def test_an_intent_is_committed_for_one_secret(self, store: SecretStore) -> None:
        stored = await store.open_intent(intent())
        assert await store.commit_intent(stored, creation(stored))
        assert not await store.commit_intent(stored, creation(stored, OTHER_KEY))
        assert [each.key_id for each in (await store.records([CLIENT]))[CLIENT]] == [KEY]

    async def test_an_intent_nobody_opened_is_not_committed(self, store: SecretStore) -> None:
        unknown = replace(intent(), version=(await store.open_intent(intent(2))).version)
        assert not await store.commit_intent(unknown, creation(unknown))

    async def test_an_abort_is_final_and_leaves_no_pointer(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        stored = await store.open_intent(intent())
        await store.abort_intent(stored)
        await store.abort_intent(stored)
        assert await open_pointers() == set()
        assert (await store.open_intent(intent(nonce="second"))).state is IntentState.ABORTED
        assert await open_pointers() == set()

    async def test_an_abort_after_the_commit_changes_nothing(self, store: SecretStore) -> None:
        stored = await store.open_intent(intent())
        await store.commit_intent(stored, creation(stored))
        await store.abort_intent(stored)
        assert (await store.open_intent(intent())).state is IntentState.CREATED

    async def test_commit_and_abort_at_once_have_one_winner(self, store: SecretStore) -> None:
        stored = await store.open_intent(intent())
        committed, _ = await asyncio.gather(
            store.commit_intent(stored, creation(stored)), store.abort_intent(stored)
        )
        final = await store.open_intent(intent(nonce="second"))
        assert final.state is (IntentState.CREATED if committed else IntentState.ABORTED)
        assert len((await store.records([CLIENT]))[CLIENT]) == int(committed)

    async def test_intents_of_two_applications_are_apart(self, store: SecretStore) -> None:
        first = await store.open_intent(intent())
        other = await store.open_intent(intent(nonce="second", client_id=OTHER_CLIENT))
        await store.abort_intent(first)
        assert await store.commit_intent(other, creation(other))
