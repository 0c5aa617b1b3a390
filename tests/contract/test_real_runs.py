"""The days' records, suppressions and notices on Azurite: promises, rows, and what they cost."""

import pytest

from shared.adapters.table_runs import IDS_PER_ROW, ROWS_TOGETHER
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import ClientId
from tests.contract.ledger_scene import LATER, Books
from tests.contract.notices_contract import NoticesContract
from tests.contract.runs_contract import MANAGED, RunsContract
from tests.contract.suppressions_contract import JANE, SuppressionsContract
from tests.contract.table_books import REMINDERS, OnAzurite, OnTable
from tests.contract.test_real_secret_store_lost import (
    ANSWER_LOST,
    ATTEMPTS,
    DELIVERED,
    NEVER_SENT,
    SOMETIMES_LOST,
)
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, day, notice, numbered
from tests.support.tables import Fate, Service


class TestTableRuns(OnAzurite, RunsContract):
    """The promises that all runs keep."""


class TestTableSuppressions(OnAzurite, SuppressionsContract):
    """The promises that all suppressions keep."""


class TestTableNotices(OnAzurite, NoticesContract):
    """The promises that every book of notices keeps."""


async def complete(books: Books, managed: frozenset[ClientId] = MANAGED) -> None:
    run = await books.runs.run(TODAY)
    assert await books.runs.complete(run, managed=managed, at=MORNING)


class TestRunRows(OnTable):
    async def test_a_finished_day_costs_one_read(self, books: Books, service: Service) -> None:
        await complete(books)
        service.transport.requests.clear()
        assert (await books.runs.run(TODAY)).is_complete
        assert len(service.transport.requests) == 1

    async def test_what_was_managed_is_written_before_the_record(
        self, books: Books, service: Service
    ) -> None:
        run = await books.runs.run(TODAY)
        service.transport.requests.clear()
        await books.runs.complete(run, managed=MANAGED, at=MORNING)
        assert service.transport.requests == ["POST $batch", "POST reminders"]
        (kept,) = await service.rows(REMINDERS, "PartitionKey eq 'managed'")
        (record,) = await service.rows(REMINDERS, "PartitionKey eq 'run'")
        assert kept["RowKey"] == f"{TODAY}|{record['nonce']}|000"
        assert (record["RowKey"], record["complete"], record["managed"]) == (f"{TODAY}", True, 2)

    async def test_more_than_one_transaction_holds_are_written_in_several(
        self, books: Books, service: Service
    ) -> None:
        number = IDS_PER_ROW * ROWS_TOGETHER + 1
        managed = frozenset(ClientId(numbered(each)) for each in range(number))
        await complete(books, managed)
        assert service.transport.requests.count("POST $batch") == 2
        last = await books.runs.last_complete(day(1))
        assert last is not None
        assert last.managed == managed

    async def test_of_two_that_complete_a_day_each_has_rows_of_its_own(
        self, books: Books, service: Service
    ) -> None:
        run = await books.runs.run(TODAY)
        await complete(books)
        assert await books.runs.complete(run, managed=frozenset(), at=LATER)
        assert await books.runs.complete(run, managed=frozenset({ClientId("x")}), at=LATER)
        assert len(await service.rows(REMINDERS, "PartitionKey eq 'managed'")) == 2
        last = await books.runs.last_complete(day(1))
        assert last is not None
        assert last.managed == MANAGED

    async def test_a_day_of_the_first_version_is_complete_still(
        self, books: Books, service: Service
    ) -> None:
        row = {"PartitionKey": "run", "RowKey": f"{TODAY}", "complete": True, "managed": 5}
        await service.beside.get_table_client(REMINDERS).create_entity(row)
        assert (await books.runs.run(TODAY)).is_complete
        last = await books.runs.last_complete(day(1))
        assert last is not None
        assert last.managed == frozenset()


class TestSuppressionRows(OnTable):
    async def test_no_address_is_kept_in_the_clear(self, books: Books, service: Service) -> None:
        await books.suppressions.suppress(JANE, MORNING)
        (row,) = await service.rows(REMINDERS, "PartitionKey eq 'address'")
        assert row["RowKey"] == JANE
        assert set(row) == {"PartitionKey", "RowKey", "v", "nonce", "since", "level", "until"}

    async def test_a_bounce_that_is_known_costs_one_read(
        self, books: Books, service: Service
    ) -> None:
        await books.suppressions.suppress(JANE, MORNING)
        service.transport.requests.clear()
        await books.suppressions.suppress(JANE, MORNING)
        assert len(service.transport.requests) == 1


@pytest.mark.parametrize("fates", SOMETIMES_LOST)
class TestWhateverIsLost(OnTable):
    async def test_a_day_is_complete(
        self, books: Books, service: Service, fates: list[Fate]
    ) -> None:
        run = await books.runs.run(TODAY)
        service.transport.doom(DELIVERED, *fates)
        assert await books.runs.complete(run, managed=MANAGED, at=MORNING)
        assert (await books.runs.run(TODAY)).is_complete

    async def test_a_day_that_was_reopened_is_complete_again(
        self, books: Books, service: Service, fates: list[Fate]
    ) -> None:
        await books.runs.reopen(TODAY, at=MORNING)
        run = await books.runs.run(TODAY)
        service.transport.doom(DELIVERED, *fates)
        assert await books.runs.complete(run, managed=MANAGED, at=MORNING)
        assert (await books.runs.run(TODAY)).is_complete

    async def test_an_address_is_left_alone_once(
        self, books: Books, service: Service, fates: list[Fate]
    ) -> None:
        service.transport.doom(DELIVERED, *fates)
        made = await books.suppressions.suppress(JANE, MORNING)
        assert made.level == 1
        assert await books.suppressions.suppressed(MORNING) == {JANE}


class TestWhatCannotBeKnown(OnTable):
    async def test_a_day_whose_managed_were_not_written_is_not_complete(
        self, books: Books, service: Service
    ) -> None:
        run = await books.runs.run(TODAY)
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await books.runs.complete(run, managed=MANAGED, at=MORNING)
        assert not (await books.runs.run(TODAY)).is_complete

    async def test_a_completion_that_did_not_arrive_is_not_known(
        self, books: Books, service: Service
    ) -> None:
        run = await books.runs.run(TODAY)
        service.transport.doom(DELIVERED, *[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await books.runs.complete(run, managed=MANAGED, at=MORNING)
        assert not (await books.runs.run(TODAY)).is_complete

    async def test_reopening_without_an_answer_is_not_known(
        self, books: Books, service: Service
    ) -> None:
        await complete(books)
        service.transport.doom(*[ANSWER_LOST] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await books.runs.reopen(TODAY, at=LATER)
        assert not (await books.runs.run(TODAY)).is_complete

    async def test_a_notice_that_may_be_owed_is_not_taken_for_owed(
        self, books: Books, service: Service
    ) -> None:
        service.transport.doom(*[NEVER_SENT] * ATTEMPTS)
        with pytest.raises(StoreUnavailable):
            await books.notices.owe(notice())
        assert list(await books.notices.owed()) == []
