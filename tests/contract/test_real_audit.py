"""The table adapter keeps the promises, and says who did what."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.adapters.table_audit import TableAuditTrail
from shared.domain.ids import ClientId
from tests.contract.audit_contract import AuditContract, KeptOf, entry
from tests.support.builders import CLIENT, PORTAL, USER, numbered, principal
from tests.support.tables import Fate, Service, empty_service


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite) as service:
        yield service


@pytest.fixture
def trail(service: Service) -> TableAuditTrail:
    return TableAuditTrail(service.tables)


@pytest.fixture
def kept_of(service: Service) -> KeptOf:
    async def read(client_id: ClientId | None) -> list[tuple[str, str]]:
        rows = await service.rows("audit", f"PartitionKey eq '{client_id or 'refused'}'")
        return [(row["RowKey"].partition("|")[2], row["outcome"]) for row in rows]

    return read


class TestTableAuditTrail(AuditContract):
    async def test_a_row_says_who_what_when_and_with_which_token(
        self, trail: TableAuditTrail, service: Service
    ) -> None:
        await trail.record(entry())
        (row,) = await service.rows("audit", "")
        assert row == {
            "PartitionKey": CLIENT,
            "RowKey": f"2026-11-21T09:00:00.000000Z|{numbered(1)}",
            "v": 1,
            "nonce": numbered(1),
            "action": "create",
            "outcome": "created",
            "keyId": numbered(0x11),
            "oid": USER,
            "tid": numbered(0xE1),
            "name": "Jane Doe",
            "azp": PORTAL.client_id,
            "uti": "uti",
            "traceId": "a" * 32,
        }

    async def test_a_name_that_no_request_can_carry_is_written_as_well_as_can_be(
        self, trail: TableAuditTrail, service: Service
    ) -> None:
        odd = replace(entry(), principal=replace(principal(), name="Jane \ud83d Doe"))
        await trail.record(odd)
        (row,) = await service.rows("audit", "")
        assert row["name"] == "Jane ? Doe"

    async def test_an_entry_costs_one_operation(
        self, trail: TableAuditTrail, service: Service
    ) -> None:
        await trail.record(entry(1))
        service.transport.requests.clear()
        await trail.record(entry(2))
        await trail.record(entry(2))
        assert service.transport.requests == ["POST audit", "POST audit"]

    async def test_an_entry_whose_answer_is_lost_is_kept_once(
        self, trail: TableAuditTrail, service: Service, kept_of: KeptOf
    ) -> None:
        await trail.record(entry(1))
        service.transport.doom(Fate.ANSWER_LOST, Fate.NEVER_SENT)
        await trail.record(entry(2))
        assert len(await kept_of(CLIENT)) == 2
