"""What tests may do with the identity simulator: tokens on demand, defects, rollover, traps."""

import json
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from tests.integration.simulators.identity_client import (
    JANE,
    JANE_NAME,
    JOHN_NAME,
    MANAGERS,
    PORTAL_CLIENT,
    TENANT,
    Identity,
    running,
    world,
)

KEYS = f"/{TENANT}/discovery/v2.0/keys"
DISCOVERY = f"/{TENANT}/v2.0/.well-known/openid-configuration"


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    async with running() as it:
        yield it


async def made(identity: Identity, **body: object) -> str:
    """Return a token for Jane, made on demand."""
    answer = await identity.call("POST", "/dev/token", json={"user": JANE_NAME, **body})
    assert answer.status == 200
    return str(answer.body["access_token"])


def part(token: str, number: int) -> dict[str, Any]:
    """Return the header (0) or the claims (1)."""
    return dict(json.loads(jwt.utils.base64url_decode(token.split(".")[number])))


def unchecked(token: str) -> dict[str, Any]:
    """Return the claims, whatever the signature."""
    return part(token, 1)


async def test_the_sample_users_are_listed_with_what_their_tokens_say(identity: Identity) -> None:
    listed = (await identity.call("GET", "/dev/users")).body["users"]

    assert listed[0] == {
        "userPrincipalName": JANE_NAME,
        "displayName": "jane.doe",
        "accountEnabled": True,
        "roles": ["credential_management"],
        "groups": [MANAGERS],
    }
    assert [each["accountEnabled"] for each in listed] == [True, False]


async def test_a_group_of_operations_gives_their_role_beside_any_other(identity: Identity) -> None:
    changed = world()
    operators = {**changed["groups"][0], "id": TENANT, "hasCredentialRole": False}
    changed["groups"].append({**operators, "hasOperationsRole": True})
    await identity.call("PUT", "/dev/world", json=changed)

    claims = unchecked(await made(identity))
    assert claims["roles"] == ["credential_management", "credential_operations"]
    assert claims["groups"] == [MANAGERS, TENANT]


async def test_a_token_on_demand_says_what_a_sign_in_s_says(identity: Identity) -> None:
    own = await identity.verified(await made(identity))
    signed_in = await identity.verified((await identity.sign_in())["access_token"])

    assert own["exp"] - own["iat"] == 3600
    fleeting = {"exp", "iat", "nbf", "rh", "uti"}
    assert {name: own[name] for name in own if name not in fleeting} == {
        name: signed_in[name] for name in signed_in if name not in fleeting
    }


async def test_claims_headers_and_lifetime_may_be_overridden(identity: Identity) -> None:
    token = await made(
        identity,
        claims={"roles": None, "acrs": ["c1"], "tid": "x"},
        headers={"typ": None, "jku": "https://example.org", "b64": False, "crit": ["b64"]},
        lifetimeSeconds=-10,
    )

    claims = unchecked(token)
    assert "roles" not in claims
    assert (claims["acrs"], claims["tid"]) == (["c1"], "x")
    assert claims["exp"] - claims["iat"] == -10
    assert part(token, 0).keys() == {"alg", "kid", "jku", "b64", "crit"}


async def test_even_a_disabled_account_has_had_tokens(identity: Identity) -> None:
    answer = await identity.call("POST", "/dev/token", json={"user": JOHN_NAME.upper()})

    assert answer.status == 200


async def test_an_unknown_user_is_not_found(identity: Identity) -> None:
    for user in ("nobody@example.org", JANE):
        assert (await identity.call("POST", "/dev/token", json={"user": user})).status == 404


@pytest.mark.parametrize("body", ["", "{}", "user=x", "[]", '{"user": null}', '{"user": 1}'])
async def test_a_token_of_nobody_is_a_bad_request(identity: Identity, body: str) -> None:
    answer = await identity.call("POST", "/dev/token", data=body)

    assert answer.status == 400
    assert answer.text.startswith("The body is")


@pytest.mark.parametrize(
    "body", [{"claims": [1]}, {"headers": "x"}, {"lifetimeSeconds": "1"}, {"defect": "rust"}]
)
async def test_what_can_t_be_made_is_refused(identity: Identity, body: dict[str, Any]) -> None:
    asked = {"user": JANE_NAME, **body}

    assert (await identity.call("POST", "/dev/token", json=asked)).status == 400


@pytest.mark.parametrize("defect", ["foreign_key", "tampered_payload"])
async def test_a_token_of_a_false_signature_names_a_published_key(
    identity: Identity, defect: str
) -> None:
    token = await made(identity, defect=defect)

    with pytest.raises(jwt.InvalidSignatureError):
        await identity.verified(token)


async def test_a_token_of_an_unknown_key_names_none_that_is_published(identity: Identity) -> None:
    token = await made(identity, defect="unknown_kid")

    kid = jwt.get_unverified_header(token)["kid"]
    assert kid not in [each["kid"] for each in await identity.keys()]


async def test_a_token_without_an_algorithm_has_no_signature(identity: Identity) -> None:
    token = await made(identity, defect="none_algorithm")

    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert token.endswith(".")
    assert unchecked(token)["aud"] == PORTAL_CLIENT


async def test_a_token_may_be_signed_with_the_public_key_as_a_secret(identity: Identity) -> None:
    token = await made(identity, defect="hs256_public_key")

    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    with pytest.raises(jwt.InvalidTokenError):
        await identity.verified(token)


async def test_after_a_rollover_both_keys_are_published_and_the_new_one_signs(
    identity: Identity,
) -> None:
    old = await made(identity)

    kid = (await identity.call("POST", "/dev/keys/rollover")).body["kid"]

    new = await made(identity)
    assert jwt.get_unverified_header(new)["kid"] == kid
    assert len(await identity.keys()) == 2
    assert (await identity.verified(old))["oid"] == (await identity.verified(new))["oid"]


async def test_the_key_before_the_last_is_published_no_more(identity: Identity) -> None:
    first = (await identity.keys())[0]["kid"]

    for _ in range(2):
        await identity.call("POST", "/dev/keys/rollover")

    kids = [each["kid"] for each in await identity.keys()]
    assert len(kids) == 2
    assert first not in kids


async def test_a_published_key_looks_like_entra_s(identity: Identity) -> None:
    (key,) = await identity.keys()

    assert key.keys() == {"kty", "use", "kid", "x5t", "n", "e", "issuer"}
    assert (key["kty"], key["use"], key["issuer"]) == ("RSA", "sig", identity.issuer)


@pytest.mark.parametrize(
    ("trap", "path", "status"),
    [("keys_down", KEYS, 503), ("metadata_down", DISCOVERY, 503), ("slow", KEYS, 200)],
)
async def test_an_endpoint_may_be_down_or_slow(
    identity: Identity, trap: str, path: str, status: int
) -> None:
    settings = {"milliseconds": 1} if trap == "slow" else {}
    await identity.trap(trap, times=1, **settings)

    assert (await identity.call("GET", path)).status == status
    assert (await identity.call("GET", path)).status == 200


async def test_the_set_of_keys_may_be_empty(identity: Identity) -> None:
    await identity.trap("keys_empty", times=1)

    assert await identity.keys() == []
    assert len(await identity.keys()) == 1


@pytest.mark.parametrize("kind", ["no_json", "no_set", "no_modulus", "encryption"])
async def test_the_set_of_keys_may_be_malformed(identity: Identity, kind: str) -> None:
    await identity.trap("keys_malformed", kind=kind)

    answer = await identity.call("GET", KEYS)

    assert answer.status == 200
    keys = answer.body.get("keys", [])
    assert not any("n" in key and key["use"] == "sig" for key in keys)


async def test_the_world_can_be_read_and_replaced(identity: Identity) -> None:
    shown = (await identity.call("GET", "/dev/world")).body
    assert shown == world()

    shown["users"][0]["userPrincipalName"] = "other@example.org"
    await identity.replace_world(shown)

    assert unchecked(await made(identity, user="other@example.org"))["oid"] == JANE


@pytest.mark.parametrize("name", ["tenantId", "portal", "users", "groups"])
async def test_what_is_no_world_is_refused_and_changes_nothing(
    identity: Identity, name: str
) -> None:
    broken = {key: value for key, value in world().items() if key != name}

    assert (await identity.call("PUT", "/dev/world", json=broken)).status == 400
    assert (await identity.call("GET", "/dev/world")).body == world()


async def test_the_front_page_names_the_issuer_and_the_users(identity: Identity) -> None:
    answer = await identity.call("GET", "/")

    assert identity.issuer in answer.text
    assert JANE_NAME in answer.text
