"""Bearer tokens of Entra ID: the header and the signature here, the claims in entra_claims.

PyJWT verifies the signature with the plain public key, and nothing else (docs/adr/0003).
"""

import json
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.adapters.entra_claims import Claims, TokenRules, principal_of
from shared.adapters.entra_keys import SigningKeys
from shared.domain.access import Principal
from shared.domain.errors import InvalidToken
from shared.ports.system import Clock

ALGORITHM: Final = "RS256"
LARGEST: Final = 8 * 1024
"""Bytes of a token."""

PARTS: Final = 3
LONGEST_KEY_ID: Final = 256
REFUSED_HEADERS: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
"""They name keys or rules of their own; ours come from the tenant alone."""


class EntraTokens:
    """The Authenticator: tokens of one tenant, for one audience."""

    def __init__(self, *, rules: TokenRules, keys: SigningKeys, clock: Clock) -> None:
        self._rules = rules
        self._keys = keys
        self._clock = clock
        self._signatures = jwt.PyJWS(algorithms=[ALGORITHM])

    async def close(self) -> None:
        await self._keys.close()

    async def principal(self, authorization: str | None) -> Principal:
        token = _bearer(authorization)
        key = await self._keys.key(_key_id(token))
        if key is None:
            raise InvalidToken("unknown key")
        claims = _parsed(self._verified(token, key))
        return principal_of(claims, self._rules, self._clock.now())

    def _verified(self, token: str, key: RSAPublicKey) -> bytes:
        """Return the payload of a token whose signature holds."""
        try:
            payload: bytes = self._signatures.decode(token, key, algorithms=[ALGORITHM])
        except (jwt.PyJWTError, ValueError):
            raise InvalidToken("signature") from None
        return payload


def _bearer(authorization: str | None) -> str:
    """Return the one token of the header."""
    if authorization is None:
        raise InvalidToken("no token")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.isascii() or token.count(".") != PARTS - 1:
        raise InvalidToken("no bearer token")
    if len(token) > LARGEST:
        raise InvalidToken("size")
    return token


def _key_id(token: str) -> str:
    """Return the id of the key that the token says it was signed with."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise InvalidToken("header") from None
    if header.get("alg") != ALGORITHM:
        raise InvalidToken("alg")
    if REFUSED_HEADERS & header.keys():
        raise InvalidToken("refused header")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise InvalidToken("typ")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 1 <= len(key_id) <= LONGEST_KEY_ID:
        raise InvalidToken("kid")
    return key_id


def _parsed(payload: bytes) -> Claims:
    """Return the claims; a name that comes twice, or a number that is none, is refused."""
    try:
        claims = json.loads(payload, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InvalidToken("claims") from None
    if not isinstance(claims, dict):
        raise InvalidToken("claims")
    return claims


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    claims = dict(pairs)
    if len(claims) != len(pairs):
        raise ValueError("a claim comes twice")
    return claims


def _no_number(constant: str) -> None:
    raise ValueError(constant)
