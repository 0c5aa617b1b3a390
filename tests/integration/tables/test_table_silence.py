"""What a table makes of a service that does not answer."""

import pytest

from local.azurite import free_port
from shared.adapters.table import Patience
from shared.domain.errors import StoreUnavailable
from tests.integration.tables.scripted import Answer, connected, row, scripted


async def test_no_caller_waits_longer_than_one_operation_may_take() -> None:
    async with scripted(Patience(call=0.2)) as (service, table):
        service.will_answer(Answer(status=200, seconds=30))
        with pytest.raises(StoreUnavailable, match=r"^table storage: no answer in time$"):
            await table.get("p", "k")
        assert len(service.requests) == 1


async def test_an_answer_that_does_not_come_is_asked_for_again() -> None:
    async with scripted(Patience(read=0.2, pauses=(0, 0))) as (service, table):
        service.will_answer(Answer(status=200, seconds=30), row())
        assert await table.get("p", "k") is not None
        assert len(service.requests) == 2


async def test_a_service_that_is_not_there_is_unavailable() -> None:
    async with connected(f"http://127.0.0.1:{free_port()}") as table:
        with pytest.raises(StoreUnavailable, match=r"^table storage: ServiceRequestError$"):
            await table.get("p", "k")
