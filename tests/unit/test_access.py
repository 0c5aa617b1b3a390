import pytest

from shared.domain.access import (
    CREDENTIAL_MANAGER,
    Portal,
    authorise,
    groups_to_confirm,
    is_managed,
    require_role,
    require_writable,
)
from shared.domain.applications import Application
from shared.domain.errors import (
    ApplicationNotFound,
    ApplicationPrivileged,
    RoleMissing,
    StepUpRequired,
    StepUpUnsupported,
)
from shared.domain.ids import GroupId, PrincipalId
from tests.support.builders import (
    GROUP,
    MICROSOFT_GRAPH,
    OTHER_GROUP,
    PORTAL,
    application,
    numbered,
    permission,
    principal,
)

STRANGER = PrincipalId(numbered(0xA9))
WITH_STEP_UP = Portal(
    client_id=PORTAL.client_id,
    identity=PORTAL.identity,
    resources=PORTAL.resources,
    step_up_context="c1",
)


def test_a_member_of_a_tagged_group_manages_an_application_that_the_identity_owns() -> None:
    mine = application()
    assert authorise(principal(), mine, PORTAL) is mine


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "absent"),
        (application(groups=[]), "unmanaged"),
        (application(owners=[]), "unmanaged"),
        (application(owners=[STRANGER]), "unmanaged"),
        (application(client_id=PORTAL.client_id), "unmanaged"),
        (application(groups=[OTHER_GROUP]), "foreign"),
    ],
)
def test_whatever_else_it_is_the_answer_is_not_found_and_the_log_knows_why(
    found: Application | None, reason: str
) -> None:
    with pytest.raises(ApplicationNotFound, match=reason):
        authorise(principal(), found, PORTAL)


def test_no_name_ever_authorises() -> None:
    named = application(name="Partner-NL-OrganisationName-SMC", groups=[OTHER_GROUP])
    with pytest.raises(ApplicationNotFound):
        authorise(principal(groups=[]), named, PORTAL)


def test_other_owners_do_not_unmanage_an_application() -> None:
    assert is_managed(application(owners=[STRANGER, PORTAL.identity]), PORTAL)


def test_the_role_is_demanded_exactly() -> None:
    require_role(principal(), CREDENTIAL_MANAGER, PORTAL)
    for roles in ([], ["credential_management2"], ["Credential_Management"], ["credential"]):
        with pytest.raises(RoleMissing):
            require_role(principal(roles=roles), CREDENTIAL_MANAGER, PORTAL)


def test_step_up_demands_its_context_after_the_role() -> None:
    require_role(principal(contexts=["c1"]), CREDENTIAL_MANAGER, WITH_STEP_UP)
    with pytest.raises(RoleMissing):
        require_role(principal(roles=[]), CREDENTIAL_MANAGER, WITH_STEP_UP)
    with pytest.raises(StepUpRequired):
        require_role(principal(contexts=["c2"]), CREDENTIAL_MANAGER, WITH_STEP_UP)
    with pytest.raises(StepUpUnsupported):
        require_role(principal(understands_challenges=False), CREDENTIAL_MANAGER, WITH_STEP_UP)


def test_only_the_groups_that_make_the_caller_a_manager_are_confirmed() -> None:
    third = GroupId(numbered(0xB3))
    caller = principal(groups=[GROUP, third])
    assert groups_to_confirm(caller, application(groups=[GROUP, OTHER_GROUP])) == (GROUP,)


def test_no_more_groups_are_confirmed_than_one_request_may_ask() -> None:
    many = [GroupId(numbered(number)) for number in range(30)]
    assert len(groups_to_confirm(principal(groups=many), application(groups=many))) == 20


def test_a_privileged_application_is_not_written() -> None:
    asked = permission(MICROSOFT_GRAPH)
    require_writable(application(), PORTAL)
    with pytest.raises(ApplicationPrivileged):
        require_writable(application(permissions=[asked]), PORTAL)
