"""The token endpoint."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web

from local.simulators.identity import errors
from local.simulators.identity.addresses import Addresses
from local.simulators.identity.authorization import origin_of, scopes, wanted
from local.simulators.identity.claims import OPENID_SCOPES, access_claims, id_claims
from local.simulators.identity.grants import Grant
from local.simulators.identity.keys import base64url, jws
from local.simulators.identity.metadata import ANY_ORIGIN
from local.simulators.identity.state import State

SCHEME = "Bearer"
SHORTEST, LONGEST = 3600, 5400
HEADERS = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache", **ANY_ORIGIN}


async def token(state: State, request: web.Request) -> web.Response:
    """Answer with tokens for a code or a refresh token."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    try:
        grant, expires = _granted(state, request, form)
        return web.json_response(_issued(state, request, grant, expires), headers=HEADERS)
    except errors.Refusal as refusal:
        return web.json_response(refusal.body(state.now()), status=400, headers=HEADERS)


async def preflight(_: State, request: web.Request) -> web.Response:
    """Let the page of any origin ask: which one it is counts when it redeems."""
    allowed = request.headers.get("Access-Control-Request-Headers", "content-type")
    headers = {
        **ANY_ORIGIN,
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": allowed,
        "Access-Control-Max-Age": "86400",
    }
    return web.Response(status=204, headers=headers)


def _granted(
    state: State, request: web.Request, form: Mapping[str, str]
) -> tuple[Grant, datetime | None]:
    kind = _needed(form, "grant_type")
    client_id = _needed(form, "client_id")
    if kind == "authorization_code":
        grant, expires = _of_code(state, form), None
    elif kind == "refresh_token":
        grant, expires = _of_refresh_token(state, form)
    else:
        raise errors.Refusal("unsupported_grant_type", 70003, f"'{kind}' is not supported.")
    if grant.client_id != client_id.lower():
        raise errors.invalid_grant(700005, "The grant was issued to another client.")
    origin = request.headers.get("Origin")
    if origin != origin_of(grant.redirect_uri):
        raise errors.wrong_origin(origin)
    return _extended(grant, form), expires


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise errors.missing(name)
    return form[name]


def _of_code(state: State, form: Mapping[str, str]) -> Grant:
    code, verifier = _needed(form, "code"), form.get("code_verifier", "")
    if not verifier:
        raise errors.pkce_required()
    grant, challenge = state.grants.redeemed(code)
    if form.get("redirect_uri") != grant.redirect_uri:
        raise errors.invalid_grant(500112, "The reply address is not that of the request.")
    made = base64url(hashlib.sha256(verifier.encode()).digest())
    if not hmac.compare_digest(made, challenge):
        told = "The code_verifier does not match the code_challenge of the request."
        raise errors.invalid_grant(50148, told)
    return grant


def _of_refresh_token(state: State, form: Mapping[str, str]) -> tuple[Grant, datetime]:
    grant, expires = state.grants.refreshed(_needed(form, "refresh_token"))
    asked = scopes(state, form["scope"]) if form.get("scope") else grant.scopes
    if not set(asked).issubset(grant.scopes):
        raise errors.unknown_scope(" ".join(asked))
    return replace(grant, scopes=asked, nonce=None), expires


def _extended(grant: Grant, form: Mapping[str, str]) -> Grant:
    """Add what the `claims` parameter declares; what needs the user, it can't add."""
    asked = wanted(form.get("claims", ""))
    if not set(asked.contexts).issubset(grant.contexts):
        raise errors.step_up_required()
    capabilities = dict.fromkeys((*grant.capabilities, *asked.capabilities))
    return replace(grant, capabilities=tuple(capabilities))


def _issued(
    state: State, request: web.Request, grant: Grant, expires: datetime | None
) -> dict[str, Any]:
    user = state.able(grant.user_id)
    issuer = Addresses.of(request, state.world["tenantId"]).issuer
    lifetime = SHORTEST + secrets.randbelow(LONGEST - SHORTEST + 1)
    answer = {
        "token_type": SCHEME,
        "scope": " ".join(_told(grant.scopes)),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": signed(state, access_claims(state, issuer, user, grant, lifetime)),
    }
    if "offline_access" in grant.scopes:
        answer["refresh_token"] = state.grants.refresh_token(grant, expires)
    if "openid" in grant.scopes:
        answer["id_token"] = signed(state, id_claims(state, issuer, user, grant, SHORTEST))
    return answer


def _told(scopes: tuple[str, ...]) -> list[str]:
    """Return the scopes that an answer names: beside an API's, Entra leaves out OpenID's own."""
    return [each for each in scopes if each not in OPENID_SCOPES] or [*scopes]


def signed(state: State, claims: Mapping[str, Any]) -> str:
    """Return a token as it should be."""
    key = state.keys.current
    return jws({"typ": "JWT", "alg": "RS256", "kid": key.kid}, claims, key.sign)
