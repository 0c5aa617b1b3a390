"""The table adapter keeps the promises: its keys, its columns, its index, and what it costs."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_ledger import CLOSED_TOGETHER, TableLedger
from shared.adapters.table_message_rows import PARTS, message_row
from shared.domain.messages import MAX_TEXT, Message, Partition, State
from tests.contract.ledger_contract import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    TODAYS,
    LedgerContract,
    claimed,
    mail,
    widest_lines,
)
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, USER, numbered
from tests.support.tables import Service, empty_service

UNITS_PER_COLUMN = 32 * 1024
"""A text column holds 64 KiB of UTF-16."""


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite) as service:
        yield service


@pytest.fixture
def ledger(service: Service) -> TableLedger:
    return TableLedger(service.tables, RandomIds())


async def index(service: Service) -> dict[str, bool]:
    rows = await service.rows("reminders", "PartitionKey eq 'message'")
    return {row["RowKey"]: row["open"] for row in rows}


async def sent(ledger: TableLedger, wanted: Message) -> None:
    ready = await claimed(ledger, wanted)
    sending = await ledger.advance(ready, State.SENDING, posted_at=LATER)
    assert sending is not None
    assert await ledger.advance(sending, State.ACCEPTED) is not None


class TestTableLedger(LedgerContract):
    async def test_the_rows_of_a_claim_have_the_keys_of_the_protocol(
        self, ledger: TableLedger, service: Service
    ) -> None:
        stored = await claimed(ledger, mail(1, SIX_WEEKS, TODAYS))
        rows = await service.rows("reminders", "")
        assert {(row["PartitionKey"], row["RowKey"]) for row in rows} == {
            (USER, f"m|{stored.message_id}"),
            (USER, f"r|{SIX_WEEKS}"),
            (USER, f"r|{TODAYS}"),
            ("message", stored.message_id),
        }
        assert all(row["v"] == 1 and row["nonce"] == stored.nonce for row in rows)

    async def test_a_refused_claim_leaves_no_index_row(
        self, ledger: TableLedger, service: Service
    ) -> None:
        first = await claimed(ledger, mail(1))
        assert await ledger.claim(mail(2)) is None
        assert await index(service) == {first.message_id: True}

    async def test_final_messages_are_closed_together_at_the_end(
        self, ledger: TableLedger, service: Service
    ) -> None:
        mails = [mail(number, f"{numbered(number)}|sixWeeks") for number in range(3)]
        for each in mails:
            await sent(ledger, each)
        assert set((await index(service)).values()) == {True}
        service.transport.requests.clear()
        await ledger.complete(TODAY, managed=1, at=MORNING)
        assert service.transport.requests == ["POST $batch", "POST reminders"]
        assert await index(service) == {each.message_id: False for each in mails}

    async def test_final_messages_are_closed_when_many_wait_for_it(
        self, ledger: TableLedger, service: Service
    ) -> None:
        for number in range(CLOSED_TOGETHER + 1):
            await sent(ledger, mail(number, f"{numbered(number)}|sixWeeks"))
        assert list((await index(service)).values()).count(True) == 1

    async def test_a_report_on_a_final_message_costs_one_operation(
        self, ledger: TableLedger, service: Service
    ) -> None:
        accepted = await ledger.advance(await claimed(ledger, mail()), State.ACCEPTED)
        assert accepted is not None
        await ledger.close()
        service.transport.requests.clear()
        assert await ledger.advance(accepted, State.DELIVERED) is not None
        await ledger.close()
        assert len(service.transport.requests) == 1

    async def test_messages_that_are_not_final_stay_open(
        self, ledger: TableLedger, service: Service
    ) -> None:
        ready = await claimed(ledger, mail())
        await ledger.advance(ready, State.SENDING, posted_at=LATER)
        await ledger.close()
        assert await index(service) == {ready.message_id: True}

    async def test_the_next_firing_closes_what_an_open_day_left(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await sent(ledger, mail())
        assert not await ledger.is_complete(TODAY)
        assert await index(service) == {mail().message_id: False}

    async def test_fifty_mails_cost_five_operations_each_and_three_to_close(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await ledger.complete(TODAY, managed=1, at=MORNING)
        service.transport.requests.clear()
        for number in range(50):
            partition = Partition(numbered(0x4000 + number))
            claims = [f"{numbered(each)}|sixWeeks" for each in range(20)]
            await ledger.of_recipient(partition)
            await sent(ledger, mail(number, *claims, partition=partition))
        await ledger.close()
        assert len(service.transport.requests) == 50 * 5 + 3

    async def test_a_day_that_was_reopened_is_completed_again(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await ledger.complete(TODAY, managed=1, at=MORNING)
        run = {"PartitionKey": "run", "RowKey": TODAY.isoformat(), "complete": False}
        await service.beside.get_table_client("reminders").upsert_entity(run)
        assert not await ledger.is_complete(TODAY)
        await ledger.complete(TODAY, managed=1, at=LATER)
        assert await ledger.is_complete(TODAY)

    async def test_a_finished_day_costs_one_read(
        self, ledger: TableLedger, service: Service
    ) -> None:
        await ledger.complete(TODAY, managed=1, at=MORNING)
        service.transport.requests.clear()
        assert await ledger.is_complete(TODAY)
        assert len(service.transport.requests) == 1

    async def test_a_recipients_past_comes_in_as_many_pages_as_there_are(
        self, ledger: TableLedger, service: Service
    ) -> None:
        stored = await claimed(ledger, mail())
        table = service.beside.get_table_client("reminders")
        for first in range(0, 1100, 100):
            await table.submit_transaction(
                ("create", {"PartitionKey": USER, "RowKey": f"r|{n:06}|sixWeeks", "message": "m"})
                for n in range(first, first + 100)
            )
        await table.create_entity({"PartitionKey": USER, "RowKey": "n|unknown"})
        service.transport.requests.clear()
        known = await ledger.of_recipient(PARTITION)
        assert len(known.claims) == 1101
        assert known.messages == {stored.message_id: stored}
        assert len(service.transport.requests) == 2

    @pytest.mark.parametrize("name", ["W" * MAX_TEXT, "😀" * MAX_TEXT, '"' * MAX_TEXT])
    def test_the_widest_mail_fits_its_columns(self, name: str) -> None:
        columns = message_row(replace(mail(), lines=tuple(widest_lines(name, hint=name)))).columns
        units = [len(str(columns.get(part, "")).encode("utf-16-le")) // 2 for part in PARTS]
        assert 0 < max(units) <= UNITS_PER_COLUMN
        assert sum(units) * 2 < 1024 * 1024

    def test_a_mail_with_the_guides_names_fits_one_column(self) -> None:
        lines = tuple(widest_lines("Partner-NL-OrganisationName-SMC", hint="Q_e"))[:20]
        columns = message_row(replace(mail(), lines=lines)).columns
        assert "lines2" not in columns

    def test_a_mail_that_the_domain_forbids_is_refused(self) -> None:
        lines = tuple(widest_lines("W" * 1000, hint="Q_e"))
        with pytest.raises(ValueError, match="longer than any"):
            message_row(replace(mail(), lines=lines))
