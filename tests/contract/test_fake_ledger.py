"""The fake ledger keeps the promises; and its switches work."""

import pytest

from shared.domain.errors import StoreUnavailable
from shared.domain.messages import State
from tests.contract.ledger_contract import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    TODAYS,
    LedgerContract,
    claimed,
    mail,
)
from tests.fakes.ledger import FakeLedger
from tests.fakes.system import MORNING
from tests.support.builders import TODAY


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


class TestFakeLedger(LedgerContract):
    async def test_a_claim_fails_before_its_effect(self, ledger: FakeLedger) -> None:
        ledger.fail_next("claim", StoreUnavailable("away"))
        with pytest.raises(StoreUnavailable):
            await ledger.claim(mail())
        assert not (await ledger.of_recipient(PARTITION)).claims

    async def test_a_claim_fails_after_its_effect(self, ledger: FakeLedger) -> None:
        ledger.fail_next("claim", StoreUnavailable("lost"), applied=True)
        with pytest.raises(StoreUnavailable):
            await ledger.claim(mail())
        assert SIX_WEEKS in (await ledger.of_recipient(PARTITION)).claims

    async def test_messages_are_open_until_they_are_final(self, ledger: FakeLedger) -> None:
        first, second = await claimed(ledger, mail(1)), await claimed(ledger, mail(2, TODAYS))
        await ledger.advance(first, State.ACCEPTED)
        await ledger.advance(second, State.SENDING, posted_at=LATER)
        assert ledger.open == {first.message_id: False, second.message_id: True}

    async def test_a_completed_day_keeps_its_first_record(self, ledger: FakeLedger) -> None:
        await ledger.complete(TODAY, managed=500, at=MORNING)
        await ledger.complete(TODAY, managed=1, at=LATER)
        assert (ledger.runs[TODAY].managed, ledger.runs[TODAY].at) == (500, MORNING)
