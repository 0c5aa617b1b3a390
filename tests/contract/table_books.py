"""The table adapters on Azurite, as the suites of the ledger and its neighbours want them."""

from collections.abc import AsyncIterator

import pytest

from shared.adapters.system_clock import RandomIds
from shared.adapters.table_ledger import TableLedger
from shared.adapters.table_notices import TableNotices
from shared.adapters.table_retention import TableRetention
from shared.adapters.table_runs import TableRuns
from shared.adapters.table_suppressions import TableSuppressions
from tests.contract.ledger_scene import Books
from tests.support.tables import Service, empty_service

REMINDERS = "reminders"


def books_of(service: Service) -> Books:
    ids = RandomIds()
    return Books(
        ledger=TableLedger(service.tables, ids),
        runs=TableRuns(service.tables, ids),
        suppressions=TableSuppressions(service.tables, ids),
        notices=TableNotices(service.tables, ids),
        retention=TableRetention(service.tables, ids),
    )


class OnAzurite:
    """A service of the test's own, without a table at first."""

    @pytest.fixture
    async def service(self, azurite: str) -> AsyncIterator[Service]:
        async with empty_service(azurite) as service:
            yield service

    @pytest.fixture
    def books(self, service: Service) -> Books:
        return books_of(service)


class OnTable(OnAzurite):
    """The table is there, so that each write is one request."""

    @pytest.fixture
    async def service(self, azurite: str) -> AsyncIterator[Service]:
        async with empty_service(azurite, table=REMINDERS) as service:
            yield service
