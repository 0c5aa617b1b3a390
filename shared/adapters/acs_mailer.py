"""Azure Communication Services Email: one mail is one POST, and what it came to is one word.

A mail that may have been taken must not be posted again, so that every doubt is UNKNOWN. Only the
service's code and status are logged: its messages may quote addresses.
"""

import asyncio
import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from azure.communication.email.aio import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import HttpRequest

from shared.adapters.acs_answers import code_of, outcome, retry_after, told
from shared.adapters.acs_connection import parsed, root
from shared.adapters.fairness import step_back
from shared.adapters.mail_edition import edition
from shared.adapters.mail_rendering import Attachment, Rendering, Wording
from shared.adapters.vendor_words import printable
from shared.domain.ids import MessageId
from shared.domain.messages import Message
from shared.log_records import line
from shared.ports.mail import Posted, Posting, Status

log = logging.getLogger(__name__)

API_VERSION: Final = "2025-09-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOuts:
    """Seconds: to connect, between two reads, for a post and for a question as a whole."""

    connect: float = 10
    read: float = 20
    whole: float = 30
    question: float = 15


_TIME_OUTS: Final = TimeOuts()


class AcsMailer:
    """The mail service; to be used in one event loop."""

    def __init__(
        self, client: EmailClient, letters: "Letters", time_outs: TimeOuts = _TIME_OUTS
    ) -> None:
        self._client = client
        self._letters = letters
        self._time_outs = time_outs

    @classmethod
    def connect(  # noqa: PLR0913 - the settings of one service, all by name
        cls,
        *,
        endpoint: str | None,
        connection_string: str | None,
        credential: AsyncTokenCredential | None,
        sender: str,
        reply_to: str,
        wording: Wording,
        time_outs: TimeOuts = _TIME_OUTS,
        transport: AsyncHttpTransport[Any, Any] | None = None,
    ) -> Self:
        """Return the mailer; nothing is sent yet.

        Takes a connection string, or else an endpoint and a credential. ValueError, which shows no
        value, if they are neither or malformed. Addresses are bare. Tests bring a `transport`.
        """
        key: AsyncTokenCredential | AzureKeyCredential
        if connection_string is not None:
            endpoint, access_key = parsed(connection_string)
            key = AzureKeyCredential(access_key)
        elif endpoint is not None and credential is not None:
            endpoint, key = root(endpoint), credential
        else:
            raise ValueError("neither a connection string nor an endpoint with a credential")
        client = EmailClient(
            endpoint,
            key,
            # By default a POST is repeated on 5xx and on any Retry-After: that would mail twice.
            retry_total=0,
            permit_redirects=False,
            connection_timeout=time_outs.connect,
            read_timeout=time_outs.read,
            logging_enable=False,
            transport=transport,
        )
        return cls(client, Letters(sender, reply_to, wording), time_outs)

    async def close(self) -> None:
        await self._client.close()

    @property
    def edition(self) -> str:
        """Name the words and the layout of the mails: it changes with any of them."""
        return self._letters.edition

    async def post(self, message: Message) -> Posted:
        """Send exactly one request, with the message's id as the operation's; never raise."""
        try:
            letter = await self._letters.of(message)
        except Exception as fault:  # noqa: BLE001 - the port never raises
            known = {"message": message.message_id, "fault": type(fault).__name__}
            log.error(line("a mail could not be written", **known))
            return Posted(posting=Posting.UNWRITTEN)
        attempt = _Attempt()
        try:
            async with asyncio.timeout(self._time_outs.whole):
                return Posted(posting=await self._send(message, letter, attempt))
        except Exception as fault:  # noqa: BLE001 - the port never raises
            posting = outcome(fault) if attempt.has_left else Posting.REFUSED_FOR_SENDER
            _note(message.message_id, posting, fault, attempt)
            return Posted(posting=posting, retry_after=retry_after(fault))

    async def _send(
        self, message: Message, letter: Mapping[str, Any], attempt: "_Attempt"
    ) -> Posting:
        poller = await self._client.begin_send(
            dict(letter),
            operation_id=message.message_id,
            polling=False,
            raw_request_hook=attempt.leave,
        )
        # Parses the 202's body: one that broke off unnoticed is an answer that was lost.
        answer: object = await poller.result()
        return Posting.ACCEPTED if isinstance(answer, Mapping) else Posting.UNKNOWN

    async def status(self, message_id: MessageId) -> Status:
        """Ask what became of a message, by one request; never raise.

        aiohttp repeats a read once whose connection broke: that changes nothing at the service.
        """
        address = f"/emails/operations/{message_id}?api-version={API_VERSION}"
        request = HttpRequest("GET", address, headers={"Accept": "application/json"})
        try:
            async with asyncio.timeout(self._time_outs.question):
                response = await self._client.send_request(request)
                status = told(message_id, response.status_code, response.json())
        except Exception as fault:  # noqa: BLE001 - the port never raises
            _note(message_id, Status.NO_ANSWER, fault)
            return Status.NO_ANSWER
        if status is Status.NO_ANSWER:
            log.warning(_record(message_id, status, http_status=response.status_code))
        return status


class Letters:
    """Messages as the service wants them, written one at a time.

    Several mails are sent at once. Written in one round of the event loop, they would keep
    everything else on it from its turn for 50 ms.
    """

    def __init__(self, sender: str, reply_to: str, wording: Wording) -> None:
        self._sender = sender
        self._reply_to = reply_to
        self._rendering = Rendering(wording)
        self._one_at_a_time = asyncio.Lock()
        self.edition = edition(wording, sender, reply_to)

    async def of(self, message: Message) -> Mapping[str, Any]:
        """Return the body of the request; a fault of a template or of the message raises."""
        async with self._one_at_a_time:
            for _ in self._rendering.preparing(message):
                await step_back()
            letter = self._letter(message)
            await step_back()
        return letter

    def _letter(self, message: Message) -> Mapping[str, Any]:
        rendered = self._rendering(message)
        domain = self._sender.rpartition("@")[2]
        return {
            "senderAddress": self._sender,
            "recipients": {"to": [{"address": message.recipient.address}]},
            "replyTo": [{"address": self._reply_to}],
            "content": {
                "subject": rendered.subject,
                "plainText": rendered.text,
                "html": rendered.html,
            },
            "attachments": [_attached(each) for each in rendered.attachments],
            "headers": {
                # The service replaces one that it does not like, unless told to refuse it.
                "Message-ID": f"<{message.message_id}@{domain}>",
                "Auto-Submitted": "auto-generated",
                # Not All: that would suppress bounces too.
                "X-Auto-Response-Suppress": "OOF, AutoReply",
            },
            "userEngagementTrackingDisabled": True,
        }


def _attached(file: Attachment) -> Mapping[str, str]:
    return {
        "name": file.name,
        "contentType": file.content_type,
        "contentInBase64": base64.b64encode(file.content).decode(),
    }


@dataclass(slots=True)
class _Attempt:
    """Whether the request has left the policies that sign it: before, surely nothing was sent."""

    has_left: bool = False

    def leave(self, _request: object) -> None:
        self.has_left = True


def _note(
    message_id: MessageId,
    told: Posting | Status,
    fault: Exception,
    attempt: _Attempt | None = None,
) -> None:
    answer: dict[str, object] = {}
    if isinstance(fault, HttpResponseError):
        answer = {"http_status": fault.status_code, "code": printable(code_of(fault))}
    sent = None if attempt is None else attempt.has_left
    log.warning(_record(message_id, told, fault=type(fault).__name__, sent=sent, **answer))


def _record(message_id: MessageId, told: Posting | Status, **fields: object) -> str:
    return line("mail service", message=message_id, outcome=told.name, **fields)
