"""What is found of applications, kind by kind, and what is not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.applications import Application, Resource
from shared.domain.findings import (
    Coverage,
    Examined,
    Finding,
    Grant,
    Grants,
    coverage,
    is_examined,
)
from shared.domain.ids import ClientId, PrincipalId
from shared.domain.messages import Unreachable
from shared.domain.reports import Kind, Unread
from tests.fakes.system import MORNING
from tests.support.builders import (
    IDENTITY,
    MICROSOFT_GRAPH,
    SEARCH_AND_MATCH,
    application,
    numbered,
    permission,
    secret,
)
from tests.support.builders import PORTAL as SOME_PORTAL

SANDBOX = numbered(0x5A)
PORTAL = replace(
    SOME_PORTAL,
    resources={
        **SOME_PORTAL.resources,
        SANDBOX: Resource(name="Match-Connect", environment="sandbox"),
    },
    step_up_context="c1",
)
ASKED = permission()
OTHER = PrincipalId(numbered(0xA7))
ALTERNATIVE = "PartnerAlternative-NL-Dummy-SMC"


def grant(resource: str = SEARCH_AND_MATCH, permission_id: str = ASKED.permission_id) -> Grant:
    return Grant(
        resource_app_id=resource,
        resource_name="Some API",
        permission=permission_id,
        is_application_permission=True,
    )


SOUND = Examined(
    application=application(secret(1), permissions=[ASKED]),
    managers=2,
    unreachable=None,
    grants=Grants(permissions=(grant(),)),
    made_here=frozenset({secret(number).key_id for number in range(10)}),
)


def being(found: Application, **changes: object) -> Examined:
    return replace(SOUND, application=found, **changes)  # type: ignore[arg-type]  # as a test says


def found_of(*examined: Examined) -> Coverage:
    return coverage(examined, PORTAL, MORNING, ())


def kinds(found: Coverage) -> set[Kind]:
    return {each.kind for each in found.findings if each.is_found}


def only(found: Coverage) -> Finding:
    (finding,) = (each for each in found.findings if each.is_found)
    return finding


def named(*names: str) -> Iterable[Examined]:
    for number, name in enumerate(names):
        client_id = ClientId(numbered(number))
        yield being(application(name=name, client_id=client_id, permissions=[ASKED]))


def test_nothing_is_found_of_an_application_as_it_should_be() -> None:
    found = found_of(SOUND)
    assert kinds(found) == set()
    assert found.examined == 1


def test_every_kind_is_told_in_its_order_found_or_not() -> None:
    assert [each.kind for each in found_of().findings] == list(Kind)


@pytest.mark.parametrize(
    ("examined", "kind", "details"),
    [
        (replace(SOUND, managers=0, unreachable=Unreachable.GROUP_EMPTY), Kind.NO_MANAGER, "empty"),
        (replace(SOUND, managers=1), Kind.ONE_MANAGER, ""),
        (
            replace(SOUND, managers=1, unreachable=Unreachable.GROUP_UNREADABLE),
            Kind.ONE_MANAGER,
            "unreadable",
        ),
        (
            being(application(secret(1), owners=[OTHER], permissions=[ASKED])),
            Kind.NOT_OWNED,
            "",
        ),
        (
            being(application(secret(1), owners=[OTHER, IDENTITY], permissions=[ASKED])),
            Kind.OTHER_OWNERS,
            OTHER,
        ),
        (
            replace(SOUND, grants=Grants(permissions=(grant(), grant(MICROSOFT_GRAPH)))),
            Kind.EXCESSIVE_GRANTS,
            "Some API",
        ),
        (
            replace(SOUND, grants=Grants(permissions=(grant(),), directory_roles=("Reader",))),
            Kind.EXCESSIVE_GRANTS,
            "directory role Reader",
        ),
        (replace(SOUND, grants=Grants()), Kind.NOT_GRANTED, "Search and Match production"),
        (
            replace(SOUND, grants=Grants(permissions=(grant(permission_id=numbered(1)),))),
            Kind.NOT_GRANTED,
            ASKED.permission_id,
        ),
        (
            being(application(secret(1), name=ALTERNATIVE, permissions=[ASKED])),
            Kind.ALTERNATIVE_BEYOND_SANDBOX,
            "Search and Match production",
        ),
        (
            being(application(secret(1), name="Legacy", permissions=[ASKED])),
            Kind.OFF_PATTERN,
            "",
        ),
        (
            being(application(tags=["credential-portal:ignore"], permissions=[ASKED])),
            Kind.RETIRED,
            "",
        ),
    ],
    ids=lambda given: given.value if isinstance(given, Kind) else "",
)
def test_one_thing_wrong_is_one_finding(examined: Examined, kind: Kind, details: str) -> None:
    finding = only(found_of(SOUND, examined))
    assert finding.kind is kind
    (concern,) = finding.concerns
    assert concern.application == examined.application
    assert details in "; ".join(concern.details)
    assert bool(details) == bool(concern.details)


@pytest.mark.parametrize(
    ("secrets", "found"),
    [
        ([secret(1, days_left=43)], {}),
        ([secret(1, days_left=42)], {Kind.NO_SUCCESSOR: [1]}),
        ([secret(1, days_left=-1)], {Kind.NO_SUCCESSOR: [1]}),
        ([secret(1, days_left=5), secret(2, days_left=43)], {}),
        ([secret(1, days_left=5), secret(2, days_left=6)], {Kind.NO_SUCCESSOR: [2]}),
        ([secret(1, days_left=-5), secret(2, days_left=43)], {Kind.EXPIRED_LEFTOVER: [1]}),
        (
            [secret(1, days_left=-5), secret(2, days_left=-1)],
            {Kind.EXPIRED_LEFTOVER: [1], Kind.NO_SUCCESSOR: [2]},
        ),
        ([secret(1, days_left=300, age=65)], {}),
        ([secret(1, days_left=300, age=66)], {Kind.LONG_LIVED: [1]}),
        ([secret(1, days_left=-1, age=900), secret(2)], {Kind.EXPIRED_LEFTOVER: [1]}),
        ([secret(77)], {Kind.MADE_ELSEWHERE: [77]}),
        ([secret(77, days_left=-1), secret(2)], {Kind.EXPIRED_LEFTOVER: [77]}),
        ([], {}),
    ],
)
def test_secrets_are_found_by_their_ends_lives_and_makers(
    secrets: list[object], found: dict[Kind, list[int]]
) -> None:
    examined = being(application(*secrets, permissions=[ASKED]))  # type: ignore[arg-type]  # secrets
    told = {
        each.kind: [one.key_id for concern in each.concerns for one in concern.secrets]
        for each in found_of(examined).findings
        if each.is_found
    }
    assert told == {kind: [numbered(each) for each in keys] for kind, keys in found.items()}


def test_a_retired_application_is_not_judged_further() -> None:
    retired = application(
        secret(77, days_left=-1), name="Old", owners=[OTHER], tags=["credential-portal:ignore"]
    )
    examined = being(retired, managers=0, grants=Grants(directory_roles=("Reader",)))
    assert kinds(found_of(examined)) == {Kind.RETIRED}


def test_an_unmanaged_application_without_a_tag_is_nobodys_rather_than_not_owned() -> None:
    found = found_of(
        being(
            application(groups=[], owners=[], permissions=[ASKED]),
            managers=0,
            unreachable=Unreachable.UNMANAGED,
        )
    )
    assert only(found).kind is Kind.NO_MANAGER


def test_delegated_permissions_need_no_grant_and_what_is_unread_is_not_missed() -> None:
    asked = [permission(delegated=True)]
    delegated = being(application(secret(1), permissions=asked), grants=Grants())
    unread = replace(SOUND, grants=Grants(is_whole=False))
    found = coverage([delegated, unread], PORTAL, MORNING, [Unread.APPLICATION_GRANTS] * 2)
    assert kinds(found) == set()
    assert found.unread == (Unread.APPLICATION_GRANTS,)


@pytest.mark.parametrize("resource", [SANDBOX, MICROSOFT_GRAPH])
def test_a_dummy_organisation_may_reach_the_sandbox_and_what_is_no_resource(resource: str) -> None:
    asked = application(secret(1), name=ALTERNATIVE, permissions=[permission(resource)])
    held = Grants(permissions=(grant(resource),))
    finding = Kind.ALTERNATIVE_BEYOND_SANDBOX
    assert finding not in kinds(found_of(being(asked, grants=held)))
    beyond = Grants(permissions=(grant(resource), grant(SEARCH_AND_MATCH)))
    assert finding in kinds(found_of(being(asked, grants=beyond)))


def test_a_dummy_organisation_is_judged_whatever_is_wrong_with_its_name() -> None:
    asked = application(secret(1), name="partneralternative-nl-Dummy", permissions=[ASKED])
    assert kinds(found_of(being(asked))) == {Kind.ALTERNATIVE_BEYOND_SANDBOX, Kind.OFF_PATTERN}


@pytest.mark.parametrize(
    ("resource", "scope", "delegated", "is_found"),
    [
        (MICROSOFT_GRAPH, "User.Read", True, False),
        (MICROSOFT_GRAPH, "openid", True, False),
        (MICROSOFT_GRAPH, "User.Read", False, True),
        (MICROSOFT_GRAPH, "Mail.Read", True, True),
        (SANDBOX.replace("5a", "5b"), "User.Read", True, True),
    ],
)
def test_what_signs_a_user_in_is_not_excessive_and_anything_else_is(
    resource: str, scope: str, *, delegated: bool, is_found: bool
) -> None:
    held = replace(grant(resource, scope), is_application_permission=not delegated)
    examined = replace(SOUND, grants=Grants(permissions=(grant(), held)))
    assert (Kind.EXCESSIVE_GRANTS in kinds(found_of(examined))) is is_found


def test_without_step_up_mfa_is_not_evidenced_for_anybody() -> None:
    found = coverage([SOUND], replace(PORTAL, step_up_context=None), MORNING, ())
    finding = only(found)
    assert (finding.kind, finding.concerns) == (Kind.MFA_NOT_EVIDENCED, ())


def test_applications_come_by_name_whatever_its_case() -> None:
    finding = next(
        each
        for each in found_of(*named("b", "C", "a", "B")).findings
        if each.kind is Kind.OFF_PATTERN
    )
    assert [each.application.display_name for each in finding.concerns] == ["a", "b", "B", "C"]


@pytest.mark.parametrize(
    ("given", "examined"),
    [
        (application(), True),
        (application(groups=[], owners=[]), True),
        (application(name="Legacy", groups=[], owners=[IDENTITY]), True),
        (application(name="Legacy", owners=[]), True),
        (application(name="Intranet", groups=[], owners=[OTHER]), False),
        (application(client_id=PORTAL.client_id), False),
        (application(tags=["credential-portal:ignore"]), True),
    ],
)
def test_partners_applications_are_examined_by_tag_name_or_owner(
    given: Application, *, examined: bool
) -> None:
    assert is_examined(given, PORTAL) is examined


def test_it_is_as_of_the_instant_that_was_given() -> None:
    later = coverage([SOUND], PORTAL, MORNING + timedelta(days=290), ())
    assert later.at == MORNING + timedelta(days=290)
    assert kinds(later) == {Kind.NO_SUCCESSOR}
