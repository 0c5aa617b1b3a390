"""The email simulator without traps: signature, body, operations, log."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError

from tests.integration.simulators.email_client import ID, JANE, Mail, message, running

OTHER_KEY = base64.b64encode(b"another").decode()


@pytest.fixture
async def mail() -> AsyncIterator[Mail]:
    async with running() as it:
        yield it


async def refusal(mail: Mail, content: dict[str, Any], operation_id: str | None = ID) -> str:
    """Return the status and the code that a send is refused with."""
    with pytest.raises(HttpResponseError) as refused:
        await mail.send(content, operation_id)
    assert refused.value.error is not None
    return f"{refused.value.status_code} {refused.value.error.code}"


async def test_the_sdk_sends_a_mail_and_asks_what_became_of_it(mail: Mail) -> None:
    assert await mail.send() == ID
    assert await mail.read() == {"id": ID, "status": "Succeeded", "error": None}


async def test_what_was_accepted_is_shown_as_it_was_sent(mail: Mail) -> None:
    attachment = {"name": "a.ics", "contentType": "text/calendar", "contentInBase64": "QQ=="}
    sent = message(
        content={"subject": "S", "plainText": "T", "html": "<p>H</p>"},
        attachments=[attachment],
        headers={"Auto-Submitted": "auto-generated"},
        replyTo=[{"address": "support@example.org", "displayName": "Support"}],
        userEngagementTrackingDisabled=True,
    )

    await mail.send(sent)

    assert await mail.accepted() == [
        {
            "operationId": ID,
            "acceptedAt": "2026-11-21T09:00:00Z",
            "sender": "donotreply@example.org",
            "recipient": JANE,
            "subject": "S",
            "text": "T",
            "html": "<p>H</p>",
            "attachments": [attachment],
            "headers": {"Auto-Submitted": "auto-generated"},
            "replyTo": [{"address": "support@example.org", "displayName": "Support"}],
        }
    ]


async def test_a_mail_to_many_counts_once_for_each_of_them(mail: Mail) -> None:
    await mail.send(
        message(
            recipients={
                "to": [{"address": JANE}],
                "cc": [{"address": "c@example.org"}],
                "bcc": [{"address": "b@example.org"}],
            }
        )
    )

    assert [each["recipient"] for each in await mail.accepted()] == [
        JANE,
        "c@example.org",
        "b@example.org",
    ]


async def test_a_send_without_an_id_is_given_one(mail: Mail) -> None:
    made = await mail.send(id=None)

    assert made != await mail.send(id=None)
    assert await mail.status(made) == "Succeeded"


async def test_the_answer_says_where_the_status_is(mail: Mail) -> None:
    await mail.send()

    answer = mail.seen[-1].http_response
    assert answer.json() == {"id": ID, "status": "Running", "error": None}
    assert answer.headers["retry-after"] == "30"
    assert (
        answer.headers["Operation-Location"]
        == f"{mail.address}/emails/operations/{ID}?api-version=2025-09-01"
    )


async def test_a_client_with_another_key_is_refused() -> None:
    async with running(OTHER_KEY) as mail:
        with pytest.raises(ClientAuthenticationError) as refused:
            await mail.send()
        assert refused.value.status_code == 401
        assert await mail.status() == "Denied"
        assert await mail.accepted() == []


async def test_a_request_without_a_signature_is_refused(mail: Mail) -> None:
    path = "/emails:send?api-version=2025-09-01"
    async with mail.session.post(mail.address + path, json=message()) as answer:
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == "Denied"


@pytest.mark.parametrize(
    "change",
    [
        {"body": b'{"another": "body"}'},
        {"path": "/emails:send?api-version=2023-03-31"},
        {"headers": {"x-ms-date": "Sat, 21 Nov 2026 09:00:00 GMT"}},
        {"headers": {"Host": "other.example.org"}},
    ],
    ids=["body", "query", "date", "host"],
)
async def test_a_signature_does_not_hold_for_a_changed_request(
    mail: Mail, change: dict[str, Any]
) -> None:
    seen = await signed_request(mail)
    headers = {**seen["headers"], **change.get("headers", {})}
    url = mail.address + str(change.get("path", seen["path"]))
    body = change.get("body", seen["body"])

    async with mail.session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 401


async def test_the_same_signed_request_is_taken_unchanged(mail: Mail) -> None:
    seen = await signed_request(mail)

    url = mail.address + seen["path"]
    async with mail.session.post(url, data=seen["body"], headers=seen["headers"]) as answer:
        assert answer.status == 202


async def signed_request(mail: Mail) -> dict[str, Any]:
    """Return what the SDK sends for a mail: path, headers, body."""
    await mail.send()
    request = mail.seen[-1].http_request
    names = ("x-ms-date", "x-ms-content-sha256", "Authorization", "Content-Type", "Operation-Id")
    return {
        "path": request.url.removeprefix(mail.address),
        "headers": {name: request.headers[name] for name in names},
        "body": request.content.encode(),
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"senderAddress": None}, "400 BadRequest"),
        ({"senderAddress": "WMDA <donotreply@example.org>"}, "400 BadRequest"),
        ({"recipients": None}, "400 BadRequest"),
        ({"recipients": {"to": []}}, "400 BadRequest"),
        ({"recipients": {"to": [{"address": "x@example.org"}] * 51}}, "400 BadRequest"),
        ({"recipients": {"to": [{"address": "jane.doe"}]}}, "400 InvalidEmailAddress"),
        ({"recipients": {"to": [{"address": "Jane <j@example.org>"}]}}, "400 InvalidEmailAddress"),
        ({"content": {"plainText": "no subject"}}, "400 BadRequest"),
        ({"content": {"subject": "no text"}}, "400 BadRequest"),
        ({"content": {"subject": 1, "plainText": "T"}}, "400 BadRequest"),
        ({"replyto": []}, "400 BadRequest"),
        (
            {"attachments": [{"name": "a", "contentType": "text/plain", "contentInBase64": "*"}]},
            "400 BadRequest",
        ),
    ],
)
async def test_a_body_that_breaks_a_rule_is_refused(
    mail: Mail, changes: dict[str, Any], told: str
) -> None:
    assert await refusal(mail, message(**changes)) == told
    assert await mail.accepted() == []
    assert await mail.status() == "NotFound"


async def test_an_operation_id_is_a_uuid(mail: Mail) -> None:
    assert await refusal(mail, message(), "mine") == "400 BadRequest"


@pytest.mark.filterwarnings("ignore:Sending a large body")  # aiohttp's advice to the SDK
async def test_a_message_over_ten_megabytes_is_refused(mail: Mail) -> None:
    long = {"subject": "S", "plainText": "x" * 10 * 1024**2}

    assert await refusal(mail, message(content=long)) == "413 RequestEntityTooLarge"


async def test_an_unknown_operation_is_not_found(mail: Mail) -> None:
    body = await mail.read()

    assert body["error"]["code"] == "NotFound"
    assert ID in body["error"]["message"]


async def test_the_same_send_again_mails_nothing(mail: Mail) -> None:
    await mail.send()

    assert await mail.send() == ID
    assert len(await mail.accepted()) == 1


async def test_the_same_id_with_another_message_is_a_conflict(mail: Mail) -> None:
    await mail.send()

    with pytest.raises(ResourceExistsError):
        await mail.send(message(content={"subject": "Another", "plainText": "T"}))
    assert len(await mail.accepted()) == 1


async def test_requests_of_the_sdk_are_logged(mail: Mail) -> None:
    await mail.send()
    await mail.status()

    async with mail.session.get(mail.address + "/dev/requests") as answer:
        logged = (await answer.json())["requests"]
    assert [(each["method"], each["path"], each["status"]) for each in logged] == [
        ("POST", "/emails:send", 202),
        ("GET", f"/emails/operations/{ID}", 200),
    ]
