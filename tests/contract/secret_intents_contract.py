"""What every SecretStore promises of intents: one per wish, and a commit that is known."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from shared.domain.ids import ClientId, KeyId
from shared.domain.secrets import end_of
from shared.ports.directory import SecretRequest
from shared.ports.secret_store import (
    Actor,
    Intent,
    IntentState,
    RecordState,
    SecretRecord,
    SecretStore,
)
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, USER, day, numbered

KEY = KeyId(numbered(0x11))
OTHER_KEY = KeyId(numbered(0x12))
JANE = Actor(user_id=USER, name='Jane "J" O\'Doe 😀')
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

    async def test_a_commit_is_known_to_its_writer_alone(self, store: SecretStore) -> None:
        stored = await store.open_intent(intent())
        assert await store.commit_intent(stored, creation(stored))
        assert not await store.commit_intent(replace(stored, nonce="another"), creation(stored))

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
