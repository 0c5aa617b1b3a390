"""From the SDK's mail client, which is the real one, to the simulated service."""

import json
from collections.abc import AsyncIterator
from contextvars import ContextVar
from functools import partial
from random import Random

from aiohttp import ClientConnectorError
from aiohttp.client_reqrep import ConnectionKey
from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import HttpRequest
from azure.core.rest._http_response_impl_async import AsyncHttpResponseImpl
from azure.core.utils import case_insensitive_dict

from tests.simulation.faults import Service
from tests.simulation.mail_service import Answered, MailService
from tests.simulation.process import Process

NOWHERE = ConnectionKey(
    host="127.0.0.1",
    port=9,
    is_ssl=False,
    ssl=False,
    proxy=None,
    proxy_auth=None,
    proxy_headers_hash=None,
)


ROUTE: ContextVar[tuple[MailService, Process]] = ContextVar("ROUTE")
"""From which process to which service a request goes."""


class MailAnswers:
    """How the mail service refuses, and what is seen where its answer is lost."""

    def refusal(self, rng: Random) -> Answered | Exception:
        kind = rng.randrange(4)
        if kind == 0:
            unreached = ClientConnectorError(NOWHERE, OSError("refused"))
            return ServiceRequestError("refused", error=unreached)
        after = (None, 5, 3600)[rng.randrange(3)]
        return Answered(status=429, code="TooManyRequests", retry_after=after)

    def silence(self, rng: Random) -> Answered | Exception:
        kind = rng.randrange(5)
        if kind == 0:
            return ServiceResponseError("no answer")
        if kind == 1:
            return ServiceRequestError("the peer closed the connection")
        if kind == 2:
            return Answered(status=202, is_truncated=True)
        after = (None, 2)[rng.randrange(2)]
        return Answered(status=rng.choice((500, 503, 504)), code="Busy", retry_after=after)


ANSWERS = MailAnswers()


class MailTransport(AsyncHttpTransport[HttpRequest, AsyncHttpResponseImpl]):
    """Carries the requests of whichever process is at work: clients cost too much to have many."""

    async def send(self, request: HttpRequest, **_options: object) -> AsyncHttpResponseImpl:
        service, process = ROUTE.get()
        if request.method == "POST":
            operation = str(request.headers.get("Operation-Id"))
            letter = json.loads(request.content)
            what, effect = "post", partial(service.post, operation, letter)
        else:
            operation = request.url.partition("?")[0].rpartition("/")[2]
            what, effect = "ask for", partial(service.tell, operation)
        answered = await process.call(Service.MAIL, f"mail: {what} {operation}", effect, ANSWERS)
        response = _response(request, answered)
        await response.read()
        return response

    async def open(self) -> None:
        """There is no connection."""

    async def close(self) -> None:
        """There is no connection."""

    async def __aexit__(self, *_exception: object) -> None:
        """There is no connection."""


class _Closed:
    """A connection that nothing more comes from."""

    async def close(self) -> None:
        """It is."""


def _response(request: HttpRequest, answered: Answered) -> AsyncHttpResponseImpl:
    """Return the answer as the SDK's transports give it."""
    error = {"error": {"code": answered.code, "message": "In words."}} if answered.code else {}
    text = json.dumps({**answered.body, **error})
    if answered.is_truncated:
        text = '{"id": "'
    headers = {"Content-Type": "application/json"}
    if answered.retry_after is not None:
        headers["Retry-After"] = str(answered.retry_after)

    async def body(**_options: object) -> AsyncIterator[bytes]:
        yield text.encode()

    return AsyncHttpResponseImpl(
        request=request,
        internal_response=_Closed(),
        status_code=answered.status,
        reason="",
        content_type="application/json",
        headers=case_insensitive_dict(headers),
        stream_download_generator=body,
    )
