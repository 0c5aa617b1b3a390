"""What a token's claims must say: one small check a rule, over claims whose signature holds.

Each rule stands alone and answers False for whatever it does not expect, so that the table below
can be read against docs/adr/0003 and taken apart by its tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.domain.access import Principal
from shared.domain.errors import InvalidToken, TooManyGroups
from shared.domain.ids import GroupId, UserId, guid
from shared.domain.plain_text import plain

LEEWAY: Final = timedelta(minutes=5).total_seconds()
LONGEST_LIFETIME: Final = timedelta(hours=25).total_seconds()
_LATEST: Final = 1e11
"""Seconds since 1970; no number of a token is beyond the year 5138."""

Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """Whose tokens are accepted: ids are canonical GUIDs, the issuer is compared to the letter."""

    issuer: str
    tenant_id: str
    audience: str
    allowed_client_ids: frozenset[str]
    required_scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Claims with what they are judged by; `now` is in seconds since 1970."""

    claims: Claims
    rules: TokenRules
    now: float

    def number(self, name: str) -> float | None:
        """Return a finite number of a sensible size; True is no number, and NaN is none."""
        value = self.claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if -_LATEST < value < _LATEST else None


def _issuer(judged: _Judged) -> bool:
    return judged.claims.get("iss") == judged.rules.issuer


def _audience(judged: _Judged) -> bool:
    return judged.claims.get("aud") == judged.rules.audience


def _tenant(judged: _Judged) -> bool:
    return judged.claims.get("tid") == judged.rules.tenant_id


def _version(judged: _Judged) -> bool:
    return judged.claims.get("ver") == "2.0"


def _client(judged: _Judged) -> bool:
    client = judged.claims.get("azp")
    return isinstance(client, str) and client in judged.rules.allowed_client_ids


def _scope(judged: _Judged) -> bool:
    scopes = judged.claims.get("scp")
    return isinstance(scopes, str) and judged.rules.required_scope in scopes.split(" ")


def _roles(judged: _Judged) -> bool:
    """Roles are a list or absent; a text that merely holds the role's word is neither."""
    return _texts(judged.claims, "roles") is not None


def _groups(judged: _Judged) -> bool:
    groups = _texts(judged.claims, "groups")
    return groups is not None and all(guid(group) is not None for group in groups)


def _object_id(judged: _Judged) -> bool:
    user = judged.claims.get("oid")
    return isinstance(user, str) and guid(user) is not None


def _user(judged: _Judged) -> bool:
    return judged.claims.get("idtyp") != "app"


def _expiry(judged: _Judged) -> bool:
    expires = judged.number("exp")
    return expires is not None and judged.now < expires + LEEWAY


def _not_before(judged: _Judged) -> bool:
    begins = judged.number("nbf")
    return begins is not None and begins - LEEWAY <= judged.now


def _issued_at(judged: _Judged) -> bool:
    issued = judged.number("iat")
    return issued is not None and issued - LEEWAY <= judged.now


def _lifetime(judged: _Judged) -> bool:
    expires, starts = judged.number("exp"), [judged.number("iat"), judged.number("nbf")]
    return expires is not None and all(
        start is None or expires - start < LONGEST_LIFETIME for start in starts
    )


RULES: Final[Mapping[str, Callable[[_Judged], bool]]] = {
    "iss": _issuer,
    "aud": _audience,
    "tid": _tenant,
    "ver": _version,
    "azp": _client,
    "scp": _scope,
    "roles": _roles,
    "groups": _groups,
    "oid": _object_id,
    "idtyp": _user,
    "exp": _expiry,
    "nbf": _not_before,
    "iat": _issued_at,
    "lifetime": _lifetime,
}


def principal_of(claims: Claims, rules: TokenRules, now: datetime) -> Principal:
    """Return whom the claims speak for.

    Raises InvalidToken with the name of the first rule that is broken, and TooManyGroups where
    Entra left the groups out. Which role is needed is the endpoint's business.
    """
    judged = _Judged(claims=claims, rules=rules, now=now.timestamp())
    for name, holds in RULES.items():
        if not holds(judged):
            raise InvalidToken(name)
    if "_claim_names" in claims or "hasgroups" in claims:
        raise TooManyGroups
    return _principal(claims)


def _principal(claims: Claims) -> Principal:
    groups = _texts(claims, "groups") or ()
    return Principal(
        user_id=UserId(str(claims["oid"]).lower()),
        tenant_id=str(claims["tid"]),
        name=_name(claims),
        client_id=str(claims["azp"]),
        token_id=_text(claims, "uti"),
        roles=frozenset(_texts(claims, "roles") or ()),
        groups=frozenset(GroupId(group.lower()) for group in groups),
        authentication_contexts=frozenset(_texts(claims, "acrs") or ()),
        understands_challenges=_understands_challenges(claims),
    )


def _understands_challenges(claims: Claims) -> bool:
    """Tell whether the client declared `cp1`, in any case: the token repeats the client's spelling.

    https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    return any(each.lower() == "cp1" for each in _texts(claims, "xms_cc") or ())


def _name(claims: Claims) -> str:
    """Return a name for display: it may be anything that somebody typed."""
    for claim in ("name", "preferred_username"):
        if name := plain(_text(claims, claim)):
            return name
    return ""


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return (plain(value) or "") if isinstance(value, str) else ""


def _texts(claims: Claims, name: str) -> tuple[str, ...] | None:
    """Return a claim's texts, none for an absent claim; None for what is no list of texts."""
    value = claims.get(name, [])
    if not isinstance(value, list):
        return None
    texts = tuple(item for item in value if isinstance(item, str))
    return texts if len(texts) == len(value) else None
