"""What a table makes of the faults of its service."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.adapters.table import Table
from shared.adapters.table_entities import deleted, inserted, put
from shared.adapters.table_errors import Conflict
from shared.adapters.table_rows import Row
from shared.domain.errors import StoreUnavailable, Throttled
from tests.integration.tables.scripted import (
    WRITTEN,
    Answer,
    ScriptedService,
    page,
    refusal,
    row,
    scripted,
)
from tests.support.tables import empty_service

ROW = Row(partition="p", key="k", nonce="mine", columns={"state": "pending"})
VERSION = "W/\"datetime'2025'\""
BUSY = refusal(503, "ServerBusy")
TIMED_OUT = refusal(500, "OperationTimedOut")
Pair = tuple[ScriptedService, Table]


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with scripted() as pair:
        yield pair


class TestReading:
    async def test_a_version_is_made_of_the_time_stamp(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(row(nonce="mine"))
        found = await table.get("p", "k")
        assert found is not None
        assert found.version == "W/\"datetime'2026-11-21T09%3A00%3A00.1234567Z'\""

    @pytest.mark.parametrize("code", ["ResourceNotFound", "EntityNotFound", "TableNotFound"])
    async def test_a_row_is_absent_if_the_service_says_so(self, pair: Pair, code: str) -> None:
        service, table = pair
        service.will_answer(refusal(404, code))
        assert await table.get("p", "k") is None

    async def test_another_404_proves_nothing(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(Answer(status=404, body=b"<html>no such site</html>"))
        with pytest.raises(StoreUnavailable):
            await table.get("p", "k")
        with pytest.raises(StoreUnavailable):
            await anext(table.pages("PartitionKey eq 'p'", ["state"]))

    @pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
    async def test_a_passing_fault_is_passed_over(self, pair: Pair, status: int) -> None:
        service, table = pair
        fault = Answer(status=status)
        service.will_answer(fault, fault, row())
        assert await table.get("p", "k") is not None
        assert len(service.requests) == 3

    async def test_a_broken_answer_is_read_again(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(Answer(status=200, body=b'{"Parti', broken=True), row())
        assert await table.get("p", "k") is not None

    async def test_a_garbled_answer_is_read_again(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(Answer(status=200, body=b'{"Parti'), row())
        assert await table.get("p", "k") is not None

    @pytest.mark.parametrize("status", [400, 401, 403, 405])
    async def test_a_refusal_is_not_asked_for_again(self, pair: Pair, status: int) -> None:
        service, table = pair
        service.will_answer(refusal(status, "AuthorizationFailure"))
        with pytest.raises(StoreUnavailable, match=f"^table storage: {status} Authori.*Failure$"):
            await table.get("p", "k")
        assert len(service.requests) == 1

    async def test_short_and_empty_pages_are_read_to_the_end(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(
            page(following="a"),
            page("a", "b", following="c"),
            TIMED_OUT,
            page(following="c"),
            page("c"),
        )
        pages = [rows async for rows in table.pages("PartitionKey eq 'p'", ["state"])]
        assert [each.key for rows in pages for each in rows] == ["a", "b", "c"]
        assert all("Timestamp" in request for request in service.requests)

    async def test_pages_that_break_off_are_no_end(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(page("a", following="b"), TIMED_OUT)
        pages = table.pages("PartitionKey eq 'p'", ["state"])
        await anext(pages)
        with pytest.raises(StoreUnavailable):
            await anext(pages)


class TestThrottling:
    @pytest.mark.parametrize("answer", [BUSY, Answer(status=429)])
    async def test_a_service_that_stays_busy_says_that_nothing_was_done(
        self, pair: Pair, answer: Answer
    ) -> None:
        service, table = pair
        service.will_answer(answer)
        with pytest.raises(Throttled) as raised:
            await table.put(ROW)
        assert raised.value.retry_after == 10
        assert len(service.requests) == 3

    async def test_a_service_that_names_a_time_is_not_asked_before(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(refusal(503, "ServerBusy", Retry_After="17"))
        with pytest.raises(Throttled) as raised:
            await table.put(ROW)
        assert raised.value.retry_after == 17
        assert len(service.requests) == 1

    async def test_busy_after_a_lost_answer_proves_nothing(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(TIMED_OUT, BUSY)
        with pytest.raises(StoreUnavailable):
            await table.put(ROW)

    async def test_a_refused_write_whose_row_cannot_be_read_is_not_known(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(refusal(409, "EntityAlreadyExists"), BUSY)
        with pytest.raises(StoreUnavailable):
            await table.insert(ROW)


class TestWriting:
    async def test_a_missing_table_is_made_once(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(refusal(404, "TableNotFound"), WRITTEN, WRITTEN)
        await table.put(ROW)
        assert [request.split("?")[0] for request in service.requests] == [
            "PATCH /devstoreaccount1/secrets(PartitionKey='p',RowKey='k')",
            "POST /devstoreaccount1/Tables",
            "PATCH /devstoreaccount1/secrets(PartitionKey='p',RowKey='k')",
        ]

    async def test_a_table_that_somebody_else_made_meanwhile_will_do(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(
            refusal(404, "TableNotFound"), refusal(409, "TableAlreadyExists"), WRITTEN
        )
        await table.put(ROW)
        assert len(service.requests) == 3

    @pytest.mark.parametrize("nonce", ["mine", "theirs"])
    async def test_a_conflict_after_a_lost_answer_shows_whose_row_it_is(
        self, pair: Pair, nonce: str
    ) -> None:
        service, table = pair
        service.will_answer(TIMED_OUT, refusal(409, "EntityAlreadyExists"), row(nonce=nonce))
        assert (await table.insert(ROW)).nonce == nonce

    @pytest.mark.parametrize("nonce", ["mine", "theirs"])
    async def test_a_row_that_has_moved_on_shows_by_whom(self, pair: Pair, nonce: str) -> None:
        service, table = pair
        service.will_answer(TIMED_OUT, TIMED_OUT, TIMED_OUT, row(nonce=nonce))
        changed = await table.change(ROW, VERSION)
        assert changed is not None
        assert changed.nonce == nonce

    async def test_a_row_that_stands_as_before_may_yet_change(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(TIMED_OUT, TIMED_OUT, TIMED_OUT, row(nonce="mine"))
        before = "W/\"datetime'2026-11-21T09%3A00%3A00.1234567Z'\""
        with pytest.raises(StoreUnavailable):
            await table.change(ROW, before)

    async def test_a_row_that_comes_and_goes_is_not_known(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(refusal(409, "EntityAlreadyExists"), refusal(404, "ResourceNotFound"))
        with pytest.raises(StoreUnavailable):
            await table.insert(ROW)

    async def test_a_write_that_is_answered_without_a_version_is_read_back(
        self, pair: Pair
    ) -> None:
        service, table = pair
        bare = Answer(status=204)
        service.will_answer(bare, bare, bare, row(nonce="mine"))
        changed = await table.change(ROW, VERSION)
        assert changed is not None
        assert (changed.nonce, changed.version[:11]) == ("mine", 'W/"datetime')

    async def test_a_changed_row_is_not_removed(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(refusal(412, "UpdateConditionNotSatisfied"))
        await table.drop("p", "k", VERSION)
        assert len(service.requests) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(status=202, body=b"--batchresponse_1\r\nContent-", broken=True),
            Answer(status=202, body=b"--batchresponse_1\r\nContent-"),
            Answer(status=202, body=b"--batchresponse_1--\r\n"),
            Answer(status=202),
            Answer(status=202, body=b"{}"),
            Answer(status=200, body=b"<html>welcome</html>"),
        ],
    )
    @pytest.mark.parametrize(
        "kind", ["application/json", "multipart/mixed; boundary=batchresponse_1"]
    )
    async def test_a_transaction_with_a_garbled_answer_is_not_known(
        self, pair: Pair, answer: Answer, kind: str
    ) -> None:
        service, table = pair
        headers = {"Content-Type": kind}
        service.will_answer(
            Answer(status=answer.status, body=answer.body, broken=answer.broken, headers=headers)
        )
        with pytest.raises(StoreUnavailable):
            await table.transact([inserted(ROW)])
        assert len(service.requests) == 3

    async def test_a_transaction_that_is_refused_as_a_whole_has_no_effect(self, pair: Pair) -> None:
        service, table = pair
        service.will_answer(refusal(409, "EntityAlreadyExists"))
        with pytest.raises(Conflict):
            await table.transact([inserted(ROW)])

    @pytest.mark.parametrize(("first", "may_yet_be_done"), [(TIMED_OUT, True), (BUSY, False)])
    async def test_a_refusal_tells_whether_an_earlier_attempt_may_yet_arrive(
        self,
        pair: Pair,
        first: Answer,
        may_yet_be_done: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        service, table = pair
        service.will_answer(first, refusal(409, "EntityAlreadyExists"))
        with pytest.raises(Conflict) as raised:
            await table.transact([inserted(ROW)])
        assert raised.value.may_yet_be_done is may_yet_be_done

    async def test_a_transaction_tells_the_versions_of_what_it_wrote(self, azurite: str) -> None:
        async with empty_service(azurite) as service:
            table = service.tables.table("secrets")
            other = replace(ROW, key="other")
            await table.put(other)
            put_first, dropped = await table.transact([put(ROW), deleted("p", "other")])
            assert (put_first[:11], dropped) == ('W/"datetime', "")
            assert await table.get("p", "other") is None

    async def test_a_row_that_changed_or_is_gone_refuses_its_deletion(self, azurite: str) -> None:
        async with empty_service(azurite) as service:
            table = service.tables.table("secrets")
            before = await table.put(ROW)
            after = await table.put(replace(ROW, nonce="theirs"))
            for step in (deleted("p", "k", before.version), deleted("p", "gone")):
                with pytest.raises(Conflict):
                    await table.transact([put(replace(ROW, key="other")), step])
            assert await table.get("p", "other") is None
            found = await table.get("p", "k")
            assert found is not None
            assert found.version == after.version
