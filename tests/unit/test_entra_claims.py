from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.entra_claims import RULES, TokenRules, principal_of
from shared.domain.access import Principal
from shared.domain.errors import InvalidToken, TooManyGroups
from tests.fakes.system import MORNING
from tests.support.builders import GROUP, OTHER_GROUP, USER, numbered

NOW = MORNING.timestamp()
HOUR = 3600
TENANT, PORTAL, FRONTEND = numbered(1), numbered(2), numbered(3)
RULES_OF_OURS = TokenRules(
    issuer=f"https://login.example.org/{TENANT}/v2.0",
    tenant_id=TENANT,
    audience=PORTAL,
    allowed_client_ids=frozenset({PORTAL, FRONTEND}),
    required_scope="Credentials.Manage",
)
GOOD: dict[str, Any] = {
    "iss": RULES_OF_OURS.issuer,
    "aud": PORTAL,
    "tid": TENANT,
    "ver": "2.0",
    "azp": FRONTEND,
    "scp": "Credentials.Manage",
    "roles": ["credential_management"],
    "groups": [GROUP],
    "oid": USER,
    "name": "Jane Doe",
    "uti": "token-id",
    "iat": NOW - 60,
    "nbf": NOW - 60,
    "exp": NOW + HOUR,
}
ABSENT = object()


def judged(**changes: object) -> Principal:
    claims = {k: v for k, v in (GOOD | changes).items() if v is not ABSENT}
    return principal_of(claims, RULES_OF_OURS, MORNING)


DEFECTS: list[tuple[str, dict[str, object]]] = [
    ("iss", {"iss": ABSENT}),
    ("iss", {"iss": "https://login.example.org/common/v2.0"}),
    ("iss", {"iss": RULES_OF_OURS.issuer + "/"}),
    ("iss", {"iss": RULES_OF_OURS.issuer.upper()}),
    ("iss", {"iss": f"https://sts.windows.net/{TENANT}/"}),
    ("iss", {"iss": [RULES_OF_OURS.issuer]}),
    ("aud", {"aud": ABSENT}),
    ("aud", {"aud": [PORTAL]}),
    ("aud", {"aud": [PORTAL, numbered(9)]}),
    ("aud", {"aud": f"api://{PORTAL}"}),
    ("aud", {"aud": PORTAL.upper() + " "}),
    ("aud", {"aud": FRONTEND}),
    ("tid", {"tid": ABSENT}),
    ("tid", {"tid": numbered(9)}),
    ("tid", {"tid": [TENANT]}),
    ("ver", {"ver": ABSENT}),
    ("ver", {"ver": "1.0"}),
    ("ver", {"ver": 2.0}),
    ("azp", {"azp": ABSENT}),
    ("azp", {"azp": numbered(9)}),
    ("azp", {"azp": [FRONTEND]}),
    ("azp", {"azp": ABSENT, "appid": FRONTEND}),
    ("scp", {"scp": ABSENT}),
    ("scp", {"scp": ""}),
    ("scp", {"scp": "User.Read"}),
    ("scp", {"scp": "Credentials.Manage.All"}),
    ("scp", {"scp": "credentials.manage"}),
    ("scp", {"scp": ["Credentials.Manage"]}),
    ("roles", {"roles": "credential_management"}),
    ("roles", {"roles": ["credential_management", 7]}),
    ("roles", {"roles": {"credential_management": True}}),
    ("roles", {"roles": None}),
    ("groups", {"groups": GROUP}),
    ("groups", {"groups": ["everyone"]}),
    ("groups", {"groups": [GROUP, None]}),
    ("oid", {"oid": ABSENT}),
    ("oid", {"oid": "jane.doe@example.org"}),
    ("oid", {"oid": [USER]}),
    ("oid", {"oid": ABSENT, "sub": USER}),
    ("idtyp", {"idtyp": "app"}),
    ("exp", {"exp": ABSENT}),
    ("exp", {"exp": NOW - 301}),
    ("exp", {"exp": NOW - 300}),
    ("exp", {"exp": str(NOW + HOUR)}),
    ("exp", {"exp": True}),
    ("exp", {"exp": float("inf")}),
    ("exp", {"exp": float("nan")}),
    ("exp", {"exp": 10**400}),
    ("nbf", {"nbf": ABSENT}),
    ("nbf", {"nbf": NOW + 301}),
    ("nbf", {"nbf": float("nan")}),
    ("nbf", {"nbf": None}),
    ("iat", {"iat": ABSENT}),
    ("iat", {"iat": NOW + 301}),
    ("iat", {"iat": False}),
    ("iat", {"iat": -(10**400)}),
    ("lifetime", {"iat": NOW - 24 * HOUR}),
    ("lifetime", {"nbf": NOW - 24 * HOUR}),
    ("lifetime", {"exp": NOW + 25 * HOUR}),
]


@pytest.mark.parametrize(("rule", "defect"), DEFECTS, ids=str)
def test_each_defect_is_refused_by_its_own_rule(rule: str, defect: dict[str, object]) -> None:
    with pytest.raises(InvalidToken) as refused:
        judged(**defect)
    assert str(refused.value) == rule


def test_every_rule_has_a_defect_that_only_it_refuses() -> None:
    assert {rule for rule, _ in DEFECTS} == set(RULES)


def test_a_good_token_speaks_for_its_user() -> None:
    assert judged() == Principal(
        user_id=USER,
        tenant_id=TENANT,
        name="Jane Doe",
        client_id=FRONTEND,
        token_id="token-id",  # noqa: S106 - an id, no password
        roles=frozenset({"credential_management"}),
        groups=frozenset({GROUP}),
        authentication_contexts=frozenset(),
        understands_challenges=False,
    )


@pytest.mark.parametrize(
    "harmless",
    [
        {"exp": NOW - 299},
        {"nbf": NOW + 299},
        {"iat": NOW + 299},
        {"iat": int(NOW) - 23 * HOUR, "nbf": int(NOW) - 23 * HOUR},
        {"idtyp": "user"},
        {"scp": "User.Read Credentials.Manage"},
        {"azp": PORTAL},
        {"aio": "whatever", "rh": 1},
    ],
    ids=str,
)
def test_leeway_and_what_no_rule_speaks_of_are_harmless(harmless: dict[str, object]) -> None:
    assert judged(**harmless).user_id == USER


def test_no_roles_and_no_groups_are_not_a_defect_but_none() -> None:
    bare = judged(roles=ABSENT, groups=ABSENT)
    assert (bare.roles, bare.groups) == (frozenset(), frozenset())


@pytest.mark.parametrize("overage", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True}])
def test_groups_that_entra_left_out_are_said_so(overage: dict[str, object]) -> None:
    with pytest.raises(TooManyGroups):
        judged(groups=ABSENT, **overage)
    with pytest.raises(InvalidToken):
        judged(groups=ABSENT, exp=0, **overage)


def test_ids_are_canonical_and_names_cannot_break_a_line() -> None:
    odd = judged(oid=USER.upper(), groups=[OTHER_GROUP.upper()], name="Jane\r\nDoe" + "x" * 200)
    assert odd.user_id == USER
    assert odd.groups == {OTHER_GROUP}
    assert odd.name.startswith("Jane Doex")
    assert len(odd.name) == 120


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": ABSENT, "preferred_username": "jane.doe@example.org"}, "jane.doe@example.org"),
        ({"name": ["Jane"], "preferred_username": ABSENT}, ""),
        ({"name": " "}, ""),
    ],
)
def test_a_missing_name_is_made_up_for(claims: dict[str, object], name: str) -> None:
    assert judged(**claims).name == name


def test_step_up_is_read_from_acrs_and_the_clients_capability() -> None:
    stepped = judged(acrs=["c1", "urn:user:registersecurityinfo"], xms_cc=["llt", "cp1"])
    assert "c1" in stepped.authentication_contexts
    assert stepped.understands_challenges
    plain = judged(acrs="c1", xms_cc="cp1")
    assert (plain.authentication_contexts, plain.understands_challenges) == (frozenset(), False)


def test_the_capability_counts_in_any_case_and_no_other_one_does() -> None:
    for able in ("CP1", "Cp1"):
        assert judged(xms_cc=[able]).understands_challenges
    for other in ("cp10", "llt", ""):
        assert not judged(xms_cc=[other]).understands_challenges


def test_leeway_is_five_minutes_to_the_second() -> None:
    late = MORNING + timedelta(seconds=HOUR + 299.9)
    assert principal_of(GOOD, RULES_OF_OURS, late)
    with pytest.raises(InvalidToken, match="exp"):
        principal_of(GOOD, RULES_OF_OURS, late + timedelta(seconds=0.2))
