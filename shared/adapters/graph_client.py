"""The SDK's client, wired so that one call is one request unless patience is asked for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from azure.core.credentials_async import AsyncTokenCredential
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.middleware.options import (
    RedirectHandlerOption,
    ResponseHandlerOption,
    RetryHandlerOption,
    UrlReplaceHandlerOption,
)
from kiota_http.observability_options import ObservabilityOptions
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.graph_request_adapter import options as sdk_options
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]  # ships no types

from shared.adapters.graph_answers import Answer, AnswerLost, NotSent, Patience
from shared.adapters.graph_requests import Requests
from shared.ports.telemetry import DirectoryMeters

log = logging.getLogger(__name__)

SCOPE = "https://graph.microsoft.com/.default"
ALLOWED_HOSTS = ["graph.microsoft.com", "localhost", "127.0.0.1", "::1"]
"""Nobody else is shown the token; this machine's simulators may be."""

TRANSIENT = frozenset({429, 502, 503, 504})

_NEVER_CONNECTED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)

Sleep = Callable[[float], Awaitable[None]]


class GraphClient:
    """Sends requests through the SDK's adapter and middleware, and returns answers as bytes."""

    def __init__(
        self,
        *,
        base_url: str,
        adapter: GraphRequestAdapter,
        http: httpx.AsyncClient,
        transport: httpx.AsyncBaseTransport,
        sleep: Sleep,
        meters: DirectoryMeters,
    ) -> None:
        self._base = httpx.URL(base_url)
        self._adapter = adapter
        self._http = http
        self._transport = transport
        self._sleep = sleep
        self._meters = meters
        self.sdk = GraphServiceClient(request_adapter=adapter)
        self.requests = Requests(self.sdk)

    async def send(self, information: RequestInformation, patience: Patience) -> Answer:
        """Send once; raise NotSent or AnswerLost where there is no answer."""
        information.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        status: int | None = None
        try:
            async with asyncio.timeout(patience.seconds):
                # The handler hands over the whole response: by itself the adapter takes the body of
                # a redirect, or an empty one, for success.
                response = await self._adapter.send_primitive_async(information, "bytes", None)
            status = response.status_code
        except NotSent:
            raise
        except _NEVER_CONNECTED as fault:
            raise NotSent(type(fault).__name__) from None
        except Exception as fault:  # noqa: BLE001 - whatever the vendors raise, it ends here
            raise AnswerLost(type(fault).__name__) from None
        finally:
            method = information.http_method
            self._meters.directory_asked(method.value if method else "", status)
        return Answer(status=response.status_code, headers=response.headers, body=response.content)

    async def read(self, information: RequestInformation, patience: Patience) -> Answer:
        """Send a GET, and again after a pause while the fault may pass; the last answer counts."""
        for pause in patience.pauses:
            wanted: float = pause
            try:
                answer = await self.send(information, patience)
            except (NotSent, AnswerLost) as fault:
                log.info("Graph did not answer a read (%s): again in %s s", fault, pause)
            else:
                wanted = max(pause, answer.retry_after or 0)
                if answer.status not in TRANSIENT or wanted > patience.longest_pause:
                    return answer
            await self._sleep(wanted)
        return await self.send(information, patience)

    def owns(self, link: str) -> bool:
        """Tell whether a link leads to this very Graph: scheme, host, port and base path."""
        try:
            url = httpx.URL(link)
        except (httpx.InvalidURL, ValueError):
            return False
        origin = (url.scheme, url.host, url.port, url.userinfo)
        return (
            origin == (self._base.scheme, self._base.host, self._base.port, b"")
            and url.path.startswith(f"{self._base.path.rstrip('/')}/")
            and ".." not in url.path.split("/")
        )

    async def close(self) -> None:
        """Close the connections; the SDK's own transport leaves the wrapped one open."""
        await self._http.aclose()
        await self._transport.aclose()


class _SigningIn:
    """Tells a token that cannot be had from an answer that was lost: nothing has left yet.

    One at a time: the first fills the credential's cache, which many at once would each miss.
    """

    def __init__(self, provider: AzureIdentityAuthenticationProvider) -> None:
        self._provider = provider
        self._one_at_a_time = asyncio.Lock()

    async def authenticate_request(
        self,
        request: RequestInformation,
        additional_authentication_context: dict[str, object] | None = None,
    ) -> None:
        try:
            async with self._one_at_a_time:
                await self._provider.authenticate_request(
                    request, additional_authentication_context or {}
                )
        except Exception as fault:  # noqa: BLE001 - an identity endpoint's text may hold anything
            raise NotSent(type(fault).__name__) from None


def graph_client(
    *,
    base_url: str,
    credential: AsyncTokenCredential | None,
    transport: httpx.AsyncBaseTransport | None,
    sleep: Sleep,
    meters: DirectoryMeters,
) -> GraphClient:
    """Wire the SDK; without a credential requests are anonymous, as the simulator wants them."""
    # At DEBUG, hpack writes each packed block of headers, from which the token can be unpacked.
    logging.getLogger("hpack").setLevel(logging.INFO)
    transport = transport or _transport()
    http = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(60, connect=10))
    http = GraphClientFactory.create_with_default_middleware(client=http, options=_options())
    adapter = GraphRequestAdapter(_provider(credential), http)
    adapter.base_url = base_url.rstrip("/")
    adapter.observability_options = ObservabilityOptions(include_euii_attributes=False)
    return GraphClient(
        base_url=base_url,
        adapter=adapter,
        http=http,
        transport=transport,
        sleep=sleep,
        meters=meters,
    )


def _transport() -> httpx.AsyncBaseTransport:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30)
    return httpx.AsyncHTTPTransport(http2=True, limits=limits)


def _provider(
    credential: AsyncTokenCredential | None,
) -> _SigningIn | AnonymousAuthenticationProvider:
    if credential is None:
        return AnonymousAuthenticationProvider()
    return _SigningIn(
        AzureIdentityAuthenticationProvider(credential, scopes=[SCOPE], allowed_hosts=ALLOWED_HOSTS)
    )


def _options() -> dict[str, Any]:
    """The middleware's options: never a repeat nor a redirect that we have not decided on.

    The SDK repeats POSTs on 429, 503 and 504, sleeps for as long as Retry-After says, and would
    carry a request on to wherever it is redirected.
    """
    options = (
        RetryHandlerOption(should_retry=False),
        RedirectHandlerOption(should_redirect=False),
        UrlReplaceHandlerOption(enabled=False),
    )
    return {**sdk_options, **{option.get_key(): option for option in options}}
