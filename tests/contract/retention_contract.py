"""What every Retention promises: what is old goes, and nothing that is still needed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from shared.domain.delivery import digest
from shared.domain.messages import SUPPORT, Message, Partition, State
from shared.ports.ledger import CompleteRun
from tests.contract.ledger_scene import (
    PARTITION,
    SIX_WEEKS,
    SUPPORTS,
    TODAYS,
    Books,
    claimed,
    held,
    mail,
    notice_mail,
    the_message,
)
from tests.support.builders import CLIENT, TODAY, day, notice, numbered

OLD = -450
"""Days from today of what is surely too old: a month that ended 400 days ago."""

JANE = digest("jane.doe@example.org")


def at(offset: int) -> datetime:
    return datetime.combine(day(offset), time(9), UTC)


def mail_of(offset: int, number: int, *claims: str, partition: Partition = PARTITION) -> Message:
    """Return a mail that is claimed so many days from today."""
    return mail(number, *claims, partition=partition, on=day(offset), claimed_at=at(offset))


async def final(books: Books, wanted: Message, state: State = State.ACCEPTED) -> Message:
    """Claim the message, and let it end."""
    ready = await claimed(books.ledger, wanted)
    ended = await books.ledger.advance(ready, state)
    assert ended is not None
    await books.ledger.open_messages()
    return ended


class MessageRetentionContract:
    async def test_nothing_goes_where_nothing_is(self, books: Books) -> None:
        assert await books.retention.forget(TODAY) == 0

    async def test_an_old_message_goes_with_its_claims(self, books: Books) -> None:
        old = await final(books, mail_of(OLD, 1, SIX_WEEKS, TODAYS))
        assert await books.retention.forget(TODAY) > 0
        known = await books.ledger.of_recipient(PARTITION)
        assert (dict(known.claims), dict(known.messages)) == ({}, {})
        assert await books.ledger.message(old.message_id) is None
        await claimed(books.ledger, mail(2, SIX_WEEKS, TODAYS))

    async def test_an_old_notice_goes_with_its_claim(self, books: Books) -> None:
        await final(books, replace(notice_mail(1), on=day(OLD), claimed_at=at(OLD)))
        assert set(await held(books.ledger)) == {f"{numbered(1)}|created"}
        await books.retention.forget(TODAY)
        assert await held(books.ledger) == {}

    @pytest.mark.parametrize("offset", [0, -399, -400])
    async def test_a_younger_message_stays_with_its_claims(self, books: Books, offset: int) -> None:
        kept = await final(books, mail_of(offset, 1))
        await final(books, mail_of(OLD, 2, TODAYS))
        await books.retention.forget(TODAY)
        known = await books.ledger.of_recipient(PARTITION)
        assert known.messages == {kept.message_id: kept}
        assert set(known.claims) == {SIX_WEEKS}

    async def test_an_id_leads_to_its_message_for_ninety_days(self, books: Books) -> None:
        younger = await final(books, mail_of(-90, 1, SIX_WEEKS))
        older = await final(books, mail_of(-91, 2, TODAYS))
        await books.retention.forget(TODAY)
        assert await books.ledger.message(younger.message_id) == younger
        assert await books.ledger.message(older.message_id) is None
        assert await the_message(books.ledger, older) == older

    async def test_what_lost_its_entry_goes_in_its_time(self, books: Books) -> None:
        await final(books, mail_of(-100, 1))
        await books.retention.forget(TODAY)
        assert set(await held(books.ledger)) == {SIX_WEEKS}
        assert await books.retention.forget(day(400)) > 0
        assert await held(books.ledger) == {}

    async def test_an_open_message_stays_however_old(self, books: Books) -> None:
        ready = await claimed(books.ledger, mail_of(OLD, 1))
        await final(books, mail_of(OLD, 2, TODAYS))
        await books.retention.forget(TODAY)
        assert [each.message_id for each in await books.ledger.open_messages()] == [
            ready.message_id
        ]
        assert await books.ledger.message(ready.message_id) == ready
        assert set(await held(books.ledger)) == {SIX_WEEKS}

    async def test_a_message_that_ended_late_goes_afterwards(self, books: Books) -> None:
        ready = await claimed(books.ledger, mail_of(OLD, 1))
        await final(books, mail_of(OLD, 2, TODAYS))
        await books.retention.forget(TODAY)
        await books.ledger.advance(ready, State.UNCERTAIN)
        await books.ledger.open_messages()
        await books.retention.forget(day(1))
        assert await held(books.ledger) == {}

    async def test_a_claim_that_a_void_message_released_stays_the_next_ones(
        self, books: Books
    ) -> None:
        assert await books.ledger.void(await claimed(books.ledger, mail_of(OLD, 1)))
        younger = await final(books, mail_of(-10, 2))
        await books.retention.forget(TODAY)
        known = await books.ledger.of_recipient(PARTITION)
        assert known.messages == {younger.message_id: younger}
        assert known.claims == {SIX_WEEKS: younger.message_id}

    async def test_all_recipients_and_months_go_at_once(self, books: Books) -> None:
        others = [Partition(numbered(0x4000 + number)) for number in range(3)]
        for number, partition in enumerate((*others, SUPPORT, SUPPORT), 1):
            claim = f"{SUPPORTS}{number}"
            await final(books, mail_of(OLD - 40 * number, number, claim, partition=partition))
        await books.retention.forget(TODAY)
        assert [await held(books.ledger, each) for each in (*others, SUPPORT)] == [{}] * 4
        assert await books.retention.forget(TODAY) == 0


class OtherRetentionContract:
    async def test_a_days_record_goes_after_400_days(self, books: Books) -> None:
        for offset in (-401, -400):
            run = await books.runs.run(day(offset))
            await books.runs.complete(run, managed=frozenset(), at=at(offset))
        await books.retention.forget(TODAY)
        assert not (await books.runs.run(day(-401))).is_complete
        assert (await books.runs.run(day(-400))).is_complete

    async def test_what_was_managed_lately_is_remembered(self, books: Books) -> None:
        managed = frozenset({CLIENT})
        await books.runs.complete(await books.runs.run(day(-14)), managed=managed, at=at(-14))
        await books.retention.forget(TODAY)
        assert await books.runs.last_complete(TODAY) == CompleteRun(day=day(-14), managed=managed)

    async def test_a_suppression_goes_ninety_days_after_its_end(self, books: Books) -> None:
        old, young = digest("old@example.org"), digest("young@example.org")
        await books.suppressions.suppress(old, at(-92))
        await books.suppressions.suppress(young, at(-91))
        await books.retention.forget(TODAY)
        bounced = at(-91) + timedelta(seconds=1)
        assert await books.suppressions.suppressed(bounced) == {young}

    async def test_a_notice_that_nobody_settled_goes_after_ninety_days(self, books: Books) -> None:
        await books.notices.owe(notice(1, at=at(-91)))
        await books.notices.owe(notice(2, at=at(-90)))
        await books.retention.forget(TODAY)
        assert list(await books.notices.owed()) == [notice(2, at=at(-90))]


class RetentionContract(MessageRetentionContract, OtherRetentionContract):
    """All of it."""
