"""The administrator's own sign-in, as `az login` has left it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import AzureCliCredential

from shared.adapters.graph_client import SCOPE
from shared.ports.system import Clock

if TYPE_CHECKING:
    from types import TracebackType

    from azure.core.credentials_async import AsyncTokenCredential

SECONDS = 60
"""How long the Azure CLI may take for a token."""

MARGIN = timedelta(minutes=5)
"""A token is renewed so long before it ends."""


class NotSignedIn(Exception):
    """No token can be had."""


class Kept:
    """Keeps each token while it is good: the credential would start the Azure CLI for each call."""

    def __init__(self, credential: "AsyncTokenCredential", clock: Clock) -> None:
        self._credential = credential
        self._clock = clock
        self._token: AccessToken | None = None

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:  # noqa: ANN401 - the vendor's
        """Return a token, as credentials do; there is one scope for all calls."""
        soon = (self._clock.now() + MARGIN).timestamp()
        if self._token is None or self._token.expires_on <= soon:
            self._token = await self._credential.get_token(*scopes, **options)
        return self._token

    async def close(self) -> None:
        """Let the credential go."""
        await self._credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        fault: BaseException | None = None,
        at: "TracebackType | None" = None,
    ) -> None:
        await self.close()


async def signed_in(tenant_id: str, clock: Clock) -> Kept:
    """Return whoever is signed in to this tenant; NotSignedIn if nobody is."""
    credential = Kept(AzureCliCredential(tenant_id=tenant_id, process_timeout=SECONDS), clock)
    try:
        await credential.get_token(SCOPE)
    except ClientAuthenticationError:
        raise NotSignedIn(f"sign in first: az login --tenant {tenant_id}") from None
    return credential
