"""The fake ledger keeps the promises; and its switches work."""

from dataclasses import replace

import pytest

from shared.domain.errors import StoreUnavailable
from shared.domain.messages import State
from tests.contract.ledger_contract import LedgerContract
from tests.contract.ledger_scene import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    TODAYS,
    Books,
    claimed,
    mail,
)
from tests.contract.notices_contract import NoticesContract
from tests.contract.retention_contract import RetentionContract
from tests.contract.runs_contract import RunsContract
from tests.contract.suppressions_contract import SuppressionsContract
from tests.fakes.ledger import FakeLedger
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, TODAY


@pytest.fixture
def fake() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def books(fake: FakeLedger) -> Books:
    return Books(ledger=fake, runs=fake, suppressions=fake, notices=fake, retention=fake)


class TestFakeLedger(
    LedgerContract, RunsContract, SuppressionsContract, NoticesContract, RetentionContract
):
    """The promises of all its ports."""


class TestSwitches:
    async def test_a_claim_fails_before_its_effect(self, fake: FakeLedger) -> None:
        fake.fail_next("claim", StoreUnavailable("away"))
        with pytest.raises(StoreUnavailable):
            await fake.claim(mail())
        assert not (await fake.of_recipient(PARTITION)).claims

    async def test_a_claim_fails_after_its_effect(self, fake: FakeLedger) -> None:
        fake.fail_next("claim", StoreUnavailable("lost"), applied=True)
        with pytest.raises(StoreUnavailable):
            await fake.claim(mail())
        assert SIX_WEEKS in (await fake.of_recipient(PARTITION)).claims

    async def test_messages_are_open_until_they_are_final(self, fake: FakeLedger) -> None:
        first, second = await claimed(fake, mail(1)), await claimed(fake, mail(2, TODAYS))
        await fake.advance(first, State.ACCEPTED)
        await fake.advance(second, State.SENDING, posted_at=LATER)
        assert fake.open == {first.message_id: False, second.message_id: True}

    async def test_an_entry_may_stand_without_its_message(self, fake: FakeLedger) -> None:
        fake.point(mail())
        (entry,) = await fake.open_messages()
        assert await fake.message(entry.message_id) is None
        await fake.close(entry)
        assert fake.open == {mail().message_id: False}

    async def test_an_entry_that_changed_since_stays(self, fake: FakeLedger) -> None:
        await claimed(fake, mail())
        (entry,) = await fake.open_messages()
        await fake.close(replace(entry, version="another"))
        assert fake.open == {mail().message_id: True}

    async def test_a_refused_claim_leaves_no_entry(self, fake: FakeLedger) -> None:
        await claimed(fake, mail(1))
        await fake.claim(mail(2))
        assert fake.open == {mail(1).message_id: True}

    async def test_a_message_may_be_outrun(self, fake: FakeLedger) -> None:
        ready = await claimed(fake, mail())
        fake.outrun("advance", after=1)
        assert await fake.advance(ready, State.SENDING, posted_at=LATER) is None

    async def test_a_completed_day_keeps_its_first_record(self, fake: FakeLedger) -> None:
        run = await fake.run(TODAY)
        await fake.complete(run, managed=frozenset({CLIENT}), at=MORNING)
        await fake.complete(run, managed=frozenset(), at=LATER)
        record = fake.runs[TODAY]
        assert record.managed == {CLIENT}
        assert record.at == MORNING
