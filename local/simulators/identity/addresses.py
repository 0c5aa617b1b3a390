"""Where this provider's endpoints are."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The endpoints of a tenant at a base address."""

    base: str
    tenant_id: str

    @classmethod
    def of(cls, request: web.Request, tenant_id: str) -> "Addresses":
        """Return the endpoints at the socket that was called.

        The Host header does not matter: an issuer has one name, also for who calls it localhost.
        """
        host, port = request.get_extra_info("sockname")[:2]
        return cls(base=f"http://{host}:{port}", tenant_id=tenant_id)

    @property
    def issuer(self) -> str:
        """The `iss` of tokens."""
        return f"{self.base}/{self.tenant_id}/v2.0"

    @property
    def keys(self) -> str:
        """Where the signing keys are."""
        return f"{self.base}/{self.tenant_id}/discovery/v2.0/keys"

    def oauth2(self, endpoint: str) -> str:
        """Return an OAuth endpoint: `authorize`, `token` or `logout`."""
        return f"{self.base}/{self.tenant_id}/oauth2/v2.0/{endpoint}"
