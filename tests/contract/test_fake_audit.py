"""The fake trail keeps the promises."""

import pytest

from shared.domain.errors import StoreUnavailable
from shared.domain.ids import ClientId
from tests.contract.audit_contract import AuditContract, KeptOf, entry
from tests.fakes.secret_store import FakeAuditTrail


@pytest.fixture
def trail() -> FakeAuditTrail:
    return FakeAuditTrail()


@pytest.fixture
def kept_of(trail: FakeAuditTrail) -> KeptOf:
    async def read(client_id: ClientId | None) -> list[tuple[str, str]]:
        entries = [each for each in trail.entries if each.client_id == client_id]
        return [(each.entry_id, each.outcome) for each in entries]

    return read


class TestFakeAuditTrail(AuditContract):
    async def test_a_row_can_fail_to_be_written(self, trail: FakeAuditTrail) -> None:
        trail.fail_next("record", StoreUnavailable("away"))
        with pytest.raises(StoreUnavailable):
            await trail.record(entry())
        assert not trail.entries
