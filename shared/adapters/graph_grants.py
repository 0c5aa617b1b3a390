"""What was granted to applications, as Graph tells it of their service principals.

An expanded relationship is cut off at 20 items without a word: where as many come, the relationship
itself is read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from shared.adapters import graph_granted as granted
from shared.adapters.graph_answers import PATIENT
from shared.adapters.graph_reads import Denied, Reads
from shared.concurrency import task_group
from shared.domain.findings import Grant, Grants
from shared.domain.ids import ClientId
from shared.domain.reports import Unread
from shared.ports.directory import Granted

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from shared.adapters.graph_requests import Requests

TOGETHER = 15
"""Service principals that one request asks for: Graph refuses a filter with more comparisons."""

AT_ONCE = 8
EXPANDED_AT_MOST = 20

_Value = TypeVar("_Value")
_Result = TypeVar("_Result")
_ASSIGNMENTS, _MEMBERSHIPS = "appRoleAssignments", "memberOf"


@dataclass(slots=True)
class _Read:
    """What has been read so far, by the service principals' own ids."""

    principals: dict[str, ClientId] = field(default_factory=dict)
    assignments: dict[str, Sequence[granted.Assignment]] = field(default_factory=dict)
    roles: dict[str, Sequence[str]] = field(default_factory=dict)
    consents: Sequence[granted.Consent] = ()
    resources: dict[str, granted.Resource] = field(default_factory=dict)
    unread: set[Unread] = field(default_factory=set)


class GraphGrants:
    """Reads grants over one client of the SDK."""

    def __init__(self, reads: Reads, requests: "Requests") -> None:
        self._reads = reads
        self._requests = requests
        self._places = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, client_ids: Collection[ClientId]) -> Granted:
        """Return what GrantDirectory promises."""
        wanted = sorted(set(client_ids))
        read = _Read()
        if wanted:
            await self._known(read, Unread.APPLICATION_GRANTS, self._assignments(wanted, read))
            await self._known(read, Unread.DIRECTORY_ROLES, self._roles(wanted, read))
            await self._known(read, Unread.DELEGATED_GRANTS, self._consents(read))
            await self._resources(read)
        return Granted(grants=_grants(wanted, read), unread=frozenset(read.unread))

    async def _known(self, read: _Read, what: Unread, reading: Awaitable[None]) -> None:
        try:
            await reading
        except Denied:
            read.unread.add(what)

    async def _assignments(self, wanted: Sequence[ClientId], read: _Read) -> None:
        found = await self._expanded(wanted, _ASSIGNMENTS, read)
        for identifier, documents in found.items():
            read.assignments[identifier] = granted.assignments(_ASSIGNMENTS, documents)

    async def _roles(self, wanted: Sequence[ClientId], read: _Read) -> None:
        found = await self._expanded(wanted, _MEMBERSHIPS, read)
        for identifier, documents in found.items():
            read.roles[identifier] = granted.roles(_MEMBERSHIPS, documents)

    async def _consents(self, read: _Read) -> None:
        operation = "oauth2PermissionGrants"
        documents = await self._all(operation, self._requests.consents_for_all_users())
        read.consents = granted.consents(operation, documents)

    async def _expanded(
        self, wanted: Sequence[ClientId], relationship: str, read: _Read
    ) -> Mapping[str, Sequence[Any]]:
        """Return the relationship's objects by service principal."""

        async def chunk(client_ids: Sequence[ClientId]) -> Sequence[granted.Principal]:
            request = self._requests.service_principals("appId", client_ids, relationship)
            documents = await self._all(relationship, request)
            return granted.principals(relationship, documents)

        async def whole(principal: granted.Principal) -> tuple[str, Sequence[Any]]:
            if len(principal.related) < EXPANDED_AT_MOST:
                return principal.identifier, principal.related
            request = self._requests.related(principal.identifier, relationship)
            return principal.identifier, await self._all(relationship, request)

        chunks = await self._each(_chunks(wanted), chunk)
        asked_for = frozenset(wanted)
        principals = [each for found in chunks for each in found if each.client_id in asked_for]
        read.principals.update((each.identifier, each.client_id) for each in principals)
        return dict(await self._each(principals, whole))

    async def _resources(self, read: _Read) -> None:
        """Learn which applications stand behind the service principals that were named.

        Without them no grant can be judged: nothing of this may be denied.
        """
        named = {each.resource_id for found in read.assignments.values() for each in found}
        named |= {each.resource_id for each in read.consents if each.holder in read.principals}

        async def chunk(identifiers: Sequence[str]) -> None:
            request = self._requests.service_principals("id", identifiers)
            documents = await self._all("servicePrincipals", request, may_be_denied=False)
            read.resources.update(granted.resources("servicePrincipals", documents))

        await self._each(_chunks(sorted(named)), chunk)

    async def _all(
        self, operation: str, first: "RequestInformation", *, may_be_denied: bool = True
    ) -> list[Any]:
        async with self._places:
            pages = self._reads.pages(operation, first, PATIENT, may_be_denied=may_be_denied)
            return [each async for page in pages for each in page]

    async def _each(
        self, items: Sequence[_Value], work: Callable[[_Value], Awaitable[_Result]]
    ) -> list[_Result]:
        async def one(item: _Value) -> _Result:
            return await work(item)

        async with task_group() as tasks:
            running = [tasks.create_task(one(item)) for item in items]
        return [task.result() for task in running]


def _chunks(values: Sequence[_Value]) -> list[Sequence[_Value]]:
    return [values[at : at + TOGETHER] for at in range(0, len(values), TOGETHER)]


def _grants(wanted: Collection[ClientId], read: _Read) -> Mapping[ClientId, Grants]:
    is_whole = Unread.APPLICATION_GRANTS not in read.unread
    of_client = {client_id: identifier for identifier, client_id in read.principals.items()}
    consents: dict[str, list[granted.Consent]] = {}
    for consent in read.consents:
        consents.setdefault(consent.holder, []).append(consent)
    return {
        client_id: Grants(
            permissions=(
                *(_assigned(each, read) for each in read.assignments.get(identifier, ())),
                *(
                    _consented(each, scope, read)
                    for each in consents.get(identifier, ())
                    for scope in each.scopes
                ),
            ),
            directory_roles=tuple(read.roles.get(identifier, ())),
            is_whole=is_whole,
        )
        for client_id in wanted
        for identifier in [of_client.get(client_id, "")]
    }


def _assigned(assignment: granted.Assignment, read: _Read) -> Grant:
    return _grant(assignment.resource_id, assignment.role_id, read, is_application=True)


def _consented(consent: granted.Consent, scope: str, read: _Read) -> Grant:
    return _grant(consent.resource_id, scope, read, is_application=False)


def _grant(resource_id: str, permission: str, read: _Read, *, is_application: bool) -> Grant:
    # A resource that is gone from the tenant is none that is known.
    resource = read.resources.get(resource_id, granted.Resource(app_id="", name=resource_id))
    return Grant(
        resource_app_id=resource.app_id,
        resource_name=resource.name,
        permission=permission,
        is_application_permission=is_application,
    )
