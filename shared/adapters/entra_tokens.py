"""Bearer tokens of Entra ID: the header and the signature here, the claims in entra_claims.

PyJWT verifies the signature with the plain public key, and nothing else (docs/adr/0003).
"""

import json
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.utils import base64url_decode

from shared.adapters.entra_claims import Claims, TokenRules, principal_of
from shared.adapters.entra_keys import SigningKeys
from shared.domain.access import Principal
from shared.domain.errors import InvalidToken
from shared.ports.system import Clock

ALGORITHM: Final = "RS256"
LARGEST: Final = 16 * 1024
"""Bytes of a token. One that names 200 groups, as many as Entra ID lists, has 12 KiB."""

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
        return principal_of(self._claims(token, key), self._rules, self._clock.now())

    def _claims(self, token: str, key: RSAPublicKey) -> Claims:
        """Return the claims of a token whose signature holds."""
        try:
            payload = self._signatures.decode(token, key, algorithms=[ALGORITHM])
        except (jwt.PyJWTError, ValueError):
            raise InvalidToken("signature") from None
        try:
            return _object(payload)
        except (ValueError, RecursionError):
            raise InvalidToken("claims") from None


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
        header = _object(base64url_decode(token.partition(".")[0]))
    except (ValueError, RecursionError):
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


def _object(raw: bytes) -> dict[str, Any]:
    """Return a JSON object; ValueError for a name that comes twice, or a number that is none."""
    document = json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_number)
    if not isinstance(document, dict):
        raise ValueError("no object")  # noqa: TRY004 - the caller takes one error for all faults
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name comes twice")
    return document


def _no_number(constant: str) -> None:
    raise ValueError(constant)
