"""Retention on Azurite: promises, its marks, and that it takes up wherever it was broken off."""

import asyncio
from functools import partial

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_retention import TableRetention
from shared.domain.delivery import digest
from shared.domain.errors import StoreUnavailable
from shared.domain.messages import SUPPORT, Partition, State
from tests.contract.ledger_scene import (
    PARTITION,
    SIX_WEEKS,
    SUPPORTS,
    TODAYS,
    Books,
    claimed,
    held,
    mail,
)
from tests.contract.retention_contract import JANE, OLD, RetentionContract, at, final, mail_of
from tests.contract.table_books import REMINDERS, OnAzurite, OnTable
from tests.contract.test_real_secret_store_lost import ANSWER_LOST, ATTEMPTS, DELIVERED, NEVER_SENT
from tests.support.builders import CLIENT, TODAY, USER, day, notice, numbered
from tests.support.tables import Fate, Service

OTHER = Partition(numbered(0x4000))


class TestTableRetention(OnAzurite, RetentionContract):
    """The promises that every retention keeps."""


async def keys(service: Service, partition: str = "") -> set[str]:
    rows = await service.rows(REMINDERS, f"PartitionKey eq '{partition}'" if partition else "")
    return {f"{row['PartitionKey']} {row['RowKey']}" for row in rows}


async def scene(books: Books) -> set[str]:
    """Remember much that is old, and a little that is not; return the claims that are to stay."""
    for number in range(3):
        claims = [f"{numbered(number)}|{each}" for each in ("sixWeeks", "day:2025-06-01")]
        await final(books, mail_of(OLD - 20 * number, number, *claims))
    await final(books, mail_of(OLD, 10, SUPPORTS, partition=SUPPORT))
    await final(books, mail_of(OLD, 11, partition=OTHER))
    assert await books.ledger.void(await claimed(books.ledger, mail_of(OLD, 12, TODAYS)))
    await final(books, mail_of(-399, 13, "young|sixWeeks"))
    await claimed(books.ledger, mail_of(OLD, 14, "open|sixWeeks"))
    run = await books.runs.run(day(OLD))
    await books.runs.complete(run, managed=frozenset({CLIENT}), at=at(OLD))
    await books.notices.owe(notice(at=at(OLD)))
    return {"young|sixWeeks", "open|sixWeeks"}


async def is_tidy(books: Books, service: Service, staying: set[str]) -> bool:
    """Tell whether all that is old is gone, and nothing else."""
    left = {key.partition(" ")[0] for key in await keys(service)}
    return (
        left == {USER, "message", "retained"}
        and set(await held(books.ledger)) == staying
        and len(await keys(service, USER)) == 2 * len(staying)
        and len(await keys(service, "message")) == 1
    )


async def breaks_off(books: Books, service: Service, fates: list[Fate]) -> bool:
    """Forget while requests are lost; tell whether it did not come to its end."""
    service.transport.doom(*fates)
    try:
        await books.retention.forget(TODAY)
    except StoreUnavailable:
        return True
    finally:
        service.transport.relent()
    return False


class TestBrokenOff(OnTable):
    @pytest.mark.parametrize("fate", [NEVER_SENT, ANSWER_LOST])
    async def test_wherever_it_breaks_off_the_next_call_goes_on(
        self, books: Books, service: Service, fate: Fate
    ) -> None:
        staying = await scene(books)
        reached = 0
        while await breaks_off(books, service, [DELIVERED] * reached + [fate] * ATTEMPTS):
            assert set(await held(books.ledger)) >= staying
            reached += 1
        assert reached > 5
        assert await is_tidy(books, service, staying)

    async def test_a_message_goes_together_with_its_claims(
        self, books: Books, service: Service
    ) -> None:
        for number in range(3):
            claims = [f"{numbered(number)}|{each}" for each in range(40)]
            await final(books, mail_of(OLD, number, *claims))
        reached = 0
        while await breaks_off(books, service, [DELIVERED] * reached + [NEVER_SENT] * ATTEMPTS):
            known = await books.ledger.of_recipient(PARTITION)
            assert len(known.claims) == 40 * len(known.messages)
            reached += 1
        assert await keys(service) == set()

    async def test_what_somebody_else_deletes_meanwhile_holds_nothing_up(
        self, books: Books, service: Service
    ) -> None:
        suppressed = [digest(f"{number}@example.org") for number in range(3)]
        for each in suppressed:
            await books.suppressions.suppress(each, at(OLD))
        table = service.beside.get_table_client(REMINDERS)
        service.transport.meanwhile = partial(table.delete_entity, "address", suppressed[1])
        await books.retention.forget(TODAY)
        assert await keys(service) == set()

    async def test_what_changes_meanwhile_stays(self, books: Books, service: Service) -> None:
        for each in (JANE, digest("john@example.org")):
            await books.suppressions.suppress(each, at(OLD))
        service.transport.meanwhile = partial(books.suppressions.suppress, JANE, at(0))
        await books.retention.forget(TODAY)
        assert await keys(service) == {f"address {JANE}"}

    async def test_two_at_once_do_no_harm(self, books: Books, service: Service) -> None:
        staying = await scene(books)
        await asyncio.gather(*(books.retention.forget(TODAY) for _ in range(3)))
        await books.retention.forget(TODAY)
        assert await is_tidy(books, service, staying)


class TestMarks(OnTable):
    async def test_a_mark_leads_from_a_month_to_its_recipients(
        self, books: Books, service: Service
    ) -> None:
        await final(books, mail_of(-100, 1))
        await final(books, mail_of(-101, 2, TODAYS))
        await final(books, mail_of(-100, 3, SUPPORTS, partition=SUPPORT))
        await final(books, mail_of(-130, 4, partition=OTHER))
        await books.retention.forget(TODAY)
        assert await keys(service, "retained") == {
            f"retained 2026-08|{USER}",
            "retained 2026-08|support",
            f"retained 2026-07|{OTHER}",
        }
        assert await keys(service, "message") == set()

    async def test_a_mark_goes_with_what_it_leads_to(self, books: Books, service: Service) -> None:
        await final(books, mail_of(OLD, 1))
        await books.retention.forget(TODAY)
        assert await keys(service) == set()

    async def test_a_mark_is_followed_until_nothing_old_is_left(
        self, books: Books, service: Service
    ) -> None:
        ready = await claimed(books.ledger, mail_of(OLD, 1))
        await final(books, mail_of(OLD, 2, TODAYS))
        await books.retention.forget(TODAY)
        assert await keys(service, "retained") == {f"retained 2025-08|{USER}"}
        await books.ledger.advance(ready, State.UNCERTAIN)
        await books.ledger.open_messages()
        await books.retention.forget(TODAY)
        assert await keys(service) == set()

    async def test_nothing_is_read_of_recipients_without_a_mark(
        self, books: Books, service: Service
    ) -> None:
        await final(books, mail(1))
        service.transport.requests.clear()
        assert await books.retention.forget(TODAY) == 0
        assert service.transport.requests == ["GET reminders()"] * 6


class TestBounds(OnTable):
    async def test_a_call_deletes_so_many_and_the_next_goes_on(
        self, books: Books, service: Service
    ) -> None:
        for number in range(5):
            partition = Partition(numbered(0x4000 + number))
            await final(books, mail_of(OLD, number, SIX_WEEKS, partition=partition))
        bounded = TableRetention(service.tables, RandomIds(), most_rows=7)
        gone = [await bounded.forget(TODAY) for _ in range(4)]
        assert all(7 <= each <= 9 for each in gone[:2])
        assert sum(gone) == 5 + 5 * 3
        assert gone[-1] == 0
        assert await keys(service) == set()

    async def test_more_than_one_transaction_holds_goes_in_several(
        self, books: Books, service: Service
    ) -> None:
        for number in range(6):
            claims = [f"{numbered(number)}|{each}" for each in range(40)]
            await final(books, mail_of(OLD, number, *claims))
        service.transport.requests.clear()
        assert await books.retention.forget(TODAY) == 6 + 6 * 41 + 1
        assert service.transport.requests.count("POST $batch") == 1 + 1 + 3 + 1
        assert await keys(service) == set()

    async def test_what_was_managed_goes_after_a_month(
        self, books: Books, service: Service
    ) -> None:
        for offset in (-31, -30):
            run = await books.runs.run(day(offset))
            await books.runs.complete(run, managed=frozenset({CLIENT}), at=at(offset))
        assert await books.retention.forget(TODAY) == 1
        assert len(await keys(service, "managed")) == 1
        assert len(await keys(service, "run")) == 2
