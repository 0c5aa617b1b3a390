"""What every SecretStore promises of records: who made a secret, and who deleted it."""

from dataclasses import replace
from datetime import timedelta

from shared.domain.ids import ClientId, KeyId, UserId
from shared.ports.secret_store import Actor, RecordState, SecretRecord, SecretStore
from tests.contract.secret_intents_contract import (
    JANE,
    KEY,
    OTHER_KEY,
    Pointers,
    creation,
    intent,
)
from tests.contract.secret_leases_contract import take
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, numbered

JOHN = Actor(user_id=UserId(numbered(0xD2)), name="John Doe")
LATER = MORNING + timedelta(hours=1, microseconds=7)
POINTER = f"delete|{CLIENT}|{KEY}"


def mark(actor: Actor = JOHN, key_id: KeyId = KEY) -> SecretRecord:
    """Return the wish to delete a secret of which nothing else is known."""
    return SecretRecord(
        client_id=CLIENT,
        key_id=key_id,
        state=RecordState.DELETING,
        request=None,
        hint="Q_e",
        created_by=None,
        created_at=None,
        deleted_by=actor,
        deleted_at=LATER,
    )


async def created(store: SecretStore, key_id: KeyId = KEY) -> SecretRecord:
    stored = await store.open_intent(intent())
    assert await store.commit_intent(stored, creation(stored, key_id))
    return creation(stored, key_id)


async def the_record(store: SecretStore) -> SecretRecord:
    (record,) = (await store.records([CLIENT]))[CLIENT]
    return replace(record, version="")


class RecordContract:
    async def test_a_deletion_says_by_whom_and_when(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        begun = await store.begin_deletion(mark())
        assert begun.version
        assert replace(begun, version="") == mark()
        assert await the_record(store) == mark()
        assert await open_pointers() == {POINTER}

    async def test_a_deletion_keeps_what_is_known_of_the_creation(self, store: SecretStore) -> None:
        known = await created(store)
        await store.begin_deletion(mark())
        assert await the_record(store) == replace(
            known, state=RecordState.DELETING, deleted_by=JOHN, deleted_at=LATER
        )

    async def test_a_deletion_is_finished(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        known = await created(store)
        begun = await store.begin_deletion(mark())
        await store.finish_deletion(begun)
        await store.finish_deletion(begun)
        assert await the_record(store) == replace(
            known, state=RecordState.DELETED, deleted_by=JOHN, deleted_at=LATER
        )
        assert await open_pointers() == set()

    async def test_a_withdrawn_deletion_leaves_the_creation_as_it_was(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        known = await created(store)
        begun = await store.begin_deletion(mark())
        await store.withdraw_deletion(begun)
        await store.withdraw_deletion(begun)
        assert await the_record(store) == known
        assert await open_pointers() == set()

    async def test_a_withdrawn_deletion_of_a_secret_made_elsewhere_leaves_only_its_pointer(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        begun = await store.begin_deletion(mark())
        await store.withdraw_deletion(begun)
        await store.withdraw_deletion(begun)
        assert (await store.records([CLIENT]))[CLIENT] == []
        assert await open_pointers() == {POINTER}

    async def test_a_deletion_that_was_finished_is_not_withdrawn(self, store: SecretStore) -> None:
        begun = await store.begin_deletion(mark())
        await store.finish_deletion(begun)
        await store.withdraw_deletion(begun)
        assert (await the_record(store)).state is RecordState.DELETED

    async def test_a_mark_that_somebody_renewed_is_theirs(
        self, store: SecretStore, open_pointers: Pointers
    ) -> None:
        stale = await store.begin_deletion(mark())
        renewed = await store.begin_deletion(mark(JANE))
        await store.finish_deletion(stale)
        await store.withdraw_deletion(stale)
        assert await the_record(store) == mark(JANE)
        assert await open_pointers() == {POINTER}
        await store.finish_deletion(renewed)
        assert (await the_record(store)).state is RecordState.DELETED
        assert await open_pointers() == set()

    async def test_each_secret_has_its_own_record(self, store: SecretStore) -> None:
        await created(store, OTHER_KEY)
        await store.finish_deletion(await store.begin_deletion(mark()))
        states = {each.key_id: each.state for each in (await store.records([CLIENT]))[CLIENT]}
        assert states == {KEY: RecordState.DELETED, OTHER_KEY: RecordState.CREATED}

    async def test_records_hold_neither_leases_nor_intents(self, store: SecretStore) -> None:
        await take(store)
        await store.open_intent(intent())
        assert await store.records([CLIENT]) == {CLIENT: []}

    async def test_records_of_no_application_are_none(self, store: SecretStore) -> None:
        assert await store.records([]) == {}

    async def test_records_are_of_the_applications_asked_for(self, store: SecretStore) -> None:
        await created(store)
        assert await store.records([OTHER_CLIENT]) == {OTHER_CLIENT: []}

    async def test_records_of_forty_applications_come_together(self, store: SecretStore) -> None:
        clients = [ClientId(numbered(0x100 + number)) for number in range(40)]
        for client_id in clients:
            stored = await store.open_intent(intent(client_id=client_id))
            await store.commit_intent(stored, creation(stored))
        found = await store.records(clients)
        assert set(found) == set(clients)
        assert {record.client_id for records in found.values() for record in records} == set(
            clients
        )
        assert all(len(records) == 1 for records in found.values())
