"""The table adapter when answers are lost: a claim is ours or it is not, and no post is doubled."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_ledger import TableLedger
from shared.domain.errors import StoreUnavailable
from shared.domain.messages import State
from tests.contract.ledger_contract import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    TODAYS,
    claimed,
    mail,
    the_message,
)
from tests.contract.test_real_ledger import index
from tests.contract.test_real_secret_store_lost import (
    ANSWER_LOST,
    ATTEMPTS,
    DELIVERED,
    NEVER_SENT,
    SOMETIMES_LOST,
)
from tests.fakes.system import MORNING
from tests.support.builders import TODAY
from tests.support.tables import Fate, Service, empty_service


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite) as service:
        yield service


@pytest.fixture
async def ledger(service: Service) -> TableLedger:
    """Return a ledger whose table exists already, so that each write is one request."""
    ledger = TableLedger(service.tables, RandomIds())
    await ledger.complete(TODAY, managed=1, at=MORNING)
    return ledger


@pytest.mark.parametrize("fates", SOMETIMES_LOST)
class TestWhateverIsLost:
    async def test_a_claim_is_ours(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        service.transport.doom(DELIVERED, *fates)
        stored = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        assert await the_message(ledger, stored) == stored
        assert await ledger.advance(stored, State.SENDING, posted_at=LATER) is not None

    async def test_a_claim_whose_index_row_was_hard_to_write_is_ours(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        service.transport.doom(*fates)
        stored = await claimed(ledger, mail())
        assert await index(service) == {stored.message_id: True}

    async def test_somebody_elses_claim_stays_theirs(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        first = await claimed(ledger, mail(1))
        service.transport.doom(DELIVERED, *fates)
        if len(fates) < ATTEMPTS:
            assert await ledger.claim(mail(2)) is None
        else:
            # No attempt was answered, and nothing is there that could be read back.
            with pytest.raises(StoreUnavailable):
                await ledger.claim(mail(2))
        assert (await ledger.of_recipient(PARTITION)).messages == {first.message_id: first}

    async def test_an_advance_is_ours_and_counts_once(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        ready = await claimed(ledger, mail())
        service.transport.doom(*fates)
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert sending is not None
        assert sending.attempts == 1
        assert await the_message(ledger, ready) == sending
        assert await ledger.advance(sending, State.ACCEPTED) is not None

    async def test_a_day_is_complete(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        tomorrow = TODAY.replace(day=TODAY.day + 1)
        service.transport.doom(*fates)
        await ledger.complete(tomorrow, managed=1, at=MORNING)
        assert await ledger.is_complete(tomorrow)


class TestWhatCannotBeKnown:
    async def test_a_claim_that_may_yet_arrive_keeps_its_index_row(
        self, ledger: TableLedger, service: Service
    ) -> None:
        service.transport.doom(DELIVERED, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.claim(mail())
        assert await index(service) == {mail().message_id: True}
        assert not (await ledger.of_recipient(PARTITION)).claims

    async def test_a_claim_that_cannot_be_read_back_is_not_known(
        self, ledger: TableLedger, service: Service
    ) -> None:
        service.transport.doom(DELIVERED, *[ANSWER_LOST] * ATTEMPTS, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.claim(mail())
        assert await ledger.claim(mail()) == await the_message(ledger, mail())

    async def test_an_advance_that_did_not_arrive_is_not_known(
        self, ledger: TableLedger, service: Service
    ) -> None:
        ready = await claimed(ledger, mail())
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.advance(ready, State.SENDING, posted_at=LATER)
        assert await the_message(ledger, mail()) == ready

    @pytest.mark.parametrize("losses", range(1, 6))
    async def test_of_many_advances_with_lost_answers_at_most_one_wins(
        self, ledger: TableLedger, service: Service, losses: int
    ) -> None:
        ready = await claimed(ledger, mail())
        service.transport.doom(*[ANSWER_LOST] * losses)
        advanced = await asyncio.gather(
            *(ledger.advance(ready, State.SENDING, posted_at=LATER) for _ in range(4))
        )
        (winner,) = [each for each in advanced if each is not None]
        assert await the_message(ledger, mail()) == winner

    async def test_an_index_that_cannot_be_closed_spoils_nothing(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await ledger.advance(await claimed(ledger, mail()), State.FAILED)
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        assert await ledger.is_complete(TODAY)
        assert await index(service) == {mail().message_id: True}

    async def test_a_recipients_past_is_read_on_after_a_lost_page(
        self, ledger: TableLedger, service: Service
    ) -> None:
        stored = await claimed(ledger, mail())
        service.transport.doom(ANSWER_LOST, NEVER_SENT)
        assert (await ledger.of_recipient(PARTITION)).messages == {stored.message_id: stored}

    async def test_a_past_that_cannot_be_read_is_not_taken_for_none(
        self, ledger: TableLedger, service: Service
    ) -> None:
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.of_recipient(PARTITION)
