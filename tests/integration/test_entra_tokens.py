"""Tokens as the identity provider issues them, judged by keys that come over HTTP."""

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from shared.adapters.entra_claims import RULES, TokenRules
from shared.adapters.entra_keys import SigningKeys
from shared.adapters.entra_tokens import EntraTokens
from shared.domain.access import CREDENTIAL_MANAGER, Principal
from shared.domain.errors import InvalidToken, KeysUnavailable
from tests.fakes.system import FakeClock
from tests.integration.simulators.identity_client import (
    JANE,
    JANE_NAME,
    MANAGERS,
    PORTAL_CLIENT,
    TENANT,
    Identity,
    running,
)

OUTAGES: list[tuple[str, dict[str, object]]] = [
    ("keys_down", {"status": 429}),
    ("keys_down", {"status": 500}),
    ("keys_down", {"status": 503}),
    ("keys_empty", {}),
    ("keys_malformed", {"kind": "no_json"}),
    ("keys_malformed", {"kind": "no_set"}),
    ("keys_malformed", {"kind": "no_modulus"}),
    ("keys_malformed", {"kind": "encryption"}),
    ("metadata_down", {"status": 504}),
]
STRANGE = "00000000-0000-4000-8000-0000000000fe"
BROKEN: dict[str, dict[str, object]] = {
    "iss": {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"},
    "aud": {"aud": [PORTAL_CLIENT]},
    "tid": {"tid": STRANGE},
    "ver": {"ver": "1.0"},
    "azp": {"azp": STRANGE},
    "scp": {"scp": "Credentials.Manage.All"},
    "roles": {"roles": CREDENTIAL_MANAGER},
    "groups": {"groups": ["everybody"]},
    "oid": {"oid": JANE_NAME},
    "idtyp": {"idtyp": "app"},
    "exp": {"exp": 1},
    "nbf": {"nbf": 9_999_999_999},
    "iat": {"iat": 9_999_999_999},
    "lifetime": {"iat": 1},
}
"""By the rule that refuses it: what is wrong with the token."""


class Tenant:
    """A tenant's identity provider, and the portal that trusts it; both live by one clock."""

    def __init__(self, identity: Identity, clock: FakeClock) -> None:
        self.identity = identity
        self.clock = clock
        self.portal = self.another_portal()

    def another_portal(self, authority: str | None = None) -> EntraTokens:
        issuer = authority or self.identity.issuer
        rules = TokenRules(
            issuer=issuer,
            tenant_id=TENANT,
            audience=PORTAL_CLIENT,
            allowed_client_ids=frozenset({PORTAL_CLIENT}),
            required_scope="Credentials.Manage",
        )
        keys = SigningKeys(authority=issuer, clock=self.clock)
        return EntraTokens(rules=rules, keys=keys, clock=self.clock)

    async def token(self, **oddities: object) -> str:
        body = {"user": JANE_NAME, **oddities}
        answer = await self.identity.call("POST", "/dev/token", json=body)
        return str(answer.body["access_token"])

    async def admits(self, token: str) -> Principal:
        return await self.portal.principal(f"Bearer {token}")

    async def roll_over(self) -> None:
        await self.identity.call("POST", "/dev/keys/rollover")

    async def fetches(self) -> int:
        """Return how often the keys were asked for."""
        listed = (await self.identity.call("GET", "/dev/requests")).body["requests"]
        return sum(request["path"].endswith("/keys") for request in listed)


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    clock = FakeClock()
    async with AsyncExitStack() as resources:
        identity = await resources.enter_async_context(running(now=clock.now))
        made = Tenant(identity, clock)
        resources.push_async_callback(made.portal.close)
        yield made


async def test_whoever_signs_in_at_the_page_is_who_the_token_speaks_for(tenant: Tenant) -> None:
    token = (await tenant.identity.sign_in(JANE))["access_token"]
    jane = await tenant.admits(token)
    assert (jane.user_id, jane.tenant_id, jane.client_id) == (JANE, TENANT, PORTAL_CLIENT)
    assert jane.groups == {MANAGERS}
    assert jane.roles == {CREDENTIAL_MANAGER}
    assert jane.token_id != ""


async def test_the_evidence_of_mfa_is_taken_from_the_token(tenant: Tenant) -> None:
    jane = await tenant.admits(await tenant.token(claims={"acrs": ["c1"], "xms_cc": ["cp1"]}))
    assert jane.authentication_contexts == {"c1"}
    assert jane.understands_challenges


@pytest.mark.parametrize(
    ("defect", "rule"),
    [
        ("none_algorithm", "alg"),
        ("hs256_public_key", "alg"),
        ("foreign_key", "signature"),
        ("tampered_payload", "signature"),
        ("unknown_kid", "unknown key"),
    ],
)
async def test_a_token_that_the_tenant_did_not_sign_is_refused(
    tenant: Tenant, defect: str, rule: str
) -> None:
    with pytest.raises(InvalidToken) as refused:
        await tenant.admits(await tenant.token(defect=defect))
    assert str(refused.value) == rule


@pytest.mark.parametrize("rule", RULES)
async def test_a_token_that_the_tenant_signed_is_still_held_to_every_rule(
    tenant: Tenant, rule: str
) -> None:
    with pytest.raises(InvalidToken) as refused:
        await tenant.admits(await tenant.token(claims=BROKEN[rule]))
    assert str(refused.value) == rule


async def test_the_id_token_of_a_sign_in_opens_nothing(tenant: Tenant) -> None:
    signed_in = await tenant.identity.sign_in(JANE)
    with pytest.raises(InvalidToken):
        await tenant.admits(signed_in["id_token"])


@pytest.mark.parametrize("scheme", ["Basic", "Token", "DPoP", ""])
async def test_a_good_token_under_another_scheme_is_refused(tenant: Tenant, scheme: str) -> None:
    with pytest.raises(InvalidToken):
        await tenant.portal.principal(f"{scheme} {await tenant.token()}")


async def test_many_requests_at_a_cold_start_fetch_the_keys_once(tenant: Tenant) -> None:
    await tenant.identity.trap("slow", milliseconds=100, pathContains="/v2.0")
    token = await tenant.token()
    admitted = await gather(*(tenant.admits(token) for _ in range(50)))
    assert {each.user_id for each in admitted} == {JANE}
    assert await tenant.fetches() == 1


async def test_a_new_signing_key_is_known_when_its_first_token_comes(tenant: Tenant) -> None:
    old = await tenant.token()
    await tenant.admits(old)
    tenant.clock.move(timedelta(minutes=5))
    await tenant.roll_over()
    assert (await tenant.admits(await tenant.token())).user_id == JANE
    assert (await tenant.admits(old)).user_id == JANE
    assert await tenant.fetches() == 2


@pytest.mark.parametrize(("trap", "parameters"), OUTAGES, ids=str)
async def test_while_the_keys_cannot_be_had_no_token_is_called_invalid(
    tenant: Tenant, trap: str, parameters: dict[str, object]
) -> None:
    await tenant.identity.trap(trap, **parameters)
    with pytest.raises(KeysUnavailable):
        await tenant.admits(await tenant.token())
    await tenant.identity.call("DELETE", "/dev/traps")
    tenant.clock.move(timedelta(seconds=10))
    assert (await tenant.admits(await tenant.token())).user_id == JANE


@pytest.mark.parametrize(("trap", "parameters"), OUTAGES, ids=str)
async def test_an_outage_touches_nobody_whose_key_is_known_already(
    tenant: Tenant, trap: str, parameters: dict[str, object]
) -> None:
    await tenant.admits(await tenant.token())
    await tenant.identity.trap(trap, **parameters)
    for _ in range(23):
        tenant.clock.move(timedelta(hours=1))
        assert (await tenant.admits(await tenant.token())).user_id == JANE
    await tenant.roll_over()
    with pytest.raises(KeysUnavailable):
        await tenant.admits(await tenant.token())


async def test_keys_of_another_tenant_are_not_taken(tenant: Tenant) -> None:
    elsewhere = tenant.identity.issuer.replace(TENANT, STRANGE)
    portal = tenant.another_portal(elsewhere)
    with pytest.raises(KeysUnavailable):
        await portal.principal(f"Bearer {await tenant.token()}")
    await portal.close()
