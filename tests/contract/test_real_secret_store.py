"""The table adapter keeps the promises, in as few operations as can be, and in many pages."""

from collections.abc import AsyncIterator

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_recovery import TableRecovery
from shared.adapters.table_secrets import AT_ONCE, TableSecretStore
from shared.domain.ids import ClientId
from tests.contract.secret_intents_contract import IntentContract, Pointers, creation, intent
from tests.contract.secret_leases_contract import A_START, LeaseContract, take
from tests.contract.secret_records_contract import RecordContract, mark
from tests.contract.secret_recovery_contract import RecoveryContract
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, numbered
from tests.support.tables import Service, empty_service


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite) as service:
        yield service


@pytest.fixture
def store(service: Service) -> TableSecretStore:
    return TableSecretStore(service.tables, RandomIds())


@pytest.fixture
def open_pointers(service: Service) -> Pointers:
    async def read() -> set[str]:
        rows = await service.rows("secrets", "PartitionKey eq 'open'")
        return {row["RowKey"] for row in rows}

    return read


@pytest.fixture
def recovery(service: Service) -> TableRecovery:
    return TableRecovery(service.tables, RandomIds())


class TestTableSecretStore(LeaseContract, IntentContract, RecordContract, RecoveryContract):
    async def test_a_create_takes_seven_operations_and_reads_the_lease_alone(
        self, store: TableSecretStore, service: Service
    ) -> None:
        await store.release_lease(await take(store))
        service.transport.requests.clear()
        ticket = await store.lease_ticket(CLIENT)
        stored = await store.open_intent(intent())
        lease = await store.take_lease(ticket, now=MORNING, last_start=A_START)
        assert await store.commit_intent(stored, creation(stored))
        await store.release_lease(lease)
        methods = [request.split()[0] for request in service.transport.requests]
        assert methods == ["GET", "PATCH", "POST", "PATCH", "POST", "DELETE", "PATCH"]

    async def test_a_delete_marks_in_three_operations_and_finishes_in_two(
        self, store: TableSecretStore, service: Service
    ) -> None:
        await take(store)
        service.transport.requests.clear()
        await store.finish_deletion(await store.begin_deletion(mark()))
        methods = [request.split()[0] for request in service.transport.requests]
        assert methods == ["PATCH", "GET", "POST", "PATCH", "DELETE"]

    @pytest.mark.parametrize(("applications", "requests"), [(0, 0), (1, 1), (15, 1), (16, 2)])
    async def test_records_take_one_request_per_fifteen_applications(
        self, store: TableSecretStore, service: Service, applications: int, requests: int
    ) -> None:
        await store.begin_deletion(mark())
        service.transport.requests.clear()
        await store.records([ClientId(numbered(0x200 + each)) for each in range(applications)])
        assert len(service.transport.requests) == requests

    async def test_records_of_very_many_applications_are_asked_for_a_few_at_a_time(
        self, store: TableSecretStore, service: Service
    ) -> None:
        await store.begin_deletion(mark())
        await store.records([ClientId(numbered(0x200 + each)) for each in range(300)])
        assert 1 < service.transport.most_at_once <= AT_ONCE

    async def test_records_come_in_as_many_pages_as_there_are(
        self, store: TableSecretStore, service: Service
    ) -> None:
        await store.begin_deletion(mark())
        table = service.beside.get_table_client("secrets")
        for first in range(0, 1100, 100):
            await table.submit_transaction(
                ("create", {"PartitionKey": CLIENT, "RowKey": f"key|{n:06}", "state": "deleted"})
                for n in range(first, first + 100)
            )
        service.transport.requests.clear()
        assert len((await store.records([CLIENT]))[CLIENT]) == 1101
        assert len(service.transport.requests) == 2

    async def test_reading_makes_no_table(self, store: TableSecretStore, service: Service) -> None:
        assert await store.records([CLIENT]) == {CLIENT: []}
        assert (await store.lease_ticket(CLIENT)).version is None
        assert [each.name async for each in service.beside.list_tables()] == []

    async def test_an_id_that_is_no_guid_reaches_no_filter(self, store: TableSecretStore) -> None:
        with pytest.raises(ValueError, match="neither a GUID nor a word"):
            await store.records([ClientId("x' or PartitionKey ne '")])

    async def test_every_row_carries_the_schema_and_its_writers_nonce(
        self, store: TableSecretStore, service: Service
    ) -> None:
        stored = await store.open_intent(intent())
        await store.commit_intent(stored, creation(stored))
        await take(store)
        await store.open_intent(intent(2))
        rows = await service.rows("secrets", "")
        assert {row["RowKey"].partition("|")[0] for row in rows} == {"intent", "key", "lease"}
        assert all(row["v"] == 1 and row["nonce"] for row in rows)
