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

from aiohttp import ClientConnectorError, ConnectionTimeoutError
from azure.communication.email.aio import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError, ServiceRequestError

from shared.adapters.acs_connection import parsed, root
from shared.adapters.mail_rendering import Attachment, Rendering, Wording
from shared.adapters.vendor_words import printable
from shared.domain.messages import Message
from shared.ports.ledger import Posting

log = logging.getLogger(__name__)

BAD_REQUEST = 400
REQUEST_TIMEOUT = 408
CONFLICT = 409
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

_RECIPIENTS_FAULT: Final = frozenset({"InvalidEmailAddress", "EmailDroppedAllRecipientsSuppressed"})
_NEVER_CONNECTED: Final = (ClientConnectorError, ConnectionTimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOuts:
    """Seconds: to connect, between two reads, and for a post as a whole."""

    connect: float = 10
    read: float = 20
    whole: float = 30


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
    ) -> Self:
        """Return the mailer; nothing is sent yet.

        Takes a connection string, or else an endpoint and a credential. ValueError, which shows no
        value, if they are neither or malformed. Addresses are bare.
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
        )
        return cls(client, Letters(sender, reply_to, Rendering(wording)), time_outs)

    async def close(self) -> None:
        await self._client.close()

    async def post(self, message: Message) -> Posting:
        """Send exactly one request, with the message's id as the operation's; never raise."""
        try:
            letter = self._letters.of(message)
        except Exception as fault:  # noqa: BLE001 - the port never raises
            log.error("a mail could not be written: %s", type(fault).__name__)
            return Posting.REFUSED_FOR_SENDER
        attempt = _Attempt()
        try:
            async with asyncio.timeout(self._time_outs.whole):
                return await self._send(message, letter, attempt)
        except Exception as fault:  # noqa: BLE001 - the port never raises
            posting = outcome(fault) if attempt.has_left else Posting.REFUSED_FOR_SENDER
            _note(fault, posting, attempt)
            return posting

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


class Letters:
    """Messages as the service wants them."""

    def __init__(self, sender: str, reply_to: str, rendering: Rendering) -> None:
        self._sender = sender
        self._reply_to = reply_to
        self._rendering = rendering

    def of(self, message: Message) -> Mapping[str, Any]:
        """Return the body of the request; a fault of a template or of the message raises."""
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


def outcome(fault: Exception) -> Posting:
    """Return what an exception means once the request was on its way."""
    if isinstance(fault, HttpResponseError):
        return _answered(fault.status_code, _code(fault))
    # A peer that closed is a ServiceRequestError too, and may have taken the mail before.
    unsent = isinstance(fault, ServiceRequestError) and isinstance(
        fault.inner_exception, _NEVER_CONNECTED
    )
    return Posting.NOT_NOW if unsent else Posting.UNKNOWN


def _answered(status: int | None, code: str) -> Posting:
    if status is None or not BAD_REQUEST <= status < SERVER_ERROR:
        return Posting.UNKNOWN
    if status == TOO_MANY_REQUESTS:
        return Posting.NOT_NOW
    if code in _RECIPIENTS_FAULT:
        return Posting.REFUSED_FOR_RECIPIENT
    if status in {REQUEST_TIMEOUT, CONFLICT}:
        # Given up on half-way by something in between; or the operation's id is known already.
        return Posting.UNKNOWN
    return Posting.REFUSED_FOR_SENDER


def _code(fault: HttpResponseError) -> str:
    """Return the code of the service's error object; nothing where there is none."""
    code = getattr(fault.error, "code", None)
    return code if isinstance(code, str) else ""


def _note(fault: Exception, posting: Posting, attempt: _Attempt) -> None:
    status, code = "-", ""
    if isinstance(fault, HttpResponseError):
        status, code = str(fault.status_code), _code(fault)
    log.warning(
        "mail service: %s, status %s, code %s, %s%s",
        posting.name,
        status,
        printable(code),
        type(fault).__name__,
        "" if attempt.has_left else " before anything was sent",
    )
