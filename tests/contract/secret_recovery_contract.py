"""What every RecoveryStore promises: what is unfinished is found, and settled once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from shared.domain.ids import ClientId
from shared.ports.recovery import Begun, RecoveryStore, Unfinished
from shared.ports.secret_store import Intent, IntentState, SecretStore
from tests.contract.secret_intents_contract import creation, intent
from tests.contract.secret_records_contract import mark
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, numbered

LATER = MORNING + timedelta(minutes=5, microseconds=3)


async def pointer(recovery: RecoveryStore) -> Unfinished:
    (found,) = await recovery.unfinished()
    return found


async def fenced(recovery: RecoveryStore, stored: Intent) -> Intent:
    found = await recovery.fence(stored, LATER)
    assert found is not None
    return found


class PointerContract:
    async def test_nothing_is_unfinished_at_first(self, recovery: RecoveryStore) -> None:
        assert list(await recovery.unfinished()) == []

    async def test_an_intent_is_found_by_its_pointer(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        stored = await store.open_intent(intent())
        found = await pointer(recovery)
        assert (found.begun, found.client_id, found.since) == (
            Begun.CREATION,
            CLIENT,
            stored.created_at,
        )
        assert await recovery.intent(found) == stored

    async def test_a_deletion_is_found_by_its_pointer(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        marked = await store.begin_deletion(mark())
        found = await pointer(recovery)
        assert (found.begun, found.name, found.since) == (
            Begun.DELETION,
            marked.key_id,
            marked.deleted_at,
        )

    async def test_all_applications_are_found_together(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        await store.open_intent(intent())
        await store.open_intent(intent(client_id=OTHER_CLIENT))
        found = await recovery.unfinished()
        assert {each.client_id for each in found} == {CLIENT, OTHER_CLIENT}

    async def test_a_pointer_without_an_intent_leads_to_none(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        await store.open_intent(intent())
        found = replace(await pointer(recovery), name=f"{99:064x}")
        assert await recovery.intent(found) is None

    async def test_a_forgotten_pointer_is_gone(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        await store.open_intent(intent())
        await recovery.forget(await pointer(recovery))
        assert list(await recovery.unfinished()) == []

    async def test_a_pointer_that_was_written_anew_stays(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        await store.open_intent(intent())
        old = await pointer(recovery)
        await store.open_intent(intent())
        await recovery.forget(old)
        assert len(await recovery.unfinished()) == 1


class FenceContract:
    async def test_a_fenced_intent_cannot_be_committed(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        stored = await store.open_intent(intent())
        found = await fenced(recovery, stored)
        assert (found.state, found.aborting_since, found.clean_reads) == (
            IntentState.ABORTING,
            LATER,
            0,
        )
        assert not await store.commit_intent(stored, creation(stored))
        assert (await store.history(CLIENT)).unsettled == [found]
        assert (await store.history(CLIENT)).records == []

    async def test_a_committed_intent_cannot_be_fenced(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        stored = await store.open_intent(intent())
        assert await store.commit_intent(stored, creation(stored))
        assert await recovery.fence(stored, LATER) is None

    async def test_a_fence_and_a_commit_at_once_never_both_win(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        for number in range(1, 9):
            stored = await store.open_intent(intent(number))
            made = creation(stored, key_id=numbered(0x90 + number))  # type: ignore[arg-type]  # a plain GUID
            won = await asyncio.gather(
                recovery.fence(stored, LATER), store.commit_intent(stored, made)
            )
            assert sum(map(bool, won)) == 1

    async def test_of_many_fences_at_once_one_wins(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        stored = await store.open_intent(intent())
        won = await asyncio.gather(*(recovery.fence(stored, LATER) for _ in range(5)))
        assert sum(map(bool, won)) == 1

    async def test_clean_readings_are_counted_until_it_begins_anew(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        found = await fenced(recovery, await store.open_intent(intent()))
        for count in (1, 2):
            noted = await recovery.note_clean_reading(found)
            assert noted is not None
            found = noted
            assert (found.clean_reads, found.aborting_since) == (count, LATER)
        again = await recovery.fence(found, LATER + timedelta(minutes=1))
        assert again is not None
        assert (again.clean_reads, again.aborting_since) == (0, LATER + timedelta(minutes=1))

    async def test_a_reading_of_what_has_changed_counts_for_nothing(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        stored = await store.open_intent(intent())
        await fenced(recovery, stored)
        assert await recovery.note_clean_reading(stored) is None

    async def test_an_aborting_intent_is_aborted_and_its_pointer_goes(
        self, store: SecretStore, recovery: RecoveryStore
    ) -> None:
        await store.abort_intent(await fenced(recovery, await store.open_intent(intent())))
        again = await store.open_intent(intent(nonce="second"))
        assert again.state is IntentState.ABORTED
        assert list(await recovery.unfinished()) == []


class HistoryContract:
    async def test_an_application_without_a_past_has_none(self, store: SecretStore) -> None:
        history = await store.history(ClientId(CLIENT))
        assert (list(history.records), list(history.unsettled)) == ([], [])

    async def test_it_holds_the_records_and_what_is_unsettled_of_one_application(
        self, store: SecretStore
    ) -> None:
        stored = await store.open_intent(intent())
        await store.commit_intent(stored, creation(stored))
        pending = await store.open_intent(intent(2))
        await store.open_intent(intent(client_id=OTHER_CLIENT))
        history = await store.history(CLIENT)
        assert history.records == (await store.records([CLIENT]))[CLIENT]
        assert history.unsettled == [pending]


class RecoveryContract(PointerContract, FenceContract, HistoryContract):
    """All of it."""
