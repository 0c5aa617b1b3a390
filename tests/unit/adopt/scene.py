"""A tenant as the command has read it: one application, one group, two people."""

from collections.abc import Iterable

from infra.adopt.rows import Row, parsed
from infra.adopt.tenant import FoundGroup, Person, Registration, Tenant
from shared.domain.applications import Application
from shared.domain.ids import GroupId, UserId
from tests.support.builders import GROUP, PORTAL, USER, application, numbered

NAME = "Credential managers NL-OrganisationName"
KEY = NAME.lower()
JANE, JOHN = "jane.doe@example.org", "john.roe@example.org"
OTHER_USER = UserId(numbered(0xD2))
UNTOUCHED = application(groups=(), owners=())
"""As it is before anybody has adopted it."""


def person(user_id: UserId = USER, *names: str, enabled: bool = True) -> Person:
    return Person(user_id=user_id, names=frozenset(names or (JANE,)), enabled=enabled)


def found(
    group_id: GroupId = GROUP,
    *,
    members: Iterable[UserId] = (),
    has_role: bool = False,
    unsuitable: str | None = None,
) -> FoundGroup:
    return FoundGroup(
        group_id=group_id,
        display_name=NAME,
        unsuitable=unsuitable,
        members=frozenset(members),
        has_role=has_role,
    )


def tenant(
    *applications: Application,
    groups: dict[str, tuple[FoundGroup, ...]] | None = None,
    people: dict[str, tuple[Person, ...]] | None = None,
    unique_name: str | None = None,
) -> Tenant:
    return Tenant(
        portal=PORTAL,
        registrations={
            each.client_id: Registration(application=each, unique_name=unique_name)
            for each in applications or (UNTOUCHED,)
        },
        groups=groups if groups is not None else {KEY: ()},
        people=people
        if people is not None
        else {JANE: (person(),), JOHN: (person(OTHER_USER, JOHN),)},
    )


def rows(*lines: str) -> list[Row]:
    """Return the rows of a file of these lines, under its heads."""
    return parsed("\n".join(["client id,group,user", *lines]))
