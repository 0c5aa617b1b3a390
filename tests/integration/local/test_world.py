"""The sample world holds what the tour, the docs and the tests promise."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.settings import ROOT
from local.world import sample

NOW = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ORGANISATION = re.compile(r"Partner(?:Alternative)?-([A-Z]{2}-.+)-(?:DM|SMC)")


@pytest.fixture
def world() -> dict[str, Any]:
    return sample(NOW)


def application(world: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [a for a in world["applications"] if a["displayName"] == name]
    assert len(found) == 1
    return found[0]


def user(world: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [u for u in world["users"] if u["displayName"] == name]
    assert len(found) == 1
    return found[0]


def days_left(secret: dict[str, Any], now: datetime = NOW) -> int:
    return (datetime.fromisoformat(secret["endDateTime"]).date() - now.date()).days


def managers(world: dict[str, Any], one: dict[str, Any]) -> set[str]:
    tagged = {tag.removeprefix("credential-managers:") for tag in one["tags"]}
    groups = [g for g in world["groups"] if g["id"] in tagged and g["hasCredentialRole"]]
    return {member for group in groups for member in group["members"]}


def owned(world: dict[str, Any], one: dict[str, Any]) -> bool:
    return world["portal"]["identityPrincipalId"] in one["owners"]


def ids(world: dict[str, Any]) -> Iterator[str]:
    yield world["tenantId"]
    portal = world["portal"]
    yield from (portal[name] for name in ("servicePrincipalId", "identityPrincipalId", "clientId"))
    yield from (each["id"] for kind in ("users", "groups") for each in world[kind])
    yield from (each["id"] for each in world["servicePrincipals"])
    for one in world["applications"]:
        yield one["id"]
        if one["appId"] != portal["clientId"]:
            yield one["appId"]
        yield from (secret["keyId"] for secret in one["passwordCredentials"])


def test_it_is_json(world: dict[str, Any]) -> None:
    assert json.loads(json.dumps(world)) == world


def test_every_id_is_a_guid_and_stands_for_one_thing(world: dict[str, Any]) -> None:
    counted = Counter(ids(world))
    assert all(GUID.fullmatch(one) for one in counted)
    assert set(counted.values()) == {1}


def test_ids_stay_the_same_on_another_day(world: dict[str, Any]) -> None:
    assert list(ids(world)) == list(ids(sample(NOW + timedelta(days=100))))


def test_references_lead_somewhere(world: dict[str, Any]) -> None:
    users = {each["id"] for each in world["users"]}
    groups = {each["id"] for each in world["groups"]}
    tags = {tag for one in world["applications"] for tag in one["tags"]}
    owners = {owner for one in world["applications"] for owner in one["owners"]}
    assert all(users.issuperset(group["members"]) for group in world["groups"])
    named = {tag.removeprefix("credential-managers:") for tag in tags}
    assert named <= groups | {"credential-portal:ignore"}
    principals = {each["id"] for each in world["servicePrincipals"]}
    granted = [each for one in world["servicePrincipals"] for each in one["appRoleAssignments"]]
    assert granted
    assert {each["resourceId"] for each in granted} <= principals
    assert owners <= users | {world["portal"]["identityPrincipalId"]}


def test_names_are_unique(world: dict[str, Any]) -> None:
    for kind, key in [
        ("users", "userPrincipalName"),
        ("groups", "displayName"),
        ("applications", "displayName"),
    ]:
        names = [each[key] for each in world[kind]]
        assert len(names) == len(set(names))


def test_every_address_is_at_an_example_domain(world: dict[str, Any]) -> None:
    for each in world["users"]:
        for address in filter(None, [each["mail"], *each["otherMails"]]):
            assert re.fullmatch(r"[a-z.]+@[a-z]*\.?example(\.(org|com|net))?", address)


def test_every_secret_ends_at_the_last_second_of_its_day(world: dict[str, Any]) -> None:
    for one in world["applications"]:
        starts = [secret["startDateTime"] for secret in one["passwordCredentials"]]
        assert len(starts) == len(set(starts))
        for secret in one["passwordCredentials"]:
            assert secret["endDateTime"].endswith("T23:59:59Z")
            assert secret["startDateTime"] < secret["endDateTime"]
            assert datetime.fromisoformat(secret["startDateTime"]) <= NOW


def test_days_are_counted_in_utc() -> None:
    just_before_midnight_in_utc = datetime.fromisoformat("2026-11-22T01:00:00+02:00")
    assert sample(just_before_midnight_in_utc) == sample(NOW)


def test_jane_manages_two_applications_of_one_organisation(world: dict[str, Any]) -> None:
    jane = user(world, "Jane Doe")["id"]
    soon = application(world, "Partner-NL-OrganisationName-SMC")
    later = application(world, "Partner-NL-OrganisationName-DM")
    assert all(jane in managers(world, one) and owned(world, one) for one in (soon, later))
    assert [days_left(secret) for secret in soon["passwordCredentials"]] == [14]
    assert [days_left(secret) for secret in later["passwordCredentials"]] == [300]


def test_a_secret_that_is_due_has_a_newer_one_beside_it(world: dict[str, Any]) -> None:
    alternative = application(world, "PartnerAlternative-NL-OrganisationName-SMC")
    assert [days_left(secret) for secret in alternative["passwordCredentials"]] == [35, 340]
    assert len(alternative["requiredResourceAccess"]) == 1


def test_one_secret_is_at_its_fiftieth_day_and_alone_in_its_organisation(
    world: dict[str, Any],
) -> None:
    watched = application(world, "Partner-PL-Przyklad-DM")
    (secret,) = watched["passwordCredentials"]
    (manager,) = managers(world, watched)
    assert days_left(secret) == 50
    assert secret["startDateTime"] == "2026-11-21T00:00:00Z"
    assert [one for one in world["applications"] if manager in managers(world, one)] == [watched]


def test_another_organisations_manager_shares_nothing_with_jane(world: dict[str, Any]) -> None:
    jane, erika = user(world, "Jane Doe")["id"], user(world, "Erika Mustermann")["id"]
    by_erika = [one for one in world["applications"] if erika in managers(world, one)]
    assert by_erika
    assert not [one for one in by_erika if jane in managers(world, one)]


def test_some_users_are_awkward(world: dict[str, Any]) -> None:
    members = {m: group for group in world["groups"] for m in group["members"]}
    assert not user(world, "Max Mustermann")["accountEnabled"]
    assert members[user(world, "Max Mustermann")["id"]]["hasCredentialRole"]
    guest = user(world, "Jean Dupont")
    assert (guest["mail"], guest["userType"]) == (None, "Guest")
    assert guest["otherMails"]
    assert "#EXT#" in guest["userPrincipalName"]
    assert not members[user(world, "Mario Rossi")["id"]]["hasCredentialRole"]
    assert user(world, "Nomen Nescio")["id"] not in members


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("Partner-NO-Eksempel-SMC", 20),
        ("Partner-IT-Esempio-SMC", 40),
        ("Partner-ES-Ejemplo-DM", 10),
    ],
)
def test_nobody_can_be_reached_for_some_due_secrets(
    world: dict[str, Any], name: str, days: int
) -> None:
    one = application(world, name)
    assert managers(world, one) == set()
    assert [days_left(secret) for secret in one["passwordCredentials"]] == [days]


def test_some_applications_are_awkward(world: dict[str, Any]) -> None:
    assert application(world, "Partner-ES-Ejemplo-DM")["tags"] == []
    foreign = application(world, "Partner-BE-Voorbeeld-SMC")
    assert foreign["tags"]
    assert not owned(world, foreign)
    assert application(world, "Partner-FR-Registre-Exemple-DM")["passwordCredentials"] == []
    lapsed = application(world, "Partner-AT-Beispiel-SMC")
    assert [days_left(secret) for secret in lapsed["passwordCredentials"]] == [-3]
    assert ORGANISATION.fullmatch("Legacy Search Client") is None
    assert managers(world, application(world, "Legacy Search Client"))
    nameless = application(world, "Partner-DE-Some-Org-SMC")["passwordCredentials"][1]
    assert (nameless["displayName"], nameless["hint"]) == (None, None)


def test_one_application_could_open_more_than_the_partners_apis(world: dict[str, Any]) -> None:
    graph = "00000003-0000-0000-c000-000000000000"
    privileged = [
        one["displayName"]
        for one in world["applications"]
        for access in one["requiredResourceAccess"]
        if access["resourceAppId"] == graph
        and any(permission["type"] == "Role" for permission in access["resourceAccess"])
    ]
    assert privileged == ["Partner-DE-Some-Org-DM"]


def test_one_user_looks_after_all_applications_and_manages_none(world: dict[str, Any]) -> None:
    (group,) = [each for each in world["groups"] if each.get("hasOperationsRole")]
    joe = user(world, "Joe Bloggs")["id"]
    assert group["members"] == [joe]
    assert not [one for one in world["applications"] if joe in managers(world, one)]


def test_there_are_several_organisations_and_some_that_are_none(world: dict[str, Any]) -> None:
    names = [one["displayName"] for one in world["applications"]]
    organisations = {found[1] for name in names if (found := ORGANISATION.fullmatch(name))}
    assert {"NL-OrganisationName", "DE-Some-Org"} <= organisations
    assert len(organisations) >= 5
    portal = application(world, "API Credentials Portal")
    assert portal["appId"] == world["portal"]["clientId"]
    assert [n for n in names if not n.startswith("Partner")]


def test_the_sample_settings_name_the_same_tenant(world: dict[str, Any]) -> None:
    values = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    portal = world["portal"]
    assert values["TENANT_ID"] == world["tenantId"]
    assert world["tenantId"] in values["TOKEN_AUTHORITY"]
    assert values["PORTAL_CLIENT_ID"] == portal["clientId"]
    assert values["PORTAL_SERVICE_PRINCIPAL_ID"] == portal["servicePrincipalId"]
    assert values["IDENTITY_PRINCIPAL_ID"] == portal["identityPrincipalId"]
    assert values["CREDENTIAL_ROLE_ID"] == portal["credentialRoleId"]
    assert values["REQUIRED_SCOPE"] == portal["scope"]
