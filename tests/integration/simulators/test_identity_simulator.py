"""Signing in at the identity simulator: metadata, the page, sessions, code and PKCE."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from tests.integration.simulators.identity_client import (
    CHALLENGE,
    JANE,
    JOHN,
    ORIGIN,
    OTHER_CLIENT,
    PORTAL_CLIENT,
    REDIRECT,
    TENANT,
    Identity,
    running,
    world,
)


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    async with running() as it:
        yield it


async def test_the_discovery_document_leads_to_every_endpoint(identity: Identity) -> None:
    path = f"/{TENANT}/v2.0/.well-known/openid-configuration"
    answer = await identity.call("GET", path)

    root = f"{identity.address}/{TENANT}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.body["issuer"] == f"{root}/v2.0"
    assert answer.body["jwks_uri"] == f"{root}/discovery/v2.0/keys"
    assert answer.body["authorization_endpoint"] == f"{root}/oauth2/v2.0/authorize"
    assert answer.body["token_endpoint"] == f"{root}/oauth2/v2.0/token"
    assert answer.body["end_session_endpoint"] == f"{root}/oauth2/v2.0/logout"


async def test_the_issuer_has_one_name_whatever_the_caller_calls_it(identity: Identity) -> None:
    path = f"/{TENANT}/v2.0/.well-known/openid-configuration"
    answer = await identity.call("GET", path, headers={"Host": "elsewhere.example.org"})

    assert answer.body["issuer"] == identity.issuer


@pytest.mark.parametrize(
    "path",
    [
        "v2.0/.well-known/openid-configuration",
        "discovery/v2.0/keys",
        "oauth2/v2.0/authorize",
        "oauth2/v2.0/logout",
    ],
)
async def test_another_tenant_is_unknown(identity: Identity, path: str) -> None:
    answer = await identity.call("GET", f"/{OTHER_CLIENT}/{path}")

    assert answer.status == 400
    assert answer.body["error"] == "invalid_tenant"


async def test_a_user_signs_in_with_code_and_pkce(identity: Identity) -> None:
    page = await identity.authorize()
    assert page.status == 200
    assert "jane.doe" in page.text

    back = await identity.authorize(JANE)
    assert back.status == 302
    assert back.headers["Location"].startswith(REDIRECT + "#")
    assert back.told["state"] == "a state & more"

    answer = await identity.redeem(back.told["code"])
    assert answer.status == 200
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert answer.body.get("token_type") == "Bearer"
    claims = await identity.verified(answer.body["access_token"])
    assert claims["oid"] == JANE
    assert answer.body["expires_in"] == claims["exp"] - claims["iat"]


async def test_a_page_may_ask_for_the_answer_in_the_query(identity: Identity) -> None:
    back = await identity.authorize(JANE, response_mode="query", redirect_uri=REDIRECT + "?a=b")

    assert urlsplit(back.headers["Location"]).fragment == ""
    assert {"a", "code", "state"} == set(back.told)


async def test_the_page_does_not_offer_disabled_accounts_at_first(identity: Identity) -> None:
    page = (await identity.authorize()).text

    assert page.index("jane.doe") < page.index("<details>") < page.index("john.roe")


async def test_a_disabled_account_is_refused_on_the_page(identity: Identity) -> None:
    answer = await identity.authorize(JOHN)

    assert answer.status == 403
    assert answer.number == "AADSTS50057"
    assert "jane.doe" in answer.text


async def test_the_page_can_t_be_framed_and_runs_nothing(identity: Identity) -> None:
    answer = await identity.authorize()

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {ORIGIN}" in policy
    assert "<script" not in answer.text


async def test_names_are_escaped_on_the_page() -> None:
    nasty = world()
    nasty["users"][0]["displayName"] = "<script>alert(1)</script>"

    async with running(nasty) as identity:
        for page in (await identity.authorize(), await identity.call("GET", "/")):
            assert "&lt;script&gt;" in page.text
            assert "<script" not in page.text


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"client_id": OTHER_CLIENT}, "AADSTS700016"),
        ({"client_id": None}, "AADSTS700016"),
        ({"redirect_uri": None}, "AADSTS50011"),
        ({"redirect_uri": "https://127.0.0.1:7071/"}, "AADSTS50011"),
        ({"redirect_uri": "http://example.org/"}, "AADSTS50011"),
        ({"redirect_uri": "http://127.0.0.1.example.org/"}, "AADSTS50011"),
        ({"redirect_uri": "http://127.0.0.1@example.org/"}, "AADSTS50011"),
        ({"redirect_uri": "http://127.0.0.1:x/"}, "AADSTS50011"),
        ({"redirect_uri": "http://[::1]/"}, "AADSTS50011"),
        ({"redirect_uri": "http://localhost/#a"}, "AADSTS50011"),
        ({"redirect_uri": "javascript:alert(1)"}, "AADSTS50011"),
        ({"response_mode": "form_post"}, "AADSTS90023"),
    ],
)
async def test_what_may_not_be_answered_to_is_refused_on_a_page(
    identity: Identity, changes: dict[str, str | None], number: str
) -> None:
    for user in (None, JANE):
        answer = await identity.authorize(user, **changes)
        assert (answer.status, answer.number) == (400, number)
        assert "Location" not in answer.headers


@pytest.mark.parametrize("uri", ["http://localhost:5173/any/path?q=1", "http://127.0.0.1"])
async def test_any_address_on_this_machine_may_be_answered_to(identity: Identity, uri: str) -> None:
    assert (await identity.authorize(JANE, redirect_uri=uri)).headers["Location"].startswith(uri)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"scope": f"api://{PORTAL_CLIENT}/Another"}, "invalid_scope"),
        ({"scope": "Credentials.Manage"}, "invalid_scope"),
        ({"scope": f"api://{OTHER_CLIENT}/Credentials.Manage"}, "invalid_resource"),
        ({"prompt": "please"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": '{"access_token": {"acrs": {"values": [1]}}}'}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_request_that_breaks_a_rule_is_told_to_the_client(
    identity: Identity, changes: dict[str, str | None], error: str
) -> None:
    answer = await identity.authorize(**changes)

    assert answer.status == 302
    assert answer.told["error"] == error
    assert answer.told["state"] == "a state & more"
    assert answer.number


async def test_a_further_client_gets_tokens_in_its_own_name() -> None:
    async with running({**world(), "clients": [OTHER_CLIENT]}) as identity:
        tokens = await identity.sign_in(client_id=OTHER_CLIENT)

        claims = await identity.verified(tokens["access_token"])
        assert claims["azp"] == OTHER_CLIENT
        own = await identity.verified(tokens["id_token"], audience=OTHER_CLIENT)
        assert "roles" not in own


async def test_the_challenge_is_never_taken_for_the_verifier(identity: Identity) -> None:
    code = (await identity.authorize(JANE)).told["code"]

    answer = await identity.redeem(code, code_verifier=CHALLENGE)

    assert answer.number == "AADSTS50148"
