"""The table adapter keeps the promises: its keys, its columns, and rows of its first version."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.adapters.table_message_rows import PARTS, message_row
from shared.domain.messages import Message, State
from shared.domain.plain_text import MAX_TEXT
from shared.domain.reports import (
    MAX_DETAILS,
    MAX_NAMED,
    Kind,
    ReportedApplication,
    ReportedKind,
)
from tests.contract.ledger_contract import LedgerContract
from tests.contract.ledger_scene import (
    LATER,
    PARTITION,
    SIX_WEEKS,
    TODAYS,
    Books,
    claimed,
    held,
    mail,
    notice_mail,
    report_mail,
    the_message,
    widest_lines,
)
from tests.contract.table_books import REMINDERS, OnAzurite
from tests.support.builders import CLIENT, TODAY, USER, numbered
from tests.support.tables import Service

UNITS_PER_COLUMN = 32 * 1024
"""A text column holds 64 KiB of UTF-16."""

WIDEST = ["W" * MAX_TEXT, "😀" * MAX_TEXT, '"' * MAX_TEXT]


class TestTableLedger(OnAzurite, LedgerContract):
    """The promises that every ledger keeps."""


class TestRows(OnAzurite):
    async def test_the_rows_of_a_claim_have_the_keys_of_the_protocol(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, mail(1, SIX_WEEKS, TODAYS))
        rows = await service.rows(REMINDERS, "")
        assert {(row["PartitionKey"], row["RowKey"]) for row in rows} == {
            (USER, f"m|{stored.message_id}"),
            (USER, f"r|{SIX_WEEKS}"),
            (USER, f"r|{TODAYS}"),
            ("message", stored.message_id),
        }
        assert all(row["v"] == 1 and row["nonce"] == stored.nonce for row in rows)

    async def test_a_notice_is_claimed_by_a_key_of_its_own(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, notice_mail(1))
        rows = await service.rows(REMINDERS, f"PartitionKey eq '{USER}'")
        assert {row["RowKey"] for row in rows} == {
            f"m|{stored.message_id}",
            f"n|{numbered(1)}|created",
        }

    async def test_the_index_says_whose_a_message_is_and_since_when(
        self, books: Books, service: Service
    ) -> None:
        await claimed(books.ledger, mail(claimed_at=LATER))
        (row,) = await service.rows(REMINDERS, "PartitionKey eq 'message'")
        assert {name: row[name] for name in ("recipient", "open", "on", "claimedAt")} == {
            "recipient": USER,
            "open": True,
            "on": TODAY.isoformat(),
            "claimedAt": "2026-11-21T09:01:00.000005Z",
        }

    async def test_a_void_message_leaves_its_row_and_no_claim(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, mail(1, SIX_WEEKS, TODAYS))
        await books.ledger.void(stored)
        rows = await service.rows(REMINDERS, f"PartitionKey eq '{USER}'")
        assert [(row["RowKey"], row["state"]) for row in rows] == [
            (f"m|{stored.message_id}", "void")
        ]

    async def test_a_message_whose_claim_is_missing_is_voided_all_the_same(
        self, books: Books, service: Service
    ) -> None:
        third = f"{numbered(3)}|sixWeeks"
        stored = await claimed(books.ledger, mail(1, SIX_WEEKS, TODAYS, third))
        for claim in (SIX_WEEKS, TODAYS):
            await service.beside.get_table_client(REMINDERS).delete_entity(USER, f"r|{claim}")
        other = await claimed(books.ledger, mail(2, TODAYS))
        assert await books.ledger.void(stored) is True
        assert (await the_message(books.ledger, stored)).state is State.VOID
        assert await held(books.ledger) == {TODAYS: other.message_id}

    async def test_an_entry_that_changed_since_it_was_read_stays(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, mail())
        (entry,) = await books.ledger.open_messages()
        touched = {"PartitionKey": "message", "RowKey": stored.message_id, "touched": True}
        await service.beside.get_table_client(REMINDERS).update_entity(touched)
        await books.ledger.close(entry)
        assert len(await books.ledger.open_messages()) == 1


class TestFirstVersion(OnAzurite):
    """Rows that were written before messages had an edition, and their index an instant."""

    async def test_a_message_is_read_as_claimed_at_the_start_of_its_day(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, mail())
        await self._strip(service, USER, f"m|{stored.message_id}", "claimedAt", "edition")
        kept = await the_message(books.ledger, stored)
        midnight = datetime(2026, 11, 21, tzinfo=UTC)
        assert replace(kept, version="") == replace(
            stored, version="", claimed_at=midnight, edition=""
        )

    async def test_a_line_without_addresses_has_none(self, books: Books, service: Service) -> None:
        stored = await claimed(books.ledger, mail())
        row = await self._entity(service, USER, f"m|{stored.message_id}")
        lines = str(row["lines"]).replace(',"addresses":[]', "")
        assert "addresses" not in lines
        await service.beside.get_table_client(REMINDERS).update_entity(row | {"lines": lines})
        assert (await the_message(books.ledger, stored)).lines == stored.lines

    async def test_an_entry_is_read_as_claimed_long_ago(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, mail())
        await self._strip(service, "message", stored.message_id, "claimedAt", "on")
        (entry,) = await books.ledger.open_messages()
        assert (entry.message_id, entry.claimed_at.year) == (stored.message_id, 1970)
        assert await books.ledger.message(stored.message_id) == stored

    async def _strip(self, service: Service, partition: str, key: str, *columns: str) -> None:
        row = await self._entity(service, partition, key)
        kept = {name: value for name, value in row.items() if name not in columns}
        await service.beside.get_table_client(REMINDERS).update_entity(kept, "replace")

    async def _entity(self, service: Service, partition: str, key: str) -> dict[str, object]:
        (row,) = await service.rows(
            REMINDERS, f"PartitionKey eq '{partition}' and RowKey eq '{key}'"
        )
        return row


class TestColumns:
    @pytest.mark.parametrize("name", WIDEST)
    def test_the_widest_mail_fits_its_columns(self, name: str) -> None:
        columns = message_row(widest(name)).columns
        units = [len(str(columns.get(part, "")).encode("utf-16-le")) // 2 for part in PARTS]
        assert 0 < max(units) <= UNITS_PER_COLUMN
        assert sum(units) * 2 < 1024 * 1024

    def test_a_mail_with_the_guides_names_fits_one_column(self) -> None:
        lines = widest_lines("Partner-NL-OrganisationName-SMC", hint="Q_e")
        plain = [replace(line, addresses=()) for line in lines]
        assert "lines2" not in message_row(replace(mail(), lines=tuple(plain[:20]))).columns

    def test_a_mail_that_the_domain_forbids_is_refused(self) -> None:
        with pytest.raises(ValueError, match="longer than any"):
            message_row(widest("W" * 2000))

    @pytest.mark.parametrize("character", ["\N{OLD ITALIC LETTER A}", "\\", '"'])
    def test_the_longest_report_fits_its_columns(self, character: str) -> None:
        detail = character * MAX_TEXT
        named = ReportedApplication(
            client_id=CLIENT, application=detail, details=(detail,) * MAX_DETAILS, more_details=9
        )
        kinds = [
            ReportedKind(kind=kind, total=10_000, applications=(named,) * MAX_NAMED)
            for kind in Kind
        ]
        columns = message_row(report_mail(kinds=tuple(kinds))).columns
        units = [len(str(columns.get(part, "")).encode("utf-16-le")) // 2 for part in PARTS]
        assert 0 < max(units) <= UNITS_PER_COLUMN
        assert sum(units) * 2 < 1024 * 1024

    def test_a_notice_has_no_lines(self) -> None:
        assert "lines" not in message_row(notice_mail()).columns


def widest(name: str) -> Message:
    return replace(mail(), lines=tuple(widest_lines(name, hint=name)))


class TestPages(OnAzurite):
    async def test_a_recipients_past_comes_in_as_many_pages_as_there_are(
        self, books: Books, service: Service
    ) -> None:
        stored = await claimed(books.ledger, mail())
        await self._fill(service, USER, "r|{:06}|sixWeeks", message="m")
        unknown = {"PartitionKey": USER, "RowKey": "p|unknown"}
        await service.beside.get_table_client(REMINDERS).create_entity(unknown)
        service.transport.requests.clear()
        known = await books.ledger.of_recipient(PARTITION)
        assert len(known.claims) == 1101
        assert known.messages == {stored.message_id: stored}
        assert len(service.transport.requests) == 2

    async def test_open_messages_come_in_as_many_pages_as_there_are(
        self, books: Books, service: Service
    ) -> None:
        await claimed(books.ledger, mail())
        await self._fill(service, "message", "{:06}", recipient=USER, open=True)
        assert len(await books.ledger.open_messages()) == 1101

    async def _fill(self, service: Service, partition: str, key: str, **columns: object) -> None:
        table = service.beside.get_table_client(REMINDERS)
        for first in range(0, 1100, 100):
            await table.submit_transaction(
                ("create", {"PartitionKey": partition, "RowKey": key.format(n), **columns})
                for n in range(first, first + 100)
            )
