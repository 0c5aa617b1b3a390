"""What tests and the lab may see and do that no client can."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from local.simulators.common import json_object
from local.simulators.identity.addresses import Addresses
from local.simulators.identity.claims import access_claims
from local.simulators.identity.grants import Grant
from local.simulators.identity.keys import SigningKey, base64url, jws
from local.simulators.identity.state import State, User, roles_of

LIFETIME = 3600
Json = dict[str, Any]


def _plain(state: State, header: Json, claims: Json) -> str:
    return jws(header, claims, state.keys.current.sign)


def _none_algorithm(_: State, header: Json, claims: Json) -> str:
    return jws({**header, "alg": "none"}, claims, lambda _: b"")


def _hs256_public_key(state: State, header: Json, claims: Json) -> str:
    pem = state.keys.current.pem
    return jws({**header, "alg": "HS256"}, claims, lambda data: hmac.digest(pem, data, "sha256"))


def _foreign_key(_: State, header: Json, claims: Json) -> str:
    """Sign with a key that is not published, in the name of one that is."""
    return jws(header, claims, SigningKey().sign)


def _unknown_kid(state: State, header: Json, claims: Json) -> str:
    """Sign with the right key, in the name of one that is not published."""
    return jws({**header, "kid": base64url(bytes(20))}, claims, state.keys.current.sign)


def _tampered_payload(state: State, header: Json, claims: Json) -> str:
    head, _, signature = _plain(state, header, claims).split(".")
    _, payload, _ = jws(header, {**claims, "name": "Somebody Else"}, lambda _: b"").split(".")
    return f"{head}.{payload}.{signature}"


DEFECTS: Mapping[str | None, Callable[[State, Json, Json], str]] = {
    None: _plain,
    "none_algorithm": _none_algorithm,
    "hs256_public_key": _hs256_public_key,
    "foreign_key": _foreign_key,
    "unknown_kid": _unknown_kid,
    "tampered_payload": _tampered_payload,
}


def identity_dev_routes(state: State) -> list[web.RouteDef]:
    """Return the routes of /dev that only this simulator has."""

    async def users(_: web.Request) -> web.Response:
        return web.json_response({"users": [_shown(state, each) for each in state.world["users"]]})

    async def token(request: web.Request) -> web.Response:
        return web.json_response(
            {"access_token": _token(state, request, await json_object(request))}
        )

    async def rollover(_: web.Request) -> web.Response:
        return web.json_response({"kid": state.keys.rollover()})

    async def show_world(_: web.Request) -> web.Response:
        return web.json_response(state.world)

    async def replace_world(request: web.Request) -> web.Response:
        try:
            state.load(await json_object(request))
        except ValueError as fault:
            raise web.HTTPBadRequest(text=str(fault)) from fault
        return web.Response(status=204)

    return [
        web.get("/dev/users", users),
        web.post("/dev/token", token),
        web.post("/dev/keys/rollover", rollover),
        web.get("/dev/world", show_world),
        web.put("/dev/world", replace_world),
    ]


def _shown(state: State, user: User) -> Json:
    groups = state.groups_of(user)
    return {
        "userPrincipalName": user["userPrincipalName"],
        "displayName": user["displayName"],
        "accountEnabled": user["accountEnabled"],
        "roles": sorted({role for group in groups for role in roles_of(group)}),
        "groups": [group["id"] for group in groups],
    }


def _token(state: State, request: web.Request, body: Json) -> str:
    name = body.get("user")
    if not isinstance(name, str):
        raise web.HTTPBadRequest(text='The body is {"user": "a userPrincipalName"}.')
    user = state.named(name)
    if user is None:
        raise web.HTTPNotFound(text="No user has this userPrincipalName.")
    lifetime, defect = body.get("lifetimeSeconds", LIFETIME), body.get("defect")
    if type(lifetime) is not int:
        raise web.HTTPBadRequest(text="lifetimeSeconds is a whole number.")
    if defect is not None and defect not in DEFECTS:
        raise web.HTTPBadRequest(text=f"defect is one of {[*filter(None, DEFECTS)]}.")
    issuer = Addresses.of(request, state.world["tenantId"]).issuer
    claims = access_claims(state, issuer, user, _grant(state, user), lifetime)
    header = {"typ": "JWT", "alg": "RS256", "kid": state.keys.current.kid}
    return DEFECTS[defect](
        state, _overlaid(header, body, "headers"), _overlaid(claims, body, "claims")
    )


def _grant(state: State, user: User) -> Grant:
    portal = state.world["portal"]
    return Grant(
        client_id=portal["clientId"],
        user_id=user["id"],
        redirect_uri="",
        scopes=(portal["scope"],),
    )


def _overlaid(whole: Json, body: Json, name: str) -> Json:
    """Return `whole` with the members of `body[name]`; null takes one away."""
    overrides = body.get(name) or {}
    if not isinstance(overrides, dict):
        raise web.HTTPBadRequest(text=f"{name} is an object.")
    return {key: value for key, value in {**whole, **overrides}.items() if value is not None}
