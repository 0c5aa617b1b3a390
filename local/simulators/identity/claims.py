"""What Entra's v2.0 tokens say of a user."""

import hashlib
import secrets
from typing import Any

from local.simulators.identity.grants import Grant
from local.simulators.identity.keys import base64url
from local.simulators.identity.state import State, User, roles_of

MOST_GROUPS = 200
GRAPH = "00000003-0000-0000-c000-000000000000"
OPENID_SCOPES = ("openid", "profile", "email", "offline_access")


def access_claims(
    state: State, issuer: str, user: User, grant: Grant, lifetime: int
) -> dict[str, Any]:
    """Return the claims of an access token that lives so many seconds."""
    api = [scope for scope in grant.scopes if scope not in OPENID_SCOPES]
    audience = state.world["portal"]["clientId"] if api else GRAPH
    claims = {
        "aud": audience,
        **_common(state, issuer, user, audience, lifetime),
        "azp": grant.client_id,
        "azpacr": "0",
        "scp": state.world["portal"]["scope"] if api else "email openid profile",
    }
    if api:
        claims |= _entitlements(state, user)
    if grant.contexts:
        claims["acrs"] = list(grant.contexts)
    if grant.capabilities:
        claims["xms_cc"] = list(grant.capabilities)
    return claims


def id_claims(state: State, issuer: str, user: User, grant: Grant, lifetime: int) -> dict[str, Any]:
    """Return the claims of an ID token that lives so many seconds."""
    claims = {"aud": grant.client_id, **_common(state, issuer, user, grant.client_id, lifetime)}
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    if "email" in grant.scopes:
        claims["email"] = user["userPrincipalName"]
    if grant.client_id == state.world["portal"]["clientId"].lower():
        claims |= _entitlements(state, user)
    return claims


def _common(state: State, issuer: str, user: User, audience: str, lifetime: int) -> dict[str, Any]:
    issued = int(state.now().timestamp())
    return {
        "iss": issuer,
        "iat": issued,
        "nbf": issued,
        "exp": issued + lifetime,
        "name": user["displayName"],
        "oid": user["id"],
        "preferred_username": user["userPrincipalName"],
        "rh": f"1.{secrets.token_urlsafe(40)}.",
        "sub": _pairwise(user["id"], audience),
        "tid": state.world["tenantId"],
        "uti": secrets.token_urlsafe(16),
        "ver": "2.0",
    }


def _pairwise(user_id: str, audience: str) -> str:
    return base64url(hashlib.sha256(f"{user_id}|{audience}".encode()).digest())


def _entitlements(state: State, user: User) -> dict[str, Any]:
    """Return the roles, and the groups that have any: `groupMembershipClaims: ApplicationGroup`."""
    assigned = state.groups_of(user)
    groups = [group["id"] for group in assigned]
    roles = sorted({role for group in assigned for role in roles_of(group)})
    if not groups:
        return {}
    if len(groups) <= MOST_GROUPS:
        return {"roles": roles, "groups": groups}
    endpoint = (
        f"https://graph.windows.net/{state.world['tenantId']}/users/{user['id']}/getMemberObjects"
    )
    return {
        "roles": roles,
        "_claim_names": {"groups": "src1"},
        "_claim_sources": {"src1": {"endpoint": endpoint}},
    }
