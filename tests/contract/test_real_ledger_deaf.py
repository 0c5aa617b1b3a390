"""The table adapters while the answer to every write's first attempt is lost after the write."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.ledger_contract import LedgerContract
from tests.contract.ledger_scene import Books, claimed, mail
from tests.contract.notices_contract import NoticesContract
from tests.contract.retention_contract import RetentionContract
from tests.contract.runs_contract import RunsContract
from tests.contract.suppressions_contract import SuppressionsContract
from tests.contract.table_books import REMINDERS, books_of
from tests.support.tables import DeafTransport, Service, empty_service


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite, transport=DeafTransport(), table=REMINDERS) as service:
        yield service


@pytest.fixture
def books(service: Service) -> Books:
    return books_of(service)


class TestWhileAnswersAreLost(
    LedgerContract, RunsContract, SuppressionsContract, NoticesContract, RetentionContract
):
    """Every promise holds as if all answers had come."""

    async def test_each_write_is_repeated_and_read_back(
        self, books: Books, service: Service
    ) -> None:
        await claimed(books.ledger, mail())
        insert, transaction = "POST reminders", "POST $batch"
        assert [each.partition("(")[0] for each in service.transport.requests] == [
            *[insert] * 2,
            "GET reminders",
            *[transaction] * 2,
            "GET reminders",
        ]
