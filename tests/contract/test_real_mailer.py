"""The adapter keeps the promises against the mail service's simulator, in all its troubles."""

import asyncio
import base64
import json
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web

from local.simulators.email.state import ACCESS_KEY
from shared.adapters.acs_mailer import TimeOuts
from shared.adapters.mail_rendering import Rendering
from shared.ports.mail import Posted, Posting
from tests.contract.mailer_at_simulator import SENDER, AtSimulator, at_simulator, mailer, mailer_at
from tests.contract.mailer_contract import MailerContract
from tests.support.builders import message
from tests.support.mails import SUPPORT_ADDRESS, WORDING


@pytest.fixture
async def service() -> AsyncIterator[AtSimulator]:
    async with at_simulator() as service:
        yield service


class TestAcsMailer(MailerContract):
    async def test_what_was_accepted_is_what_was_rendered(self, service: AtSimulator) -> None:
        mail = message()
        await service.mailer.post(mail)
        (found,) = await service.mails()
        rendered = Rendering(WORDING)(mail)
        assert (found["subject"], found["text"]) == (rendered.subject, rendered.text)
        assert found["html"] == rendered.html
        (calendar,) = rendered.attachments
        assert found["attachments"] == [
            {
                "name": "client-secrets.ics",
                "contentType": "text/calendar",
                "contentInBase64": base64.b64encode(calendar.content).decode(),
            }
        ]

    async def test_a_mail_says_that_it_is_automatic_and_where_answers_go(
        self, service: AtSimulator
    ) -> None:
        mail = message()
        await service.mailer.post(mail)
        (found,) = await service.mails()
        assert found["sender"] == SENDER
        assert [each["address"] for each in found["replyTo"]] == [SUPPORT_ADDRESS]
        assert found["headers"] == {
            "Message-ID": f"<{mail.message_id}@example.org>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        }

    @pytest.mark.parametrize(
        ("trap", "parameters", "posted", "mails"),
        [
            ("throttle", {"retryAfter": 30}, Posted(posting=Posting.NOT_NOW, retry_after=30), 0),
            ("throttle", {"retryAfter": None}, Posted(posting=Posting.NOT_NOW), 0),
            ("server_error", {"status": 500}, Posted(posting=Posting.UNKNOWN), 0),
            (
                "server_error",
                {"status": 503, "retryAfter": 1},
                Posted(posting=Posting.UNKNOWN, retry_after=1),
                0,
            ),
            ("server_error", {"status": 504, "accepted": True}, Posted(posting=Posting.UNKNOWN), 1),
            ("drop_answer", {"accepted": True}, Posted(posting=Posting.UNKNOWN), 1),
            ("truncated_answer", {}, Posted(posting=Posting.UNKNOWN), 1),
            ("late_accept", {"seconds": 60}, Posted(posting=Posting.UNKNOWN), 0),
            ("suppressed", {"answered": "send"}, Posted(posting=Posting.SUPPRESSED), 0),
            ("invalid_address", {}, Posted(posting=Posting.REFUSED_FOR_RECIPIENT), 0),
            ("denied_sender", {"status": 400}, Posted(posting=Posting.REFUSED_FOR_SENDER), 0),
            ("denied_sender", {"status": 403}, Posted(posting=Posting.REFUSED_FOR_SENDER), 0),
            ("denied_sender", {"status": 404}, Posted(posting=Posting.REFUSED_FOR_SENDER), 0),
            ("unauthorised", {}, Posted(posting=Posting.REFUSED_FOR_SENDER), 0),
            ("failed_operation", {}, Posted(posting=Posting.ACCEPTED), 0),
        ],
    )
    async def test_no_trouble_makes_it_post_twice(
        self,
        service: AtSimulator,
        trap: str,
        parameters: Mapping[str, Any],
        posted: Posted,
        mails: int,
    ) -> None:
        await service.mail.dev("DELETE", "traps/dedupe")
        await service.mail.trap(trap, **parameters)
        assert await service.mailer.post(message()) == posted
        assert [each["method"] for each in await service.mail.requests()] == ["POST"]
        assert len(await service.mails()) == mails

    @pytest.mark.parametrize(
        "time_outs", [TimeOuts(read=0.2, whole=30), TimeOuts(read=30, whole=0.2)]
    )
    async def test_an_answer_that_does_not_come_in_time_is_unknown(
        self, service: AtSimulator, time_outs: TimeOuts
    ) -> None:
        await service.mail.trap("slow", milliseconds=900)
        assert await service.another(time_outs=time_outs).post(message()) == Posted(
            posting=Posting.UNKNOWN
        )

    async def test_an_operation_known_with_another_text_is_unknown_not_refused(
        self, service: AtSimulator
    ) -> None:
        await service.mailer.post(message())
        told = message(lines=[*message().lines, *message().lines])
        assert await service.mailer.post(told) == Posted(posting=Posting.UNKNOWN)

    async def test_a_wrong_key_is_the_senders_fault(self, service: AtSimulator) -> None:
        wrong = service.another(key=base64.b64encode(b"wrong").decode())
        assert await wrong.post(message()) == Posted(posting=Posting.REFUSED_FOR_SENDER)
        assert await service.attempts() == 1

    async def test_nobody_listening_is_not_now(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        adapter = mailer(f"http://127.0.0.1:{port}")
        assert await adapter.post(message()) == Posted(posting=Posting.NOT_NOW)
        await adapter.close()

    async def test_the_log_tells_code_and_status_and_nobodys_address(
        self, service: AtSimulator, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await service.mail.trap("invalid_address")
        mail = message()
        await service.mailer.post(mail)
        (told,) = [each for each in caplog.records if each.name == "shared.adapters.acs_mailer"]
        assert json.loads(told.getMessage()) == {
            "event": "mail service",
            "message": mail.message_id,
            "outcome": "REFUSED_FOR_RECIPIENT",
            "http_status": 400,
            "code": "InvalidEmailAddress",
            "fault": "HttpResponseError",
            "sent": True,
        }
        secrets = (mail.recipient.address, ACCESS_KEY, "Secret by JD")
        assert not any(each in caplog.text for each in secrets)


@pytest.mark.parametrize(
    ("status", "body", "posting"),
    [
        (202, "", Posting.UNKNOWN),
        (202, '{"id": "7d9a', Posting.UNKNOWN),
        (202, '{"id": "7d9a", "status": "Running"}', Posting.ACCEPTED),
        (200, '{"id": "7d9a", "status": "Running"}', Posting.UNKNOWN),
        (307, "", Posting.UNKNOWN),
        (400, "<html>no</html>", Posting.REFUSED_FOR_SENDER),
        (408, "", Posting.UNKNOWN),
        (413, '{"error": {"code": "RequestEntityTooLarge"}}', Posting.REFUSED_FOR_SENDER),
        (500, '{"error": {"code": "InvalidEmailAddress"}}', Posting.UNKNOWN),
        (502, "<html>Bad Gateway</html>", Posting.UNKNOWN),
    ],
)
async def test_an_answer_in_another_shape_costs_one_request_too(
    status: int, body: str, posting: Posting
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers["Operation-Id"])
        headers = {"Location": request.path_qs, "Retry-After": "1"}
        return web.Response(
            status=status, text=body, content_type="application/json", headers=headers
        )

    async with mailer_at(answer) as adapter:
        posted = await adapter.post(message())
    assert posted == Posted(posting=posting, retry_after=1 if status >= 400 else None)
    assert asked == [message().message_id]


async def test_a_mail_goes_to_one_recipient_and_is_not_tracked() -> None:
    bodies: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.json_response({"id": message().message_id, "status": "Running"}, status=202)

    async with mailer_at(answer) as adapter:
        await adapter.post(message())
    (body,) = bodies
    assert body["recipients"] == {"to": [{"address": message().recipient.address}]}
    assert body["userEngagementTrackingDisabled"] is True


async def test_cancelling_is_not_swallowed() -> None:
    asked, enough = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await enough.wait()
        return web.Response()

    async with mailer_at(answer) as adapter:
        posting = asyncio.create_task(adapter.post(message()))
        await asked.wait()
        posting.cancel()
        await asyncio.wait([posting])
        enough.set()
    assert posting.cancelled()
