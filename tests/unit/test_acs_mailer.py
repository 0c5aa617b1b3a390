"""The mail adapter without a service: how it connects, and what exceptions mean to it."""

from typing import Self

import aiohttp
import pytest
from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseTimeoutError,
)

from shared.adapters.acs_answers import MAX_RETRY_AFTER, outcome, retry_after
from shared.adapters.acs_mailer import AcsMailer
from shared.adapters.mail_edition import edition
from shared.ports.mail import Posted, Posting, Status
from tests.support.builders import message
from tests.support.mails import SUPPORT_ADDRESS, WORDING

KEY = "c2VjcmV0"
"""Looks like a key; no message may show it."""


def connected(
    connection_string: str | None,
    *,
    endpoint: str | None = None,
    credential: AsyncTokenCredential | None = None,
) -> AcsMailer:
    return AcsMailer.connect(
        endpoint=endpoint,
        connection_string=connection_string,
        credential=credential,
        sender="donotreply@example.org",
        reply_to=SUPPORT_ADDRESS,
        wording=WORDING,
    )


class NoToken:
    """A credential that gets no token, and says so in words that hold an address."""

    def __init__(self) -> None:
        self.asked = 0

    async def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        self.asked += 1
        raise ClientAuthenticationError("refused for jane.doe@example.org")

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Nothing to close."""


async def test_without_a_token_nothing_is_sent_and_it_is_the_senders_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    credential = NoToken()
    adapter = connected(None, endpoint="https://mail.example.org", credential=credential)
    assert await adapter.post(message()) == Posted(posting=Posting.REFUSED_FOR_SENDER)
    assert credential.asked == 1
    assert '"sent": false' in caplog.text
    assert await adapter.status(message().message_id) is Status.NO_ANSWER
    assert "jane" not in caplog.text
    await adapter.close()


@pytest.mark.parametrize(
    ("inner", "posting"),
    [
        (aiohttp.ConnectionTimeoutError("to host"), Posting.NOT_NOW),
        (aiohttp.ServerDisconnectedError(), Posting.UNKNOWN),
        (aiohttp.ClientOSError(104, "reset"), Posting.UNKNOWN),
    ],
)
def test_only_a_connection_that_never_stood_is_sure_not_to_have_carried_a_mail(
    inner: Exception, posting: Posting
) -> None:
    assert outcome(ServiceRequestError("lost", error=inner)) is posting


@pytest.mark.parametrize("fault", [ServiceResponseTimeoutError("late"), TimeoutError(), KeyError()])
def test_what_is_not_known_to_be_harmless_is_unknown(fault: Exception) -> None:
    assert outcome(fault) is Posting.UNKNOWN


class Answer:
    """What of an answer the adapter looks at."""

    reason = "Busy"

    def __init__(self, status_code: int, retry_after: str | None) -> None:
        self.status_code = status_code
        self.headers = {} if retry_after is None else {"Retry-After": retry_after}


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "30", 30),
        (503, "0", 0),
        (503, " 5 ", 5),
        (429, "-7", 0),
        (429, "9" * 30, MAX_RETRY_AFTER),
        (429, "9" * 6000, None),
        (429, "1.5", None),
        (429, "Sat, 21 Nov 2026 09:00:00 GMT", None),
        (429, "", None),
        (429, None, None),
        (202, "30", None),
    ],
)
def test_the_service_is_left_alone_for_as_long_as_it_says_within_a_day(
    status: int, header: str | None, seconds: int | None
) -> None:
    fault = HttpResponseError(response=Answer(status, header))  # type: ignore[arg-type]  # enough of one
    assert retry_after(fault) == seconds


@pytest.mark.parametrize("fault", [TimeoutError(), HttpResponseError("no answer at all")])
def test_who_did_not_answer_asked_for_no_patience(fault: Exception) -> None:
    assert retry_after(fault) is None


async def test_the_edition_is_that_of_words_sender_and_address_for_answers() -> None:
    adapter = connected(f"endpoint=https://mail.example.org/;accesskey={KEY}")
    assert adapter.edition == edition(WORDING, "donotreply@example.org", SUPPORT_ADDRESS)
    await adapter.close()


@pytest.mark.parametrize(
    "connection_string",
    [
        "",
        KEY,
        f"accesskey={KEY}",
        "endpoint=https://mail.example.org/",
        "endpoint=https://mail.example.org/;accesskey=",
        "endpoint=https://mail.example.org/;accesskey=no base64",
        f"endpoint=http://mail.example.org/;accesskey={KEY}",
        f"endpoint=ftp://127.0.0.1/;accesskey={KEY}",
        f"endpoint=mail.example.org;accesskey={KEY}",
        f"endpoint=https://{KEY}@mail.example.org/;accesskey={KEY}",
        f"endpoint=https://mail.example.org/path;accesskey={KEY}",
        f"endpoint=https://mail.example.org:port/;accesskey={KEY}",
        f"endpoint=https://[::1/;accesskey={KEY}",
    ],
)
def test_a_malformed_connection_string_is_refused_without_showing_it(
    connection_string: str,
) -> None:
    with pytest.raises(ValueError, match=r"the mail service's .* is malformed") as refused:
        connected(connection_string)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert KEY not in str(refused.value)
    assert "example.org" not in str(refused.value)


@pytest.mark.parametrize(
    "connection_string",
    [
        f"endpoint=https://Mail.Europe.communication.azure.com/;accesskey={KEY};",
        f"AccessKey={KEY}; Endpoint=https://mail.example.org",
        f"endpoint=http://localhost:7073;accesskey={KEY}",
        f"endpoint=http://[::1]:7073/;accesskey={KEY}",
    ],
)
async def test_a_connection_string_is_taken_as_the_portal_prints_it_and_on_loopback(
    connection_string: str,
) -> None:
    await connected(connection_string).close()


async def test_neither_a_connection_string_nor_a_credential_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        connected(None)
    with pytest.raises(ValueError, match="neither"):
        connected(None, endpoint="https://mail.example.org")


async def test_a_token_is_sent_over_https_only() -> None:
    with pytest.raises(ValueError, match="malformed"):
        connected(None, endpoint="http://mail.example.org", credential=NoToken())
