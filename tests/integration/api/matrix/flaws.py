"""What may be wrong with a token: how it is signed, what it says, how it is carried."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from local.world_ids import PORTAL_CLIENT_ID

STRANGE: Final = "00000000-0000-4000-8000-0000000000fe"
FAR: Final = 9_999_999_999
LARGEST: Final = 16 * 1024

Headers = list[tuple[str, str]]
Carriage = Callable[[str], Headers]


def bearer(token: str) -> Headers:
    return [("Authorization", f"Bearer {token}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A defect of a token. `oddities` are what the sign-in is to do differently."""

    name: str
    oddities: Mapping[str, Any] = field(default_factory=dict)
    carried: Carriage = bearer
    query: tuple[str, ...] = ()
    """What stands in the address; {token} is the token."""

    is_defect: bool = True
    """False: the token is sound, and says something that matters."""

    def __str__(self) -> str:
        return self.name


SOUND: Final = Flaw(name="sound token", is_defect=False)


def _says(claim: str, wrong: Sequence[object]) -> list[Flaw]:
    return [
        Flaw(name=f"{claim}={each!r:.40}", oddities={"claims": {claim: each}}) for each in wrong
    ]


def _headed(header: str, wrong: Sequence[object]) -> list[Flaw]:
    return [
        Flaw(name=f"header {header}={each!r:.40}", oddities={"headers": {header: each}})
        for each in wrong
    ]


def _carried(name: str, how: Carriage) -> Flaw:
    return Flaw(name=name, carried=how)


def _unsigned(token: str) -> str:
    return token.rpartition(".")[0]


SIGNED: Final = [
    Flaw(name=name.replace("_", " "), oddities={"defect": name})
    for name in (
        "none_algorithm",
        "hs256_public_key",
        "foreign_key",
        "unknown_kid",
        "tampered_payload",
    )
]
HEADED: Final = [
    *_headed("alg", ["RS512", "none", None]),
    *_headed("kid", [None, 7, "", "k" * 300]),
    *_headed("typ", ["at+jwt", "id_token"]),
    *_headed("jwk", [{"kty": "RSA"}]),
    *_headed("jku", ["https://keys.example.org/jwks"]),
    *_headed("x5u", ["https://keys.example.org/chain"]),
    *_headed("x5c", [["AAAA"]]),
    *_headed("crit", [["exp"]]),
    *_headed("b64", [False]),
]
SAYING: Final = [
    *_says("iss", [None, "https://login.microsoftonline.com/common/v2.0", ["x"]]),
    *_says("aud", [None, STRANGE, "00000003-0000-0000-c000-000000000000", [PORTAL_CLIENT_ID]]),
    *_says("tid", [None, STRANGE]),
    *_says("ver", [None, "1.0", 2.0]),
    *_says("azp", [None, STRANGE]),
    *_says("scp", [None, "User.Read", "Credentials.Manage.All", ["Credentials.Manage"]]),
    *_says("roles", ["credential_management", {"credential_management": True}, [7]]),
    *_says("groups", [STRANGE, ["everybody"]]),
    *_says("oid", [None, "jane.doe@example.org", 7]),
    *_says("idtyp", ["app"]),
    *_says("exp", [None, 1, str(FAR), FAR, True]),
    *_says("nbf", [None, FAR]),
    *_says("iat", [None, FAR, 1]),
    *_says("padding", ["x" * LARGEST]),
]
CARRIED: Final = [
    _carried("no header", lambda _: []),
    _carried("empty header", lambda _: [("Authorization", "")]),
    _carried("no scheme", lambda token: [("Authorization", token)]),
    _carried("Basic", lambda token: [("Authorization", f"Basic {token}")]),
    _carried("DPoP", lambda token: [("Authorization", f"DPoP {token}")]),
    _carried("twice", lambda token: bearer(token) * 2),
    _carried("two in one", lambda token: bearer(f"{token},{token}")),
    _carried("without its signature", lambda token: bearer(_unsigned(token))),
    _carried("with an empty signature", lambda token: bearer(f"{_unsigned(token)}.")),
    _carried("with a fourth part", lambda token: bearer(f"{token}.e30")),
    _carried("in a cookie", lambda token: [("Cookie", f"Authorization=Bearer {token}")]),
    _carried("in another header", lambda token: [("X-Authorization", f"Bearer {token}")]),
    Flaw(name="in the query", carried=lambda _: [], query=("access_token={token}",)),
]
FLAWS: Final = (*SIGNED, *HEADED, *SAYING, *CARRIED)


def _shows(name: str, **claims: object) -> Flaw:
    return Flaw(name=name, oddities={"claims": claims}, is_defect=False)


CONTEXT: Final = "c1"
"""The authentication context that stands for MFA where step-up is on."""

SHOWN: Final = (
    _shows("the context", acrs=[CONTEXT]),
    _shows("the context among others", acrs=["c7", CONTEXT], xms_cc=["cp1"]),
)
CHALLENGED: Final = (
    _shows("no context, able client", xms_cc=["cp1"]),
    _shows("another context, able client", acrs=["c2"], xms_cc=["cp1"]),
    _shows("the context as text, able client", acrs=CONTEXT, xms_cc=["cp1"]),
    _shows("the context in capitals, able client", acrs=[CONTEXT.upper()], xms_cc=["cp1", "x"]),
)
UNABLE: Final = (
    SOUND,
    _shows("another context", acrs=["c2"]),
    _shows("no context, client of other abilities", xms_cc=["cp2"]),
    _shows("no context, client's ability as text", xms_cc="cp1"),
)
