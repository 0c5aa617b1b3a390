"""The tokens of the identity simulator: their claims, and how they are redeemed and refreshed."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.integration.simulators.identity_client import (
    API_SCOPE,
    JANE,
    JANE_NAME,
    MANAGERS,
    ORIGIN,
    OTHER_CLIENT,
    PORTAL_CLIENT,
    REDIRECT,
    TENANT,
    Identity,
    running,
    world,
)

STEP_UP = json.dumps({"access_token": {"acrs": {"essential": True, "value": "c1"}}})
CP1 = json.dumps({"access_token": {"xms_cc": {"values": ["cp1"]}}})


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    async with running() as it:
        yield it


async def test_an_access_token_has_the_shape_of_entra_s(identity: Identity) -> None:
    token = (await identity.sign_in())["access_token"]

    claims = await identity.verified(token)
    assert jwt.get_unverified_header(token).keys() == {"typ", "alg", "kid"}
    told = {name: claims[name] for name in claims if name not in {"rh", "sub", "uti"}}
    assert 3600 <= told.pop("exp") - told["iat"] <= 5400
    assert told.pop("nbf") == told.pop("iat")
    assert told == {
        "aud": PORTAL_CLIENT,
        "iss": identity.issuer,
        "azp": PORTAL_CLIENT,
        "azpacr": "0",
        "groups": [MANAGERS],
        "name": "jane.doe",
        "oid": JANE,
        "preferred_username": JANE_NAME,
        "roles": ["credential_management"],
        "scp": "Credentials.Manage",
        "tid": TENANT,
        "ver": "2.0",
    }
    assert len(claims["uti"]) == 22


async def test_an_id_token_is_for_the_client_and_repeats_the_nonce(identity: Identity) -> None:
    tokens = await identity.sign_in()

    claims = await identity.verified(tokens["id_token"])
    assert claims["nonce"] == "a nonce"
    assert claims["preferred_username"] == JANE_NAME
    assert not {"scp", "azp"} & claims.keys()


async def test_scopes_decide_which_tokens_there_are(identity: Identity) -> None:
    assert "id_token" not in await identity.sign_in(scope=API_SCOPE)
    assert "refresh_token" not in await identity.sign_in(scope=API_SCOPE)
    both = await identity.sign_in(scope=f"openid offline_access {PORTAL_CLIENT}/.default")
    assert {"id_token", "refresh_token"} <= both.keys()
    assert (await identity.verified(both["access_token"]))["scp"] == "Credentials.Manage"


async def test_without_the_api_s_scope_the_token_is_for_another_api(identity: Identity) -> None:
    token = (await identity.sign_in(scope="openid"))["access_token"]

    with pytest.raises(jwt.InvalidAudienceError):
        await identity.verified(token)


async def test_a_user_of_no_group_with_the_role_has_neither_role_nor_groups() -> None:
    changed = world()
    changed["groups"][0]["hasCredentialRole"] = False

    async with running(changed) as identity:
        claims = await identity.verified((await identity.sign_in())["access_token"])

        assert not {"roles", "groups"} & claims.keys()


@pytest.mark.parametrize(("count", "overage"), [(200, False), (201, True)])
async def test_more_than_200_groups_are_not_listed(count: int, *, overage: bool) -> None:
    changed = world()
    changed["groups"] = [
        {**changed["groups"][0], "id": f"00000000-0000-4000-8000-{number:012}"}
        for number in range(count)
    ]

    async with running(changed) as identity:
        claims = await identity.verified((await identity.sign_in())["access_token"])

        assert claims["roles"] == ["credential_management"]
        assert ("groups" in claims) is not overage
        assert (claims.get("_claim_names") == {"groups": "src1"}) is overage


async def test_a_token_tells_what_the_client_can_do_and_which_context_was_met(
    identity: Identity,
) -> None:
    plain = await identity.verified((await identity.sign_in())["access_token"])
    met = await identity.verified((await identity.sign_in(claims=STEP_UP))["access_token"])
    able = await identity.verified((await identity.sign_in(claims=CP1))["access_token"])

    assert not {"acrs", "xms_cc"} & plain.keys()
    assert (met["acrs"], able["xms_cc"]) == (["c1"], ["cp1"])


async def test_a_code_is_good_once(identity: Identity) -> None:
    code = (await identity.authorize(JANE)).told["code"]
    await identity.redeem(code)

    again = await identity.redeem(code)

    assert (again.status, again.body["error"], again.number) == (
        400,
        "invalid_grant",
        "AADSTS54005",
    )


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"code": "made up"}, "AADSTS70000"),
        ({"code": None}, "AADSTS900144"),
        ({"grant_type": None}, "AADSTS900144"),
        ({"grant_type": "password"}, "AADSTS70003"),
        ({"client_id": None}, "AADSTS900144"),
        ({"client_id": OTHER_CLIENT}, "AADSTS700005"),
        ({"code_verifier": None}, "AADSTS9002325"),
        ({"code_verifier": "another-verifier-of-forty-three-characters-or-so"}, "AADSTS50148"),
        ({"redirect_uri": REDIRECT + "/"}, "AADSTS500112"),
        ({"origin": None}, "AADSTS9002327"),
        ({"origin": "http://127.0.0.1:9999"}, "AADSTS9002326"),
    ],
)
async def test_a_code_is_redeemed_by_the_page_that_asked_for_it_only(
    identity: Identity, changes: dict[str, str | None], number: str
) -> None:
    code = (await identity.authorize(JANE)).told["code"]

    answer = await identity.redeem(**{"code": code, **changes})

    assert (answer.status, answer.number) == (400, number)
    assert answer.body["error_codes"] == [int(number.removeprefix("AADSTS"))]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_refresh_token_is_replaced_by_each_use(identity: Identity) -> None:
    first = (await identity.sign_in())["refresh_token"]

    tokens = (await identity.refresh(first)).body

    assert tokens["refresh_token"] != first
    assert (await identity.verified(tokens["access_token"]))["oid"] == JANE
    assert "nonce" not in await identity.verified(tokens["id_token"])
    assert (await identity.refresh(first)).body["error"] == "invalid_grant"
    assert (await identity.refresh(tokens["refresh_token"])).status == 200


async def test_a_refresh_adds_no_scope_and_no_context(identity: Identity) -> None:
    first = (await identity.sign_in(scope=f"offline_access {API_SCOPE}"))["refresh_token"]
    assert (await identity.refresh(first, scope="openid")).body["error"] == "invalid_scope"

    second = (await identity.sign_in())["refresh_token"]
    stepped_up = await identity.refresh(second, claims=STEP_UP)
    assert stepped_up.body["error"] == "interaction_required"


async def test_a_refresh_keeps_the_context_and_may_declare_a_capability(identity: Identity) -> None:
    first = (await identity.sign_in(claims=STEP_UP))["refresh_token"]

    tokens = (await identity.refresh(first, claims=CP1)).body

    claims = await identity.verified(tokens["access_token"])
    assert (claims["acrs"], claims["xms_cc"]) == (["c1"], ["cp1"])


async def test_a_disabled_account_is_refreshed_no_more(identity: Identity) -> None:
    token = (await identity.sign_in())["refresh_token"]
    changed = world()
    changed["users"][0]["accountEnabled"] = False
    await identity.replace_world(changed)

    assert (await identity.refresh(token)).number == "AADSTS50057"


@pytest.mark.parametrize(
    ("minutes", "status"),
    [(9, 200), (10, 400)],
)
async def test_a_code_is_good_for_ten_minutes(minutes: int, status: int) -> None:
    at = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    now = [at]
    async with running(now=lambda: now[0]) as identity:
        code = (await identity.authorize(JANE)).told["code"]
        now[0] = at + timedelta(minutes=minutes)

        assert (await identity.redeem(code)).status == status


async def test_a_chain_of_refresh_tokens_ends_after_a_day() -> None:
    at = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    now = [at]
    async with running(now=lambda: now[0]) as identity:
        first = (await identity.sign_in())["refresh_token"]
        now[0] = at + timedelta(hours=23)
        second = (await identity.refresh(first)).body["refresh_token"]
        now[0] = at + timedelta(hours=24)

        assert (await identity.refresh(second)).number == "AADSTS700084"


async def test_a_page_of_another_origin_may_ask_for_tokens(identity: Identity) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-client-sku",
    }
    preflight = await identity.call("OPTIONS", f"/{TENANT}/oauth2/v2.0/token", headers=asked)

    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "content-type,x-client-sku"


async def test_moving_the_clock_leaves_tokens_valid(identity: Identity) -> None:
    body: dict[str, Any] = {"offsetSeconds": 400 * 86_400}
    assert (await identity.call("POST", "/dev/clock", json=body)).status == 204

    assert await identity.verified((await identity.sign_in())["access_token"])
