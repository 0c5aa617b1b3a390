"""The table adapter when answers are lost: a claim is ours or it is not, and no post is doubled."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_ledger import TableLedger
from shared.domain.errors import StoreUnavailable
from shared.domain.messages import State
from tests.contract.ledger_scene import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    TODAYS,
    claimed,
    held,
    mail,
    the_message,
)
from tests.contract.table_books import REMINDERS
from tests.contract.test_real_ledger_costs import index
from tests.contract.test_real_secret_store_lost import (
    ANSWER_LOST,
    ATTEMPTS,
    DELIVERED,
    NEVER_SENT,
    SOMETIMES_LOST,
)
from tests.support.tables import Fate, Service, empty_service


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    """Yield a service whose table exists already, so that each write is one request."""
    async with empty_service(azurite, table=REMINDERS) as service:
        yield service


@pytest.fixture
def ledger(service: Service) -> TableLedger:
    return TableLedger(service.tables, RandomIds())


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

    async def test_a_void_is_ours(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        ready = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        service.transport.doom(*fates)
        assert await ledger.void(ready) is True
        assert (await the_message(ledger, ready)).state is State.VOID
        assert await held(ledger) == {}

    async def test_somebody_elses_void_stays_theirs(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        ready = await claimed(ledger, mail(1))
        assert await ledger.void(ready)
        other = await claimed(ledger, mail(2))
        service.transport.doom(*fates)
        assert await ledger.void(ready) is False
        assert await held(ledger) == {SIX_WEEKS: other.message_id}

    async def test_a_message_that_was_sent_meanwhile_is_not_voided(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        ready = await claimed(ledger, mail())
        sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
        service.transport.doom(*fates)
        assert await ledger.void(ready) is False
        assert await the_message(ledger, ready) == sending
        assert await held(ledger) == {SIX_WEEKS: ready.message_id}

    async def test_an_entry_is_closed(
        self, ledger: TableLedger, service: Service, fates: list[Fate]
    ) -> None:
        await claimed(ledger, mail())
        (entry,) = await ledger.open_messages()
        service.transport.doom(*fates)
        await ledger.close(entry)
        assert await index(service) == {mail().message_id: False}


class TestWhatCannotBeKnown:
    async def test_a_claim_that_may_yet_arrive_keeps_its_index_row(
        self, ledger: TableLedger, service: Service
    ) -> None:
        service.transport.doom(DELIVERED, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.claim(mail())
        assert await index(service) == {mail().message_id: True}
        assert not (await ledger.of_recipient(PARTITION)).claims

    async def test_a_refused_claim_that_may_yet_arrive_keeps_its_index_row(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await claimed(ledger, mail(1))
        service.transport.doom(DELIVERED, NEVER_SENT)
        assert await ledger.claim(mail(2)) is None
        assert await index(service) == {mail(1).message_id: True, mail(2).message_id: True}

    async def test_an_entry_whose_message_never_came_is_closed(
        self, ledger: TableLedger, service: Service
    ) -> None:
        service.transport.doom(DELIVERED, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.claim(mail())
        (entry,) = await ledger.open_messages()
        assert await ledger.message(entry.message_id) is None
        await ledger.close(entry)
        assert list(await ledger.open_messages()) == []
        assert await ledger.claim(mail()) is None

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

    async def test_a_void_that_did_not_arrive_is_not_known(
        self, ledger: TableLedger, service: Service
    ) -> None:
        ready = await claimed(ledger, mail())
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.void(ready)
        assert await the_message(ledger, ready) == ready
        assert await held(ledger) == {SIX_WEEKS: ready.message_id}

    async def test_a_void_that_cannot_be_read_back_is_not_known(
        self, ledger: TableLedger, service: Service
    ) -> None:
        ready = await claimed(ledger, mail())
        service.transport.doom(*[ANSWER_LOST] * ATTEMPTS, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.void(ready)
        assert (await the_message(ledger, ready)).state is State.VOID
        assert await held(ledger) == {}

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

    @pytest.mark.parametrize("losses", range(1, 6))
    async def test_of_many_voids_with_lost_answers_one_wins(
        self, ledger: TableLedger, service: Service, losses: int
    ) -> None:
        ready = await claimed(ledger, mail())
        service.transport.doom(*[ANSWER_LOST] * losses)
        voided = await asyncio.gather(*(ledger.void(ready) for _ in range(4)))
        assert sorted(voided) == [False, False, False, True]
        assert await held(ledger) == {}


class TestReading:
    async def test_what_could_not_be_closed_stays_open_for_the_next_firing(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await ledger.advance(await claimed(ledger, mail()), State.FAILED)
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        (entry,) = await ledger.open_messages()
        assert await index(service) == {mail().message_id: True}
        await ledger.close(entry)
        assert list(await ledger.open_messages()) == []

    async def test_open_messages_that_cannot_be_read_are_not_taken_for_none(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await claimed(ledger, mail())
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.open_messages()

    async def test_a_message_that_cannot_be_read_is_not_taken_for_none(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await claimed(ledger, mail())
        service.transport.doom(DELIVERED, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await ledger.message(mail().message_id)

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
