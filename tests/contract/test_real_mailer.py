"""The adapter keeps the promises against the mail service's simulator, in all its troubles."""

import asyncio
import base64
import logging
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from local.simulators.email.server import application
from local.simulators.email.state import ACCESS_KEY, State
from shared.adapters.acs_mailer import AcsMailer, TimeOuts
from shared.adapters.mail_rendering import Rendering
from shared.domain.ids import MessageId
from shared.ports.ledger import Posting
from tests.contract.mailer_contract import MailerContract, Service
from tests.support.builders import message
from tests.support.mails import SUPPORT_ADDRESS, WORDING
from tests.support.simulators import Simulator, running, simulator

SENDER = "donotreply@example.org"
TRAPS: Mapping[Posting, tuple[str, Mapping[str, Any]]] = {
    Posting.REFUSED_FOR_RECIPIENT: ("suppressed", {}),
    Posting.NOT_NOW: ("throttle", {}),
    Posting.REFUSED_FOR_SENDER: ("denied_sender", {}),
    Posting.UNKNOWN: ("drop_answer", {"accepted": False}),
}


IMPATIENT = TimeOuts(connect=2, read=3, whole=5)


def mailer(base: str, *, key: str = ACCESS_KEY, time_outs: TimeOuts = IMPATIENT) -> AcsMailer:
    return AcsMailer.connect(
        endpoint=None,
        connection_string=f"endpoint={base}/;accesskey={key}",
        credential=None,
        sender=SENDER,
        reply_to=SUPPORT_ADDRESS,
        wording=WORDING,
        time_outs=time_outs,
    )


@asynccontextmanager
async def mailer_at(answer: Handler) -> AsyncIterator[AcsMailer]:
    """Yield a mailer whose service answers so."""
    app = web.Application()
    app.add_routes([web.post("/emails:send", answer)])
    async with running(app) as base:
        adapter = mailer(base)
        try:
            yield adapter
        finally:
            await adapter.close()


class OnSimulator(Service):
    def __init__(self, mail: Simulator, adapter: AcsMailer, resources: AsyncExitStack) -> None:
        self.mail = mail
        self.mailer = adapter
        self._resources = resources

    def another(self, **changes: Any) -> AcsMailer:  # noqa: ANN401 - as the mailer has them
        """Return another mailer at the same service, which the fixture closes."""
        adapter = mailer(self.mail.base, **changes)
        self._resources.push_async_callback(adapter.close)
        return adapter

    async def answer_next(self, posting: Posting) -> None:
        name, parameters = TRAPS[posting]
        await self.mail.trap(name, **parameters, times=1)

    async def attempts(self) -> int:
        return len(await self.mail.requests())

    async def accepted(self) -> Sequence[tuple[MessageId, str]]:
        return [(each["operationId"], each["recipient"]) for each in await self.mails()]

    async def mails(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = (await self.mail.dev("GET", "accepted"))["accepted"]
        return found


@pytest.fixture
async def service() -> AsyncIterator[OnSimulator]:
    async with AsyncExitStack() as resources:
        mail = await resources.enter_async_context(simulator(application(State())))
        adapter = mailer(mail.base)
        resources.push_async_callback(adapter.close)
        yield OnSimulator(mail, adapter, resources)


class TestAcsMailer(MailerContract):
    async def test_what_was_accepted_is_what_was_rendered(self, service: OnSimulator) -> None:
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
        self, service: OnSimulator
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
        ("trap", "parameters", "posting", "mails"),
        [
            ("throttle", {"retryAfter": 30}, Posting.NOT_NOW, 0),
            ("throttle", {"retryAfter": None}, Posting.NOT_NOW, 0),
            ("server_error", {"status": 500}, Posting.UNKNOWN, 0),
            ("server_error", {"status": 503, "retryAfter": 1}, Posting.UNKNOWN, 0),
            ("server_error", {"status": 504, "accepted": True}, Posting.UNKNOWN, 1),
            ("drop_answer", {"accepted": True}, Posting.UNKNOWN, 1),
            ("truncated_answer", {}, Posting.UNKNOWN, 1),
            ("late_accept", {"seconds": 60}, Posting.UNKNOWN, 0),
            ("suppressed", {"answered": "send"}, Posting.REFUSED_FOR_RECIPIENT, 0),
            ("invalid_address", {}, Posting.REFUSED_FOR_RECIPIENT, 0),
            ("denied_sender", {"status": 400}, Posting.REFUSED_FOR_SENDER, 0),
            ("denied_sender", {"status": 403}, Posting.REFUSED_FOR_SENDER, 0),
            ("denied_sender", {"status": 404}, Posting.REFUSED_FOR_SENDER, 0),
            ("unauthorised", {}, Posting.REFUSED_FOR_SENDER, 0),
            ("failed_operation", {}, Posting.ACCEPTED, 0),
        ],
    )
    async def test_no_trouble_makes_it_post_twice(
        self,
        service: OnSimulator,
        trap: str,
        parameters: Mapping[str, Any],
        posting: Posting,
        mails: int,
    ) -> None:
        await service.mail.dev("DELETE", "traps/dedupe")
        await service.mail.trap(trap, **parameters)
        assert await service.mailer.post(message()) is posting
        assert [each["method"] for each in await service.mail.requests()] == ["POST"]
        assert len(await service.mails()) == mails

    @pytest.mark.parametrize(
        "time_outs", [TimeOuts(read=0.2, whole=30), TimeOuts(read=30, whole=0.2)]
    )
    async def test_an_answer_that_does_not_come_in_time_is_unknown(
        self, service: OnSimulator, time_outs: TimeOuts
    ) -> None:
        await service.mail.trap("slow", milliseconds=900)
        assert await service.another(time_outs=time_outs).post(message()) is Posting.UNKNOWN

    async def test_an_operation_known_with_another_text_is_unknown_not_refused(
        self, service: OnSimulator
    ) -> None:
        await service.mailer.post(message())
        told = message(lines=[*message().lines, *message().lines])
        assert await service.mailer.post(told) is Posting.UNKNOWN

    async def test_a_wrong_key_is_the_senders_fault(self, service: OnSimulator) -> None:
        wrong = service.another(key=base64.b64encode(b"wrong").decode())
        assert await wrong.post(message()) is Posting.REFUSED_FOR_SENDER
        assert await service.attempts() == 1

    async def test_nobody_listening_is_not_now(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        adapter = mailer(f"http://127.0.0.1:{port}")
        assert await adapter.post(message()) is Posting.NOT_NOW
        await adapter.close()

    async def test_the_log_tells_code_and_status_and_nobodys_address(
        self, service: OnSimulator, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await service.mail.trap("invalid_address")
        mail = message()
        await service.mailer.post(mail)
        (told,) = [each for each in caplog.records if each.name == "shared.adapters.acs_mailer"]
        assert told.getMessage() == (
            "mail service: REFUSED_FOR_RECIPIENT, status 400, code InvalidEmailAddress, "
            "HttpResponseError"
        )
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
        assert await adapter.post(message()) is posting
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


async def test_a_mail_that_cannot_be_written_is_not_sent(service: OnSimulator) -> None:
    assert await service.mailer.post(replace(message(), lines=())) is Posting.REFUSED_FOR_SENDER
    assert await service.attempts() == 0
