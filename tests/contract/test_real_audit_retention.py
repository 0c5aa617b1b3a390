"""Old rows of the audit table go, in steps that may be interrupted anywhere."""

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.table_audit import TableAuditTrail
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import ClientId
from tests.contract.audit_contract import HIGHEST_CLIENT, entry
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT
from tests.support.tables import DeafTransport, Fate, Service, empty_service

LATER = MORNING + timedelta(days=1)
PLACES: tuple[ClientId | None, ...] = (CLIENT, OTHER_CLIENT, HIGHEST_CLIENT, None)


@pytest.fixture
async def service(azurite: str) -> AsyncIterator[Service]:
    async with empty_service(azurite) as service:
        yield service


async def filled(service: Service, rows: int) -> TableAuditTrail:
    """Return the trail of so many old attempts and as many young ones, spread over the places."""
    trail = TableAuditTrail(service.tables)
    for number in range(rows):
        attempt = entry(number + 1, client_id=PLACES[number % len(PLACES)])
        await trail.record(attempt)
        await trail.record(replace(attempt, instant=LATER))
    service.transport.requests.clear()
    return trail


async def left(service: Service) -> tuple[int, int]:
    """Return how many rows are old, and how many are young."""
    rows = await service.rows("audit", "")
    old = sum(row["RowKey"].startswith(f"{MORNING.date()}") for row in rows)
    return old, len(rows) - old


async def test_a_page_of_rows_costs_a_transaction_for_each_partition(service: Service) -> None:
    trail = await filled(service, 12)
    assert await trail.forget(LATER) == 12
    assert await left(service) == (0, 12)
    assert sorted(service.transport.requests) == [
        *["GET audit()"] * 2,
        *["POST $batch"] * len(PLACES),
    ]


async def test_more_rows_than_one_transaction_takes_go_too(service: Service) -> None:
    trail = TableAuditTrail(service.tables)
    for number in range(130):
        await trail.record(entry(number + 1, client_id=None))
    assert await trail.forget(LATER) == 130
    assert await left(service) == (0, 0)


async def test_what_one_call_leaves_the_next_ones_take(service: Service) -> None:
    await filled(service, 12)
    brief = TableAuditTrail(service.tables, most_rows=1)
    # Applications share a page; the attempts on none have one of their own.
    assert [await brief.forget(LATER) for _ in range(3)] == [9, 3, 0]
    assert await left(service) == (0, 12)


@pytest.mark.parametrize("broken", range(6))
async def test_a_call_that_breaks_off_anywhere_is_taken_up_by_the_next(
    service: Service, broken: int
) -> None:
    trail = await filled(service, 12)
    service.transport.doom(*[Fate.DELIVERED] * broken, *[Fate.NEVER_SENT] * 3)
    with pytest.raises(StoreUnavailable):
        await trail.forget(LATER)
    service.transport.relent()
    await trail.forget(LATER)
    assert await left(service) == (0, 12)


async def test_two_calls_at_once_do_no_harm(service: Service) -> None:
    trail = await filled(service, 40)
    await gather(trail.forget(LATER), trail.forget(LATER))
    assert await left(service) == (0, 40)


async def test_a_row_that_somebody_else_removed_meanwhile_keeps_no_other(service: Service) -> None:
    trail = await filled(service, 12)

    async def remove_one() -> None:
        (first, *_) = await service.rows("audit", f"PartitionKey eq '{CLIENT}'")
        audit = service.beside.get_table_client("audit")
        await audit.delete_entity(first["PartitionKey"], first["RowKey"])

    service.transport.meanwhile = remove_one
    await trail.forget(LATER)
    assert await left(service) == (0, 12)


async def test_rows_go_where_every_first_answer_is_lost(azurite: str) -> None:
    async with AsyncExitStack() as resources:
        clear = await resources.enter_async_context(empty_service(azurite))
        deaf = await resources.enter_async_context(
            empty_service(azurite, transport=DeafTransport())
        )
        await filled(clear, 8)
        assert await TableAuditTrail(deaf.tables).forget(LATER) == 8
        assert await left(clear) == (0, 8)
