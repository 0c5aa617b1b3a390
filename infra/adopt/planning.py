"""What is to be done, in which order, and what is so already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from infra.adopt.names import unique_name
from infra.adopt.rows import Row
from infra.adopt.tenant import Group, Person, Registration, Tenant
from shared.domain.access import Portal
from shared.domain.applications import Application
from shared.domain.ids import ClientId


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeGroup:
    """Make an assigned security group."""

    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRole:
    """Assign the role of credential managers to a group."""

    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember:
    """Make a user a member of a group."""

    group: Group
    person: Person
    called: str
    """What the file calls the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOwner:
    """Make the portal's identity an owner of an application."""

    registration: Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUniqueName:
    """Give an application its uniqueName."""

    registration: Registration
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTags:
    """Name an application's groups by tags, beside the tags that it has."""

    registration: Registration
    groups: tuple[Group, ...]


Action = MakeGroup | AssignRole | AddMember | AddOwner | SetUniqueName | AddTags


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the report."""

    action: Action
    lines: tuple[int, ...]
    """The lines of the file that ask for it."""
    is_so: bool
    """Nothing is to be done."""
    note: str = ""


def planned(rows: Sequence[Row], tenant: Tenant) -> list[Step]:
    """Return the steps for a file without faults.

    An application is tagged last, since that puts it under the portal's care: by then its group has
    the role and its members, and the identity may change it.
    """
    steps: list[Step] = []
    for group, of_group in _by_group(rows, tenant):
        steps += _steps_of_group(group, of_group, tenant)
    for client_id in dict.fromkeys(row.client_id for row in rows):
        of_application = [row for row in rows if row.client_id == client_id]
        steps += _steps_of_application(client_id, of_application, tenant)
    return steps


def _by_group(rows: Iterable[Row], tenant: Tenant) -> list[tuple[Group, list[Row]]]:
    """Gather rows by group: one may be called by its name and by its object id."""
    found: dict[str, tuple[Group, list[Row]]] = {}
    for row in rows:
        group = tenant.group(row.group, row.group_key)
        found.setdefault(group.key, (group, []))[1].append(row)
    return list(found.values())


def _steps_of_group(group: Group, rows: Sequence[Row], tenant: Tenant) -> Iterator[Step]:
    lines = tuple(row.line for row in rows)
    people = {row.user: tenant.people[row.user][0] for row in rows if row.user}
    yield Step(action=MakeGroup(group=group), lines=lines, is_so=group.found is not None)
    yield Step(
        action=AssignRole(group=group),
        lines=lines,
        is_so=group.found is not None and group.found.has_role,
        note=_note_of_others(group, people.values()),
    )
    for person in dict.fromkeys(people.values()):
        asking = [row for row in rows if row.user and people[row.user] == person]
        yield Step(
            action=AddMember(group=group, person=person, called=asking[0].user or ""),
            lines=tuple(row.line for row in asking),
            is_so=group.found is not None and person.user_id in group.found.members,
        )


def _note_of_others(group: Group, people: Iterable[Person]) -> str:
    """Name the members whom no line names: the role makes credential managers of them too."""
    if group.found is None:
        return ""
    others = len(group.found.members - {person.user_id for person in people})
    return f"it has {others} further members, whom no line names" if others else ""


def _steps_of_application(
    client_id: ClientId, rows: Sequence[Row], tenant: Tenant
) -> Iterator[Step]:
    lines = tuple(row.line for row in rows)
    registration = tenant.registrations[client_id]
    application = registration.application
    groups = tuple(group for group, _ in _by_group(rows, tenant))
    tagged = [group.key in application.manager_groups for group in groups]
    name = registration.unique_name or unique_name(application)
    yield Step(
        action=AddOwner(registration=registration),
        lines=lines,
        is_so=tenant.portal.identity in application.owners,
        note=_note_of_owners(application, tenant.portal),
    )
    yield Step(
        action=SetUniqueName(registration=registration, name=name),
        lines=lines,
        is_so=registration.unique_name is not None,
    )
    yield Step(
        action=AddTags(registration=registration, groups=groups), lines=lines, is_so=all(tagged)
    )


def _note_of_owners(application: Application, portal: Portal) -> str:
    """Tell of owners who can add secrets past the portal, or delete the registration."""
    others = len(application.owners - {portal.identity})
    return f"it has {others} further owners" if others else ""
