"""The signing keys, and compact JWS made by hand: libraries refuse to make the defective ones."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

PUBLISHED = 2
THUMBPRINT_BYTES = 20


def base64url(data: bytes) -> str:
    """Encode without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jws(
    header: Mapping[str, Any], payload: Mapping[str, Any], sign: Callable[[bytes], bytes]
) -> str:
    """Return header, payload and what `sign` makes of both, compact."""
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, payload))
    signed = ".".join(base64url(part) for part in parts)
    return f"{signed}.{base64url(sign(signed.encode()))}"


class SigningKey:
    """An RSA key of 2048 bits."""

    def __init__(self) -> None:
        self._private: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)
        der = self._private.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = base64url(hashlib.sha256(der).digest()[:THUMBPRINT_BYTES])

    @property
    def pem(self) -> bytes:
        """The public key as PEM."""
        return self._private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, data: bytes) -> bytes:
        """Return the RS256 signature."""
        return self._private.sign(data, PKCS1v15(), SHA256())

    def jwk(self, issuer: str) -> dict[str, str]:
        """Return the public key as Entra publishes it."""
        numbers = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": numbers["n"],
            "e": numbers["e"],
            "issuer": issuer,
        }


class KeyRing:
    """The published keys, the newest last: that one signs."""

    def __init__(self) -> None:
        self._keys = [SigningKey()]

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._keys[-1]

    def rollover(self) -> str:
        """Sign with a new key from now on; the one before stays published. Return its kid."""
        self._keys = [*self._keys, SigningKey()][-PUBLISHED:]
        return self.current.kid

    def published(self, issuer: str) -> list[dict[str, str]]:
        """Return the public keys."""
        return [key.jwk(issuer) for key in self._keys]
