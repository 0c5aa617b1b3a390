from pathlib import Path
from typing import Any

import orjson
import pytest

from functions import problems
from shared.domain import errors
from shared.domain.errors import PortalError


def all_reasons(base: type[PortalError] = PortalError) -> set[type[PortalError]]:
    found: set[type[PortalError]] = set()
    for reason in base.__subclasses__():
        found |= {reason} | all_reasons(reason)
    return found


def raised(error: PortalError) -> tuple[dict[str, Any], problems.Problem]:
    problem = problems.problem(error, "0" * 32)
    return orjson.loads(problem.body), problem


def test_the_table_is_total() -> None:
    assert set(problems.PRESENTATIONS) == all_reasons() - {errors.TemporarilyUnavailable}


def test_the_contract_names_every_word() -> None:
    document = orjson.loads(Path(problems.__file__).with_name("openapi.json").read_bytes())
    named = document["components"]["schemas"]["ProblemBase"]["properties"]["code"]["examples"]
    words = {reason.code for reason in problems.PRESENTATIONS} | {"internal_error"}
    assert set(named) == words


def test_every_reason_has_a_word_of_its_own() -> None:
    words = [reason.code for reason in problems.PRESENTATIONS]
    assert len(set(words)) == len(words)


def test_a_problem_has_its_members_and_the_trace_id() -> None:
    document, problem = raised(errors.RoleMissing("credential_management"))
    assert document == {
        "type": "tag:wmda.info,2026:problem:role_missing",
        "title": "Forbidden",
        "status": 403,
        "detail": "This needs a role that your account does not have.",
        "code": "role_missing",
        "traceId": "0" * 32,
    }
    assert problem.status == 403


def test_a_404_is_the_same_bytes_whatever_the_reason_and_the_trace() -> None:
    bodies = {
        problems.problem(errors.ApplicationNotFound(reason), trace).body
        for reason in ("malformed", "absent", "foreign", "unmanaged")
        for trace in ("0" * 32, "1" * 32)
    }
    assert len(bodies) == 1


def test_broken_rules_are_listed_with_their_pointers() -> None:
    fault = errors.Fault(pointer="/expiresOn", detail="is required")
    document, _ = raised(errors.InvalidInput(fault))
    assert document["errors"] == [{"pointer": "/expiresOn", "detail": "is required"}]


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (errors.Throttled("x", retry_after=17), 17),
        (errors.StoreUnavailable("x"), 10),
        (errors.OutcomeUnknown("x"), 10),
        (errors.CreateInProgress(), 5),
        (errors.ApplicationBusy(), 5),
    ],
)
def test_what_may_be_tried_again_says_when_in_header_and_body(
    error: PortalError, seconds: int
) -> None:
    document, problem = raised(error)
    assert document["retryAfterSeconds"] == seconds
    assert problem.headers == {"Retry-After": str(seconds)}


def test_a_created_secret_is_named() -> None:
    assert raised(errors.AlreadyCreated("key"))[0]["keyId"] == "key"


def test_a_step_up_tells_the_claims_to_ask_for() -> None:
    document, _ = raised(errors.StepUpRequired("c1"))
    assert document["claims"] == (
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19"
    )


def test_an_unknown_fault_tells_a_trace_id_and_nothing_else() -> None:
    document = orjson.loads(problems.internal_error("1" * 32).body)
    assert (document["status"], document["traceId"]) == (500, "1" * 32)
    assert document["detail"] == "Something went wrong."
