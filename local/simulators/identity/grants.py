"""Codes and refresh tokens, and what was granted with them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.simulators.identity.errors import invalid_grant

CODE_LIFETIME = timedelta(minutes=10)
# Of a single-page application; a rotation does not prolong it.
REFRESH_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a user let a client have.

    `contexts` are the authentication contexts that were met (`acrs`), `capabilities` is what the
    client declared that it can handle (`xms_cc`).
    """

    client_id: str
    user_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str | None = None
    contexts: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    grant: Grant
    challenge: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _RefreshToken:
    grant: Grant
    expires: datetime


class Grants:
    """Every code and refresh token that is still good. A method raises Refusal for another."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._codes: dict[str, _Code] = {}
        self._redeemed: set[str] = set()
        self._refresh_tokens: dict[str, _RefreshToken] = {}

    def code(self, grant: Grant, challenge: str) -> str:
        """Return a code for a grant, good once."""
        made = secrets.token_urlsafe(48)
        expires = self._now() + CODE_LIFETIME
        self._codes[made] = _Code(grant=grant, challenge=challenge, expires=expires)
        return made

    def redeemed(self, code: str) -> tuple[Grant, str]:
        """Use a code up; return its grant and its PKCE challenge."""
        if code in self._redeemed:
            raise invalid_grant(54005, "OAuth2 Authorization code was already redeemed.")
        known = self._codes.pop(code, None)
        if known is None:
            raise invalid_grant(70000, "The provided authorization code is not valid.")
        self._redeemed.add(code)
        if known.expires <= self._now():
            raise invalid_grant(70008, "The provided authorization code has expired.")
        return known.grant, known.challenge

    def refresh_token(self, grant: Grant, expires: datetime | None = None) -> str:
        """Return a refresh token for a grant, good once, for 24 hours if no end is given."""
        made = "1." + secrets.token_urlsafe(96)
        until = expires or self._now() + REFRESH_LIFETIME
        self._refresh_tokens[made] = _RefreshToken(grant=grant, expires=until)
        return made

    def refreshed(self, token: str) -> tuple[Grant, datetime]:
        """Use a refresh token up; return its grant and its end.

        Stricter than Entra, which takes an old one again: a client that keeps it shows here.
        """
        known = self._refresh_tokens.pop(token, None)
        if known is None:
            raise invalid_grant(9002313, "The refresh token is not valid, or was used already.")
        if known.expires <= self._now():
            raise invalid_grant(700084, "The refresh token was issued to a SPA, and has expired.")
        return known.grant, known.expires
