"""What is to be done, and in which order."""

from infra.adopt.planning import Step, planned
from infra.adopt.report import described
from infra.adopt.tenant import Tenant
from shared.domain.ids import PrincipalId
from tests.support.builders import (
    CLIENT,
    GROUP,
    IDENTITY,
    OTHER_CLIENT,
    USER,
    application,
    numbered,
)
from tests.unit.adopt.scene import (
    JANE,
    JOHN,
    KEY,
    NAME,
    OTHER_USER,
    UNTOUCHED,
    found,
    person,
    rows,
    tenant,
)

APPLICATION = f"{UNTOUCHED.display_name} {CLIENT}"


def steps(tenant: Tenant, *lines: str) -> list[Step]:
    return planned(rows(*lines), tenant)


def to_do(found: list[Step]) -> list[str]:
    return [described(step.action) for step in found if not step.is_so]


def test_the_tag_comes_last_since_it_puts_the_application_under_the_portals_care() -> None:
    assert to_do(steps(tenant(), f"{CLIENT},{NAME},{JANE}")) == [
        f"make group {NAME}",
        f"assign the role to group {NAME}",
        f"add {JANE} to group {NAME}",
        f"make the identity an owner of {APPLICATION}",
        f"set uniqueName of {APPLICATION} to partner-nl-organisationname-smc",
        f"tag {APPLICATION} with group {NAME}",
    ]


def test_rows_that_share_a_group_or_an_application_share_its_steps() -> None:
    both = tenant(
        UNTOUCHED,
        application(
            client_id=OTHER_CLIENT, name="Partner-NL-OrganisationName-DM", groups=(), owners=()
        ),
    )
    lines = [
        f"{client},{NAME},{user}" for client in (CLIENT, OTHER_CLIENT) for user in (JANE, JOHN)
    ]
    found = steps(both, *lines)
    kinds = [type(step.action).__name__ for step in found]
    of_an_application = ["AddOwner", "SetUniqueName", "AddTags"]
    of_the_group = ["MakeGroup", "AssignRole", "AddMember", "AddMember"]
    assert kinds == [*of_the_group, *of_an_application, *of_an_application]
    assert [step.lines for step in found] == [
        (2, 3, 4, 5),
        (2, 3, 4, 5),
        (2, 4),
        (3, 5),
        *[(2, 3)] * 3,
        *[(4, 5)] * 3,
    ]


def test_a_line_without_a_user_adds_nobody() -> None:
    assert not [each for each in to_do(steps(tenant(), f"{CLIENT},{NAME},")) if "add" in each]


def test_what_is_so_already_is_said_and_not_done() -> None:
    managed = application(groups=[GROUP], owners=[IDENTITY])
    whole = tenant(
        managed,
        groups={KEY: (found(members=[USER], has_role=True),)},
        unique_name="some-older-name",
    )
    found_steps = steps(whole, f"{CLIENT},{NAME},{JANE}")
    assert to_do(found_steps) == []
    assert len(found_steps) == 6


def test_one_group_called_by_name_and_by_id_is_one_group() -> None:
    here = tenant(groups={KEY: (found(),), GROUP: (found(),)})
    found_steps = steps(here, f"{CLIENT},{NAME},{JANE}", f"{CLIENT},{GROUP},{JOHN}")
    kinds = [type(step.action).__name__ for step in found_steps]
    assert kinds.count("MakeGroup") == kinds.count("AssignRole") == kinds.count("AddTags") == 1
    assert kinds.count("AddMember") == 2


def test_one_person_called_by_two_addresses_is_added_once() -> None:
    jane = person(USER, JANE, "jane@example.com")
    here = tenant(people={JANE: (jane,), "jane@example.com": (jane,)})
    added = [
        step
        for step in steps(here, f"{CLIENT},{NAME},{JANE}", f"{CLIENT},{NAME},jane@example.com")
        if type(step.action).__name__ == "AddMember"
    ]
    assert [step.lines for step in added] == [(2, 3)]


def test_members_and_owners_whom_no_line_names_are_told_of() -> None:
    somebody = PrincipalId(numbered(0xAA))
    shared = application(groups=(), owners=[IDENTITY, somebody])
    here = tenant(shared, groups={KEY: (found(members=[USER, OTHER_USER]),)})
    notes = [step.note for step in steps(here, f"{CLIENT},{NAME},{JANE}") if step.note]
    assert notes == ["it has 1 further members, whom no line names", "it has 1 further owners"]
