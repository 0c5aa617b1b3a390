"""Makes the changes, one after the other; what depends on a failed one is left for the next run."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from infra.adopt.graph import Graph, Refused, Unreachable
from infra.adopt.graph_requests import AdministrationRequests
from infra.adopt.planning import (
    AddMember,
    AddOwner,
    AddTags,
    AssignRole,
    MakeGroup,
    SetUniqueName,
    Step,
)
from infra.adopt.report import Line, Outcome
from infra.adopt.tenant import Group, PortalPrincipal, Registration
from shared.adapters.graph_answers import parsed
from shared.domain.applications import manager_tags
from shared.domain.errors import TemporarilyUnavailable
from shared.domain.ids import ClientId, GroupId, PrincipalId, guid

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation


class NotReady(Exception):
    """What this change builds on is not there; the argument says what."""


class Administrator:
    """Applies steps in their order, and keeps what later ones build on."""

    def __init__(
        self,
        graph: Graph,
        requests: AdministrationRequests,
        *,
        portal: PortalPrincipal,
        identity: PrincipalId,
    ) -> None:
        self._graph = graph
        self._requests = requests
        self._portal = portal
        self._identity = identity
        self._made: dict[str, GroupId] = {}
        self._with_role: set[str] = set()
        self._owned: set[ClientId] = set()
        self._stopped = ""

    async def applied(self, steps: Sequence[Step]) -> AsyncIterator[Line]:
        """Yield what became of each step, each as soon as it is known."""
        for step in steps:
            if self._stopped and not step.is_so:
                yield Line(step=step, outcome=Outcome.TO_DO, why=self._stopped)
            else:
                yield await self._line(step)

    async def _line(self, step: Step) -> Line:
        if step.is_so:
            self._remember(step)
            return Line(step=step, outcome=Outcome.ALREADY)
        try:
            changed = await self._apply(step)
        except NotReady as missing:
            return Line(step=step, outcome=Outcome.TO_DO, why=str(missing))
        except Refused as refused:
            return Line(step=step, outcome=Outcome.FAILED, why=str(refused))
        except (Unreachable, TemporarilyUnavailable) as fault:
            self._stopped = "not tried, since Graph was out of reach"
            return Line(step=step, outcome=Outcome.FAILED, why=str(fault))
        self._remember(step)
        return Line(step=step, outcome=Outcome.DONE if changed else Outcome.ALREADY)

    def _remember(self, step: Step) -> None:
        match step.action:
            case AssignRole(group=group):
                self._with_role.add(group.key)
            case AddOwner(registration=registration):
                self._owned.add(registration.application.client_id)
            case _:
                pass

    async def _apply(self, step: Step) -> bool:
        """Make a change; return False if it was so already."""
        match step.action:
            case MakeGroup(group=group):
                return await self._make(group)
            case AssignRole(group=group):
                portal = self._portal
                request = self._requests.assign_role(
                    self._id_of(group), portal.principal_id, portal.role_id
                )
                return await self._changed(request, of_new=group.found is None)
            case AddMember(group=group, person=person):
                request = self._requests.add_member(self._id_of(group), person.user_id)
                return await self._changed(request, of_new=group.found is None)
            case AddOwner(registration=registration):
                application = registration.application.object_id
                return await self._changed(self._requests.add_owner(application, self._identity))
            case SetUniqueName(registration=registration, name=name):
                application = registration.application.object_id
                return await self._changed(self._requests.set_unique_name(application, name))
            case AddTags(registration=registration, groups=groups):
                return await self._tag(registration, groups)

    async def _changed(self, request: "RequestInformation", *, of_new: bool = False) -> bool:
        return await self._graph.change(request, of_new=of_new) is not None

    def _id_of(self, group: Group) -> GroupId:
        found = group.found.group_id if group.found else self._made.get(group.key)
        if found is None:
            raise NotReady(f"group {group.name} was not made")
        return found

    async def _make(self, group: Group) -> bool:
        """Make a group; one that an earlier run made answers without its id, which is read."""
        answer = await self._graph.change(self._requests.make_group(group.name, group.word))
        made = parsed(answer.body) if answer else None
        document = made if isinstance(made, dict) else await self._read_made(group)
        group_id = guid(str(document.get("id")))
        if group_id is None:
            raise Refused("Graph does not tell the group's id")
        self._made[group.key] = GroupId(group_id)
        return isinstance(made, dict)

    async def _read_made(self, group: Group) -> dict[str, Any]:
        found = await self._graph.awaited("group", self._requests.group_called(group.word))
        if found is None:
            raise Refused("it was made, but is not to be seen yet: run this again")
        return found

    async def _tag(self, registration: Registration, groups: tuple[Group, ...]) -> bool:
        """Add to the tags as they are now: Graph takes them as a whole, and others may add some."""
        application = registration.application
        wanted = {self._id_of(group) for group in groups}
        without = [group.name for group in groups if group.key not in self._with_role]
        if without:
            raise NotReady(f"group {without[0]} has not got the role")
        if application.client_id not in self._owned:
            raise NotReady("the identity is not an owner")
        shown = await self._graph.one("application", self._requests.tags(application.object_id))
        if shown is None:
            raise Refused("the application is gone")
        now = replace(application, tags=tuple(shown.get("tags") or ()))
        missing = manager_tags(wanted - now.manager_groups)
        if not missing:
            return False
        return await self._changed(
            self._requests.set_tags(application.object_id, [*now.tags, *missing])
        )
