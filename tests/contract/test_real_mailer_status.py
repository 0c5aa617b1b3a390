"""What became of a mail, as the adapter learns it: from the service itself or not at all."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web

from shared.adapters.acs_mailer import TimeOuts
from shared.ports.mail import Status
from tests.contract.mailer_at_simulator import AtSimulator, at_simulator, mailer_at
from tests.support.builders import message, numbered

MAIL = message().message_id


@pytest.fixture
async def service() -> AsyncIterator[AtSimulator]:
    async with at_simulator() as service:
        yield service


@pytest.mark.parametrize(
    ("trap", "parameters", "status"),
    [
        ("status_lag", {"shown": "NotFound"}, Status.DENIED),
        ("status_lag", {"shown": "NotStarted"}, Status.TAKEN),
        ("status_lag", {"shown": "Running"}, Status.TAKEN),
        ("forget_status", {}, Status.DENIED),
        ("failed_operation", {"status": "Failed"}, Status.FAILED),
        ("failed_operation", {"status": "Canceled"}, Status.FAILED),
        ("suppressed", {"answered": "status"}, Status.SUPPRESSED),
        ("throttle", {"method": "GET", "retryAfter": 30}, Status.NO_ANSWER),
        ("server_error", {"method": "GET", "status": 500}, Status.NO_ANSWER),
        ("server_error", {"method": "GET", "status": 503, "retryAfter": 1}, Status.NO_ANSWER),
        ("unauthorised", {"method": "GET"}, Status.NO_ANSWER),
    ],
)
async def test_no_trouble_makes_it_ask_twice_or_guess(
    service: AtSimulator, trap: str, parameters: Mapping[str, Any], status: Status
) -> None:
    await service.mail.trap(trap, **parameters)
    await service.mailer.post(message())
    assert await service.mailer.status(MAIL) is status
    assert await service.questions() == 1


async def test_a_connection_that_breaks_gives_no_answer(service: AtSimulator) -> None:
    await service.mail.trap("drop_answer", method="GET")
    await service.mailer.post(message())
    assert await service.mailer.status(MAIL) is Status.NO_ANSWER
    assert await service.attempts() == 1


@pytest.mark.parametrize(
    ("trap", "parameters"),
    [
        ("drop_answer", {"accepted": True}),
        ("truncated_answer", {}),
        ("server_error", {"status": 504, "accepted": True}),
    ],
)
async def test_a_mail_whose_answer_was_lost_is_found_again(
    service: AtSimulator, trap: str, parameters: Mapping[str, Any]
) -> None:
    await service.mail.trap(trap, **parameters)
    await service.mailer.post(message())
    assert await service.mailer.status(MAIL) is Status.TAKEN


async def test_a_mail_that_arrives_late_is_denied_until_then(service: AtSimulator) -> None:
    await service.mail.trap("late_accept", seconds=60)
    await service.mailer.post(message())
    assert await service.mailer.status(MAIL) is Status.DENIED
    await service.mail.dev("POST", "clock", {"offsetSeconds": 120})
    assert await service.mailer.status(MAIL) is Status.TAKEN


@pytest.mark.parametrize(
    "time_outs", [TimeOuts(read=0.2, question=30), TimeOuts(read=30, question=0.2)]
)
async def test_a_service_that_does_not_answer_in_time_has_not_answered(
    service: AtSimulator, time_outs: TimeOuts
) -> None:
    await service.mail.trap("slow", milliseconds=900)
    assert await service.another(time_outs=time_outs).status(MAIL) is Status.NO_ANSWER


async def test_a_wrong_key_gets_no_answer(service: AtSimulator) -> None:
    wrong = service.another(key=base64.b64encode(b"wrong").decode())
    assert await wrong.status(MAIL) is Status.NO_ANSWER
    assert await service.questions() == 1


OF_THIS = {"id": MAIL, "status": "Succeeded"}


@pytest.mark.parametrize(
    ("http_status", "body", "status"),
    [
        (200, json.dumps(OF_THIS), Status.TAKEN),
        (200, json.dumps(OF_THIS | {"id": MAIL.upper()}), Status.TAKEN),
        (200, json.dumps(OF_THIS | {"id": numbered(9)}), Status.NO_ANSWER),
        (200, json.dumps({"status": "Succeeded"}), Status.NO_ANSWER),
        (200, json.dumps(OF_THIS | {"status": "Postponed"}), Status.NO_ANSWER),
        (200, json.dumps(OF_THIS | {"status": ["Failed"]}), Status.NO_ANSWER),
        (200, json.dumps(OF_THIS | {"status": "Failed", "error": "?"}), Status.FAILED),
        (202, json.dumps(OF_THIS), Status.NO_ANSWER),
        (200, json.dumps([OF_THIS]), Status.NO_ANSWER),
        (200, json.dumps(OF_THIS)[:-5], Status.NO_ANSWER),
        (200, "", Status.NO_ANSWER),
        (200, "<html>Sign in</html>", Status.NO_ANSWER),
        (307, "", Status.NO_ANSWER),
        (400, '{"error": {"code": "BadRequest"}}', Status.NO_ANSWER),
        (404, '{"error": {"code": "NotFound", "message": "?"}}', Status.DENIED),
        (404, '{"error": {"code": "DomainNotLinked", "message": "?"}}', Status.NO_ANSWER),
        (404, '{"error": {"code": ""}}', Status.NO_ANSWER),
        (404, '{"error": "not found"}', Status.NO_ANSWER),
        (404, '{"statusCode": 404, "message": "Resource not found"}', Status.NO_ANSWER),
        (404, "<html>Not Found</html>", Status.NO_ANSWER),
        (404, "", Status.NO_ANSWER),
        (410, '{"error": {"code": "Gone"}}', Status.NO_ANSWER),
        (502, '{"error": {"code": "NotFound"}}', Status.NO_ANSWER),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
async def test_only_what_the_service_itself_says_of_this_very_mail_counts(
    http_status: int, body: str, content_type: str, status: Status
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path_qs}")
        headers = {"Location": request.path_qs, "Retry-After": "1"}
        return web.Response(
            status=http_status, text=body, content_type=content_type, headers=headers
        )

    async with mailer_at(answer) as adapter:
        assert await adapter.status(MAIL) is status
    assert asked == [f"GET /emails/operations/{MAIL}?api-version=2025-09-01"]


async def test_no_answer_is_logged_with_its_status_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "of jane.doe@example.org"}}, status=404)

    async with mailer_at(answer) as adapter:
        await adapter.status(MAIL)
    (told,) = [each for each in caplog.records if each.name == "shared.adapters.acs_mailer"]
    assert json.loads(told.getMessage()) == {
        "event": "mail service",
        "message": MAIL,
        "outcome": "NO_ANSWER",
        "http_status": 404,
    }


async def test_cancelling_a_question_is_not_swallowed() -> None:
    asked, enough = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await enough.wait()
        return web.Response()

    async with mailer_at(answer) as adapter:
        question = asyncio.create_task(adapter.status(MAIL))
        await asked.wait()
        question.cancel()
        await asyncio.wait([question])
        enough.set()
    assert question.cancelled()
