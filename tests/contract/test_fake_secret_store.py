"""The fake store keeps the promises; and its switches work."""

import pytest

from shared.domain.errors import StoreUnavailable
from tests.contract.secret_intents_contract import IntentContract, Pointers, intent
from tests.contract.secret_leases_contract import LeaseContract, is_busy, take
from tests.contract.secret_records_contract import RecordContract
from tests.contract.secret_recovery_contract import RecoveryContract
from tests.fakes.secret_store import FakeSecretStore
from tests.support.builders import CLIENT


@pytest.fixture
def store() -> FakeSecretStore:
    return FakeSecretStore()


@pytest.fixture
def open_pointers(store: FakeSecretStore) -> Pointers:
    async def read() -> set[str]:
        return set(store.pointers)

    return read


@pytest.fixture
def recovery(store: FakeSecretStore) -> FakeSecretStore:
    return store


class TestFakeSecretStore(LeaseContract, IntentContract, RecordContract, RecoveryContract):
    async def test_a_call_fails_before_its_effect(self, store: FakeSecretStore) -> None:
        store.fail_next("open_intent", StoreUnavailable("away"))
        with pytest.raises(StoreUnavailable):
            await store.open_intent(intent())
        assert not store.intents

    async def test_a_call_fails_after_its_effect(self, store: FakeSecretStore) -> None:
        store.fail_next("take_lease", StoreUnavailable("lost"), applied=True)
        with pytest.raises(StoreUnavailable):
            await take(store)
        assert await is_busy(store)

    async def test_calls_are_named_in_order(self, store: FakeSecretStore) -> None:
        await store.release_lease(await take(store))
        await store.records([CLIENT])
        assert store.calls == ["lease_ticket", "take_lease", "release_lease", "records"]

    async def test_only_what_the_port_has_can_fail(self, store: FakeSecretStore) -> None:
        with pytest.raises(AttributeError):
            store.fail_next("take_leese", StoreUnavailable("away"))
