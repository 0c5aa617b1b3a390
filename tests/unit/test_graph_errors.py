"""What Graph's refusals mean, and what is logged of them."""

import logging
from typing import Any

import orjson
import pytest

from shared.adapters.graph_answers import Answer, parsed
from shared.adapters.graph_errors import (
    read_error,
    says_absent,
    says_no_such_secret,
    write_error,
)
from shared.domain.errors import (
    DirectoryBusy,
    DirectoryRefused,
    DirectoryUnavailable,
    LifetimeRefused,
    OutcomeUnknown,
    PortalError,
    TemporarilyUnavailable,
    Throttled,
    TooManySecrets,
)

CONCURRENCY = "Directory_ConcurrencyViolation"
POLICY = "CredentialInvalidLifetimeAsPerAppPolicy"


def answer(status: int, code: str = "", message: str = "", *details: str, **headers: str) -> Answer:
    error: dict[str, Any] = {"code": code, "message": message}
    error["details"] = [{"code": detail} for detail in details]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=named, body=orjson.dumps({"error": error}))


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (answer(400, POLICY, "", "InvalidKeyEndDate"), LifetimeRefused),
        (answer(400, "Request_BadRequest", "", "InvalidKeyEndDate"), LifetimeRefused),
        (answer(400, "x", "Key credential end date is invalid."), LifetimeRefused),
        (answer(400, "x", "Not allowed to add 3 passwords. At most 2."), TooManySecrets),
        (answer(403, "Directory_ResourceSizeExceeded"), TooManySecrets),
        (answer(400, "Directory_ResourceSizeExceeded"), TooManySecrets),
        (answer(400, "Request_BadRequest", "Something else"), DirectoryRefused),
        (answer(401, "InvalidAuthenticationToken"), DirectoryRefused),
        (answer(403, "Authorization_RequestDenied"), DirectoryRefused),
        (answer(404, "Request_ResourceNotFound"), DirectoryRefused),
        (answer(409, CONCURRENCY), DirectoryBusy),
        (answer(503, CONCURRENCY), DirectoryBusy),
        (answer(409, "Request_MultipleObjectsWithSameKeyValue"), DirectoryRefused),
        (answer(408, "RequestTimeout"), OutcomeUnknown),
        (answer(429, "TooManyRequests"), Throttled),
        (answer(500, POLICY), OutcomeUnknown),
        (answer(503, "ServiceUnavailable"), OutcomeUnknown),
        (answer(302), OutcomeUnknown),
        (Answer(status=502, headers={}, body=b"<html>"), OutcomeUnknown),
        (Answer(status=400, headers={}, body=b"<html>"), DirectoryRefused),
        (Answer(status=400, headers={}, body=b'{"error":"text"}'), DirectoryRefused),
        (Answer(status=400, headers={}, body=b'{"error":{"details":3}}'), DirectoryRefused),
    ],
)
def test_a_refused_write_has_one_meaning(refused: Answer, error: type[PortalError]) -> None:
    assert type(write_error("addPassword", refused)) is error


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 408, 409, 500, 502, 503, 504])
def test_a_failed_read_says_nothing_about_what_exists(status: int) -> None:
    assert type(read_error("applications", answer(status))) is DirectoryUnavailable


def test_a_throttled_read_says_so() -> None:
    assert type(read_error("applications", answer(429))) is Throttled


DATE = "Sat, 21 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 10),
        ({"retry_after": "7"}, 7),
        ({"retry_after": "0"}, 1),
        ({"retry_after": "3600"}, 120),
        ({"retry_after": "-5"}, 10),
        ({"retry_after": "soon"}, 10),
        ({"retry_after": "9" * 5000}, 10),
        ({"retry_after": "Sat, 21 Nov 2026 09:00:42 GMT", "date": DATE}, 42),
        ({"retry_after": "Sat, 21 Nov 2026 08:00:00 GMT", "date": DATE}, 1),
        ({"retry_after": "Sat, 21 Nov 2026 09:00:42 GMT"}, 10),
        ({"retry_after": "Sat, 21 Nov 2026 09:00:42 GMT", "date": "today"}, 10),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_asker_is_told_how_long_to_wait(
    headers: dict[str, str], seconds: int, status: int
) -> None:
    refused = answer(status, **headers)
    for error in (read_error("applications", refused), write_error("addPassword", refused)):
        assert isinstance(error, TemporarilyUnavailable)
        assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        (answer(404, "Request_ResourceNotFound"), True),
        (answer(404, "BadRequest"), False),
        (Answer(status=404, headers={}, body=b"<html>no such site</html>"), False),
        (answer(400, "Request_ResourceNotFound"), False),
    ],
)
def test_only_graph_can_say_that_something_does_not_exist(given: Answer, absent: bool) -> None:  # noqa: FBT001 - a parameter
    assert says_absent(given) is absent


@pytest.mark.parametrize(
    ("given", "unknown"),
    [
        (answer(400, "Request_BadRequest", "No password credential found with keyId 'x'."), True),
        (answer(400, "Request_BadRequest", "Invalid value."), False),
        (answer(503, "x", "No password credential found with keyId 'x'."), False),
    ],
)
def test_a_key_id_that_graph_does_not_know_is_told_apart(given: Answer, unknown: bool) -> None:  # noqa: FBT001 - a parameter
    assert says_no_such_secret(given) is unknown


def test_the_log_has_code_and_request_id_and_no_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    refused = answer(403, "Denied", "jane.doe@example.org may not", "Inner", request_id="abc-1")
    error = write_error("addPassword", refused)
    assert caplog.messages == [
        "Graph answered addPassword with 403, code Denied,Inner, request-id abc-1"
    ]
    assert "jane" not in f"{error} {error!r}"


def test_a_forged_code_breaks_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    write_error("addPassword", answer(400, f"one\ntwo{'x' * 500}", request_id="\x1b[31m"))
    assert "\n" not in caplog.text.rstrip("\n")
    assert "\x1b" not in caplog.text
    assert len(caplog.text) < 300


def test_an_answer_shows_no_body() -> None:
    assert "Q_e8Q~" not in repr(Answer(status=200, headers={}, body=b"Q_e8Q~"))


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b'{"secretText": "Q_e8Q~', b"\xff"])
def test_what_is_no_json_is_nothing(body: bytes) -> None:
    assert parsed(body) is None
