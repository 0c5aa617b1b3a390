"""What stands against a file: each fault at the line that shows it, and all of them at once."""

import pytest

from infra.adopt.judging import faults
from infra.adopt.tenant import Tenant
from shared.domain.applications import Application, Permission
from shared.domain.ids import GroupId
from tests.support.builders import (
    CLIENT,
    GROUP,
    IDENTITY,
    MICROSOFT_GRAPH,
    OTHER_CLIENT,
    OTHER_GROUP,
    PORTAL,
    SEARCH_AND_MATCH,
    application,
    numbered,
)
from tests.unit.adopt.scene import JANE, JOHN, KEY, NAME, UNTOUCHED, found, person, rows, tenant

ROW = f"{CLIENT},{NAME},{JANE}"


def judged(tenant: Tenant, *lines: str, off_pattern_allowed: bool = False) -> list[str]:
    told = faults(rows(*lines or (ROW,)), tenant, off_pattern_allowed=off_pattern_allowed)
    return [f"{each.line}: {each.reason}" for each in told]


def asking(app_id: str, *, as_application: bool) -> Application:
    permission = Permission(
        resource_app_id=app_id,
        permission_id=numbered(0xB1),
        is_application_permission=as_application,
    )
    return application(groups=(), owners=(), permissions=[permission])


def test_an_ordinary_file_has_no_fault() -> None:
    assert judged(tenant()) == []
    assert judged(tenant(groups={KEY: (found(),)}), ROW, f"{CLIENT},{NAME},{JOHN}") == []


def test_an_application_that_does_not_exist_is_never_made() -> None:
    told = judged(tenant(), ROW, f"{OTHER_CLIENT},{NAME},", f"{OTHER_CLIENT},{NAME},{JANE}")
    assert told == [f"3: there is no application {OTHER_CLIENT}"]


def test_the_portals_own_registration_is_refused() -> None:
    own = application(client_id=PORTAL.client_id, groups=(), owners=())
    (told,) = judged(tenant(own), f"{PORTAL.client_id},{NAME},")
    assert "the portal's own registration" in told


def test_what_is_retired_stays_so() -> None:
    retired = application(groups=(), owners=(), tags=["credential-portal:ignore"])
    (told,) = judged(tenant(retired))
    assert "retired" in told


@pytest.mark.parametrize(
    ("app_id", "as_application", "refused"),
    [
        (MICROSOFT_GRAPH, True, True),
        (MICROSOFT_GRAPH, False, False),
        (SEARCH_AND_MATCH, True, False),
    ],
)
def test_a_secret_that_would_open_more_than_the_resources_is_refused_whatever_is_allowed(
    app_id: str,
    *,
    as_application: bool,
    refused: bool,
) -> None:
    told = judged(tenant(asking(app_id, as_application=as_application)), off_pattern_allowed=True)
    assert [("outside RESOURCES" in each) for each in told] == [True] * refused


def test_a_name_off_the_pattern_is_refused_unless_it_is_allowed() -> None:
    legacy = tenant(application(name="Legacy", groups=(), owners=()))
    (told,) = judged(legacy)
    assert "off the pattern" in told
    assert judged(legacy, off_pattern_allowed=True) == []


def test_tags_that_had_no_effect_are_not_given_one_unseen() -> None:
    tagged = application(groups=[GROUP, OTHER_GROUP], owners=())
    (told,) = judged(tenant(tagged, groups={KEY: (found(),)}))
    assert told.endswith(f"it is tagged with groups that no line names: {OTHER_GROUP}")
    named = tenant(tagged, groups={KEY: (found(),), OTHER_GROUP: (found(OTHER_GROUP),)})
    assert judged(named, ROW, f"{CLIENT},{OTHER_GROUP},") == []


@pytest.mark.parametrize(("tagged", "refused"), [(19, False), (20, True)])
def test_an_application_has_twenty_groups_at_most(tagged: int, *, refused: bool) -> None:
    groups = [GroupId(numbered(each)) for each in range(tagged)]
    told = judged(tenant(application(groups=groups, owners=[IDENTITY])))
    assert [("more than 20 groups" in each) for each in told] == [True] * refused


def test_a_name_that_several_groups_have_names_none() -> None:
    (told,) = judged(tenant(groups={KEY: (found(), found(OTHER_GROUP))}))
    assert told == f"2: 2 groups are called {NAME}: give the object id of one"


def test_a_group_that_decides_nothing_reliable_is_refused() -> None:
    (told,) = judged(tenant(groups={KEY: (found(unsuitable="its members follow a rule"),)}))
    assert told == f"2: group {NAME}: its members follow a rule"


def test_a_group_given_by_its_id_must_exist() -> None:
    assert judged(tenant(groups={GROUP: ()}), f"{CLIENT},{GROUP},") == [
        f"2: there is no group {GROUP}"
    ]


def test_users_must_be_known_enabled_and_one() -> None:
    people = {
        JANE: (person(enabled=False),),
        JOHN: (),
        "both@example.org": (person(), person()),
    }
    told = judged(
        tenant(people=people), ROW, f"{CLIENT},{NAME},{JOHN}", f"{CLIENT},{NAME},both@example.org"
    )
    assert [each[:35] for each in told] == [
        f"2: the account of {JANE} is disabled"[:35],
        f"3: there is no user {JOHN}: invite"[:35],
        "4: 2 users are known as both@example.org"[:35],
    ]


def test_two_applications_of_one_name_cannot_both_be_unique_by_it() -> None:
    twins = tenant(UNTOUCHED, application(client_id=OTHER_CLIENT, groups=(), owners=()))
    told = judged(twins, ROW, f"{OTHER_CLIENT},{NAME},")
    assert told == [
        f"{line}: 2 applications are called partner-nl-organisationname-smc" for line in (2, 3)
    ]
