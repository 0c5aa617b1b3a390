import json
import logging
from dataclasses import replace

import pytest

from shared.domain.errors import (
    AlreadyCreated,
    ApplicationNotFound,
    Fault,
    InvalidInput,
    OutcomeUnknown,
    PortalError,
    RoleMissing,
    StoreUnavailable,
    UnsupportedContentType,
)
from shared.ports.secret_store import Outcome
from shared.use_cases.attempts import Attempts
from tests.fakes.secret_store import FakeAuditTrail
from tests.fakes.system import MORNING, FakeClock, FakeIds
from tests.support.builders import CLIENT, numbered, principal, secret

KEY = secret().key_id


@pytest.fixture
def trail() -> FakeAuditTrail:
    return FakeAuditTrail()


@pytest.fixture
def attempts(trail: FakeAuditTrail) -> Attempts:
    return Attempts(trail=trail, clock=FakeClock(), ids=FakeIds())


async def fail(attempts: Attempts, error: Exception, client_id: str = CLIENT) -> None:
    with pytest.raises(type(error)):
        async with attempts("create_secret", principal(), client_id, "trace"):
            raise error


async def test_a_success_is_recorded_with_who_what_and_when(
    attempts: Attempts, trail: FakeAuditTrail
) -> None:
    async with attempts("create_secret", principal(), CLIENT.upper(), "trace") as attempt:
        attempt.came_to(Outcome.CREATED, KEY)
    (entry,) = trail.entries
    assert (entry.instant, entry.action, entry.outcome) == (MORNING, "create_secret", "created")
    assert (entry.client_id, entry.key_id, entry.trace_id) == (CLIENT, KEY, "trace")
    assert entry.principal == principal()


@pytest.mark.parametrize(
    ("error", "outcome", "reason", "client_id"),
    [
        (RoleMissing("x"), "role_missing", None, CLIENT),
        (ApplicationNotFound("foreign"), "not_found", "foreign", CLIENT),
        (ApplicationNotFound("absent"), "not_found", "absent", None),
        (StoreUnavailable("x"), "store_unavailable", None, CLIENT),
        (ValueError("hush"), "error", None, CLIENT),
    ],
)
async def test_a_refusal_is_recorded_with_its_reason(
    attempts: Attempts,
    trail: FakeAuditTrail,
    error: PortalError,
    outcome: str,
    reason: str | None,
    client_id: str | None,
) -> None:
    await fail(attempts, error)
    (entry,) = trail.entries
    assert (entry.outcome, entry.reason, entry.client_id) == (outcome, reason, client_id)


async def test_a_malformed_client_id_never_becomes_a_key_of_the_table(
    attempts: Attempts, trail: FakeAuditTrail
) -> None:
    await fail(attempts, ApplicationNotFound("malformed"), "../refused")
    assert [entry.client_id for entry in trail.entries] == [None]


@pytest.mark.parametrize(
    "error", [InvalidInput(Fault(pointer="", detail="x")), UnsupportedContentType()]
)
async def test_input_that_breaks_a_rule_is_no_attempt(
    attempts: Attempts, trail: FakeAuditTrail, error: PortalError
) -> None:
    await fail(attempts, error)
    assert trail.entries == []


async def test_every_attempt_is_logged_even_if_no_row_can_be_written(
    attempts: Attempts, trail: FakeAuditTrail, caplog: pytest.LogCaptureFixture
) -> None:
    trail.fail_next("record", StoreUnavailable("away"))
    with caplog.at_level(logging.INFO):
        async with attempts("delete_secret", principal(), CLIENT, "trace") as attempt:
            attempt.came_to(Outcome.DELETED, KEY)
    assert trail.entries == []
    records = [json.loads(record.getMessage()) for record in caplog.records]
    assert [r["event"] for r in records] == ["attempt", "alarm: audit row not written"]
    assert {(r["action"], r["outcome"], r["oid"], r["name"]) for r in records} == {
        ("delete_secret", "deleted", principal().user_id, "Jane Doe")
    }


@pytest.mark.parametrize("error", [StoreUnavailable("away"), RuntimeError("a fault of ours")])
async def test_no_fault_of_the_audit_takes_the_answer_away(
    attempts: Attempts, trail: FakeAuditTrail, error: Exception
) -> None:
    trail.fail_next("record", error)
    async with attempts("create_secret", principal(), CLIENT, "trace") as attempt:
        attempt.came_to(Outcome.CREATED, KEY)


async def test_a_name_that_is_an_address_is_not_logged(
    attempts: Attempts, caplog: pytest.LogCaptureFixture
) -> None:
    caller = replace(principal(), name="jane.doe@example.org")
    with caplog.at_level(logging.INFO):
        async with attempts("create_secret", caller, CLIENT, "trace") as attempt:
            attempt.came_to(Outcome.CREATED, KEY)
    assert "example.org" not in caplog.text


@pytest.mark.parametrize(
    "error", [AlreadyCreated(KEY), OutcomeUnknown("not known to be recorded", key_id=KEY)]
)
async def test_a_refusal_that_knows_the_secret_names_it(
    attempts: Attempts, trail: FakeAuditTrail, error: PortalError
) -> None:
    await fail(attempts, error)
    assert [entry.key_id for entry in trail.entries] == [KEY]


async def test_ids_of_rows_are_their_own(attempts: Attempts, trail: FakeAuditTrail) -> None:
    await fail(attempts, RoleMissing("x"))
    await fail(attempts, RoleMissing("x"), numbered(0xC9))
    assert len({entry.entry_id for entry in trail.entries}) == 2
