"""The header and the signature; what the claims say is judged in test_entra_claims."""

import hmac
import json
from collections.abc import AsyncIterator, Callable

import pytest

from shared.adapters.entra_keys import SigningKeys
from shared.adapters.entra_tokens import EntraTokens
from shared.domain.errors import InvalidToken
from tests.fakes.system import FakeClock
from tests.support.builders import USER, numbered
from tests.support.keys import AUTHORITY, Key, KeyService, base64url
from tests.unit.test_entra_claims import GOOD, RULES_OF_OURS

OURS, FOREIGN = Key("ours"), Key("ours")


@pytest.fixture
async def tokens() -> AsyncIterator[EntraTokens]:
    clock = FakeClock()
    keys = SigningKeys(authority=AUTHORITY, clock=clock, transport=KeyService(OURS).transport)
    made = EntraTokens(rules=RULES_OF_OURS, keys=keys, clock=clock)
    yield made
    await made.close()


def unsigned(header: dict[str, object], claims: object = GOOD) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join([*map(base64url, parts), ""])


def with_public_key_as_secret() -> str:
    """Return a token signed by HMAC, its secret the public key that everybody can read."""
    header = {"typ": "JWT", "alg": "HS256", "kid": "ours"}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, GOOD))
    secret = json.dumps(OURS.published()).encode()
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


def tampered() -> str:
    header, _, signature = OURS.token(GOOD).split(".")
    claims = base64url(json.dumps(GOOD | {"roles": ["everything"]}).encode())
    return f"{header}.{claims}.{signature}"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_good_token_speaks_for_its_user(tokens: EntraTokens, scheme: str) -> None:
    assert (await tokens.principal(f"{scheme} {OURS.token(GOOD)}")).user_id == USER


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic amFuZTpkb2U=",
        "Bearer one.two",
        "Bearer one.two.three.four",
        "Bearer one.two.three",
        "Bearer é.é.é",
        "Bearer ..",
    ],
)
async def test_what_is_no_bearer_token_is_refused(tokens: EntraTokens, authorization: str) -> None:
    with pytest.raises(InvalidToken):
        await tokens.principal(authorization)


async def test_a_token_of_as_many_groups_as_entra_lists_is_taken(tokens: EntraTokens) -> None:
    groups = [numbered(0x1000 + number) for number in range(200)]
    token = OURS.token(GOOD | {"groups": groups})
    assert len(token) > 8 * 1024
    assert len((await tokens.principal(f"Bearer {token}")).groups) == 200


async def test_no_header_is_refused(tokens: EntraTokens) -> None:
    with pytest.raises(InvalidToken, match="no token"):
        await tokens.principal(None)


@pytest.mark.parametrize(
    ("rule", "token"),
    [
        ("alg", lambda: unsigned({"typ": "JWT", "alg": "none", "kid": "ours"})),
        ("alg", lambda: OURS.token(GOOD, alg="RS384")),
        ("alg", lambda: OURS.token(GOOD, alg="rs256")),
        ("alg", with_public_key_as_secret),
        ("alg", lambda: OURS.token(GOOD, alg=None)),
        ("typ", lambda: OURS.token(GOOD, typ="at+jwt")),
        ("typ", lambda: OURS.token(GOOD, typ=7)),
        ("kid", lambda: OURS.token(GOOD, kid="")),
        ("kid", lambda: OURS.token(GOOD, kid="k" * 257)),
        ("unknown key", lambda: OURS.token(GOOD, kid="other")),
        ("signature", lambda: FOREIGN.token(GOOD)),
        ("signature", tampered),
        ("signature", lambda: OURS.token(GOOD).rpartition(".")[0] + "."),
        ("refused header", lambda: OURS.token(GOOD, jwk=FOREIGN.published())),
        ("refused header", lambda: OURS.token(GOOD, jku="https://evil.example.org/keys")),
        ("refused header", lambda: OURS.token(GOOD, x5u="https://evil.example.org/x")),
        ("refused header", lambda: OURS.token(GOOD, x5c=["MII"])),
        ("refused header", lambda: OURS.token(GOOD, b64=True)),
        ("refused header", lambda: OURS.token(GOOD, crit=["exp"])),
        ("refused header", lambda: OURS.token(GOOD, crit=["b64"])),
        ("header", lambda: "e30x" + OURS.token(GOOD)),
        ("header", lambda: "W10" + OURS.token(GOOD)[OURS.token(GOOD).index(".") :]),
        ("size", lambda: OURS.token(GOOD | {"padding": "x" * 16 * 1024})),
        ("claims", lambda: OURS.token([GOOD])),
        ("claims", lambda: OURS.token(b"{")),
        ("claims", lambda: OURS.token(b"\xff")),
        ("claims", lambda: OURS.token(b'{"roles": [], "roles": ["x"]}')),
        ("claims", lambda: OURS.token(json.dumps(GOOD | {"exp": float("nan")}).encode())),
    ],
)
async def test_each_defect_of_header_and_signature_is_refused_by_its_own_rule(
    tokens: EntraTokens, rule: str, token: Callable[[], str]
) -> None:
    with pytest.raises(InvalidToken) as refused:
        await tokens.principal(f"Bearer {token()}")
    assert str(refused.value) == rule


async def test_a_kid_that_is_no_text_is_refused(tokens: EntraTokens) -> None:
    for kid in (7, None, ["ours"]):
        with pytest.raises(InvalidToken):
            await tokens.principal(f"Bearer {OURS.token(GOOD, kid=kid)}")


async def test_a_refusal_never_repeats_the_token(tokens: EntraTokens) -> None:
    token = FOREIGN.token(GOOD)
    with pytest.raises(InvalidToken) as refused:
        await tokens.principal(f"Bearer {token}")
    assert not any(part in str(refused.value) for part in token.split("."))
