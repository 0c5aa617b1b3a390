"""Sessions of the identity simulator: silent sign-in, and signing out."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from tests.integration.simulators.identity_client import (
    JANE,
    JANE_NAME,
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


async def test_a_remembered_user_is_signed_in_silently(identity: Identity) -> None:
    await identity.authorize(JANE)

    for prompt in ("none", None):
        code = (await identity.authorize(prompt=prompt)).told["code"]
        assert (await identity.redeem(code)).status == 200


@pytest.mark.parametrize("prompt", ["login", "select_account", "consent"])
async def test_a_client_may_have_the_page_shown_again(identity: Identity, prompt: str) -> None:
    await identity.authorize(JANE)

    assert (await identity.authorize(prompt=prompt)).status == 200


async def test_a_silent_sign_in_of_somebody_else_needs_the_page(identity: Identity) -> None:
    await identity.authorize(JANE)

    same = await identity.authorize(prompt="none", login_hint=JANE_NAME)
    other = await identity.authorize(prompt="none", login_hint="john.roe@example.org")

    assert "code" in same.told
    assert other.told["error"] == "login_required"


async def test_an_account_that_is_disabled_meanwhile_is_no_longer_remembered(
    identity: Identity,
) -> None:
    await identity.authorize(JANE)
    changed = world()
    changed["users"][0]["accountEnabled"] = False

    await identity.replace_world(changed)

    assert (await identity.authorize(prompt="none")).told["error"] == "login_required"


async def test_signing_out_ends_the_session_and_leads_back(identity: Identity) -> None:
    await identity.authorize(JANE)
    query = urlencode({"post_logout_redirect_uri": REDIRECT, "state": "s"})

    answer = await identity.call("GET", f"/{TENANT}/oauth2/v2.0/logout?{query}")

    assert answer.headers["Location"] == REDIRECT + "?state=s"
    assert (await identity.authorize(prompt="none")).told["error"] == "login_required"


@pytest.mark.parametrize("uri", ["", "https://example.org/"])
async def test_signing_out_does_not_lead_to_other_hosts(identity: Identity, uri: str) -> None:
    query = urlencode({"post_logout_redirect_uri": uri})

    answer = await identity.call("GET", f"/{TENANT}/oauth2/v2.0/logout?{query}")

    assert answer.status == 200
    assert "You are signed out" in answer.text
