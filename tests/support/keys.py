"""A tenant's key service in memory, and tokens signed by its keys."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import RSAAlgorithm

AUTHORITY = "https://login.example.org/tenant/v2.0"


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Key:
    """A key pair of RSA."""

    def __init__(self, key_id: str, bits: int = 2048) -> None:
        self.key_id = key_id
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    def published(self, **changes: object) -> dict[str, Any]:
        jwk = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return {
            "kty": jwk["kty"],
            "n": jwk["n"],
            "e": jwk["e"],
            "use": "sig",
            "kid": self.key_id,
        } | changes

    def token(self, claims: object, **headers: object) -> str:
        """Return a token; `claims` may be bytes, to say what no JSON library would."""
        header = {"typ": "JWT", "alg": "RS256", "kid": self.key_id} | headers
        payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        signed = f"{base64url(json.dumps(header).encode())}.{base64url(payload)}"
        signature = self._private.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return f"{signed}.{base64url(signature)}"


class KeyService:
    """Answers for metadata and keys. Whatever is set here is what the next request gets."""

    def __init__(self, *keys: Key) -> None:
        self.keys: object = {"keys": [key.published() for key in keys]}
        self.metadata: object = {
            "issuer": AUTHORITY,
            "jwks_uri": "https://login.example.org/tenant/discovery/v2.0/keys",
        }
        self.is_down = False
        self.attempts = 0

    def publish(self, *keys: Key) -> None:
        self.keys = {"keys": [key.published() for key in keys]}

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        is_metadata = request.url.path.endswith("/.well-known/openid-configuration")
        self.attempts += is_metadata
        if self.is_down:
            raise httpx.ConnectError("down", request=request)
        content = self.metadata if is_metadata else self.keys
        if isinstance(content, httpx.Response):
            return content
        return httpx.Response(200, content=json.dumps(content).encode())
