"""The simulated table service is as good as a real one: the adapters keep their promises on it.

And call by call it answers, and refuses, as Azurite does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableServiceClient

from shared.adapters.table_errors import code_of
from shared.adapters.table_ledger import TableLedger
from shared.adapters.table_notices import TableNotices
from shared.adapters.table_retention import TableRetention
from shared.adapters.table_runs import TableRuns
from shared.adapters.table_secrets import TableSecretStore
from shared.adapters.table_suppressions import TableSuppressions
from shared.adapters.tables import Tables
from tests.contract.ledger_contract import LedgerContract
from tests.contract.ledger_scene import Books
from tests.contract.notices_contract import NoticesContract
from tests.contract.retention_contract import RetentionContract
from tests.contract.runs_contract import RunsContract
from tests.contract.secret_intents_contract import IntentContract, Pointers
from tests.contract.secret_leases_contract import LeaseContract
from tests.contract.secret_records_contract import RecordContract
from tests.contract.suppressions_contract import SuppressionsContract
from tests.fakes.system import MORNING
from tests.simulation.faults import Weather
from tests.simulation.ids import SeededIds, Seeds
from tests.simulation.process import Process
from tests.simulation.table_clients import Client, connected
from tests.simulation.tables import Store
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import Time

SEEDS = Seeds(1)
AT_ONCE = Weather(fastest=0, slowest=0)
OLD_VERSION = "W/\"datetime'2000-01-01T00%3A00%3A00.0000000Z'\""


@pytest.fixture
def service() -> Store:
    return Store()


@pytest.fixture
async def process() -> Process:
    """Return a process whose requests take no time."""
    time = Time(asyncio.get_running_loop(), MORNING)
    process = Process("test", time=time, rng=SEEDS.rng("process"), trace=Trace(time.now))
    process.begin(AT_ONCE)
    return process


@pytest.fixture
async def tables(service: Store, process: Process) -> Tables:
    return connected(service, process, SEEDS.rng("pages"))


class TestLedger(
    LedgerContract, RunsContract, SuppressionsContract, NoticesContract, RetentionContract
):
    """The promises that the table adapters keep on Azurite too."""

    @pytest.fixture
    async def books(self, tables: Tables) -> Books:
        ids = SeededIds(SEEDS.rng("ids"))
        return Books(
            ledger=TableLedger(tables, ids),
            runs=TableRuns(tables, ids),
            suppressions=TableSuppressions(tables, ids),
            notices=TableNotices(tables, ids),
            retention=TableRetention(tables, ids),
        )


class TestSecretStore(LeaseContract, IntentContract, RecordContract):
    """The same of intents, leases and records."""

    @pytest.fixture
    async def store(self, tables: Tables) -> TableSecretStore:
        return TableSecretStore(tables, SeededIds(SEEDS.rng("ids")))

    @pytest.fixture
    def open_pointers(self, service: Store) -> Pointers:
        async def read() -> set[str]:
            return {row["RowKey"] for row in service.rows("secrets", "open")}

        return read


Row = dict[str, Any]
Call = Callable[[Any], Awaitable[object]]
"""A call of the SDK's client, or of what stands in its place."""


def row(key: str, **columns: object) -> Row:
    return {"PartitionKey": "p", "RowKey": key, **columns}


def if_version(etag: str) -> dict[str, Any]:
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified}


async def version(client: Any, key: str) -> str:  # noqa: ANN401 - either client
    return str((await client.get_entity("p", key)).metadata["etag"])


async def changed_if_unchanged(client: Any) -> object:  # noqa: ANN401 - either client
    condition = if_version(await version(client, "a"))
    return await client.update_entity(row("a", more=2), UpdateMode.MERGE, **condition)


async def dropped_if_unchanged(client: Any) -> object:  # noqa: ANN401 - either client
    return await client.delete_entity("p", "c", **if_version(await version(client, "c")))


async def keys(client: Any, query: str) -> list[Row]:  # noqa: ANN401 - either client
    found: list[Row] = []
    async for page in client.query_entities(query, select=["RowKey", "more"]).by_page():
        found += [{"key": each["RowKey"], "more": each.get("more")} async for each in page]
    return found


STEPS: dict[str, Call] = {
    "read without a table": lambda c: c.get_entity("p", "a"),
    "drop without a table": lambda c: c.delete_entity("p", "a"),
    "write without a table": lambda c: c.create_entity(row("a")),
    "transact without a table": lambda c: c.submit_transaction([("create", row("a"), {})]),
    "make": lambda c: c.create_table(),
    "make again": lambda c: c.create_table(),
    "read nothing": lambda c: c.get_entity("p", "a"),
    "insert": lambda c: c.create_entity(row("a", n=1, open=True)),
    "insert again": lambda c: c.create_entity(row("a", n=2)),
    "change nothing": lambda c: c.update_entity(
        row("b"), UpdateMode.MERGE, **if_version(OLD_VERSION)
    ),
    "change an old version": lambda c: c.update_entity(
        row("a"), UpdateMode.MERGE, **if_version(OLD_VERSION)
    ),
    "change": changed_if_unchanged,
    "put over": lambda c: c.upsert_entity(row("a", put=True)),
    "put anew": lambda c: c.upsert_entity(row("c", more=3, open=False)),
    "drop nothing": lambda c: c.delete_entity("p", "x"),
    "drop nothing of a version": lambda c: c.delete_entity("p", "x", **if_version(OLD_VERSION)),
    "drop an old version": lambda c: c.delete_entity("p", "c", **if_version(OLD_VERSION)),
    "transact": lambda c: c.submit_transaction(
        [("create", row("d"), {}), ("upsert", row("e", more=5), {})]
    ),
    "transact with a row that is there": lambda c: c.submit_transaction(
        [("create", row("f"), {}), ("create", row("d"), {})]
    ),
    "transact with an old version": lambda c: c.submit_transaction(
        [
            ("update", row("a", n=9), {"mode": UpdateMode.MERGE, **if_version(OLD_VERSION)}),
            ("delete", row("d"), {}),
        ]
    ),
    "transact with a row that is not there": lambda c: c.submit_transaction(
        [("create", row("f"), {}), ("delete", row("x"), {})]
    ),
    "all": lambda c: keys(c, "PartitionKey eq 'p'"),
    "some": lambda c: keys(c, "PartitionKey eq 'p' and RowKey ge 'b' and RowKey lt 'e'"),
    "open ones": lambda c: keys(c, "PartitionKey eq 'p' and open eq true"),
    "either": lambda c: keys(c, "PartitionKey eq 'p' or PartitionKey eq 'q'"),
    "late ones": lambda c: keys(c, "PartitionKey eq 'p' and RowKey gt 'c'"),
    "drop": dropped_if_unchanged,
    "what is left": lambda c: keys(c, "PartitionKey eq 'p'"),
}


async def answers(client: object) -> dict[str, object]:
    """Return what each step comes to: rows, nothing, or the service's word for its refusal."""
    found: dict[str, object] = {}
    for name, step in STEPS.items():
        try:
            answer = await step(client)
            found[name] = answer if name in SHOWN else None
        except HttpResponseError as error:
            found[name] = (error.status_code, code_of(error))
    return found


SHOWN = {"all", "some", "open ones", "either", "late ones", "what is left"}


async def test_it_answers_call_by_call_as_azurite_does(
    azurite: str, service: Store, process: Process
) -> None:
    async with TableServiceClient.from_connection_string(azurite, retry_total=0) as real:
        table = real.get_table_client("likeness")
        expected = await answers(table)
        await table.delete_table()
    simulated = await answers(Client("likeness", service, process, SEEDS.rng("pages")))
    assert simulated == expected
