"""Reads of the directory what the file names, before anything is judged or changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from infra.adopt.graph import Graph
from infra.adopt.graph_requests import AdministrationRequests, equals, holds
from infra.adopt.names import alike, group_key, group_word
from infra.adopt.rows import Row
from infra.adopt.tenant import FoundGroup, Person, PortalPrincipal, Registration, Tenant
from shared.adapters.graph_directory import GraphDirectory
from shared.domain.access import CREDENTIAL_MANAGER, Portal
from shared.domain.errors import DirectoryUnavailable
from shared.domain.ids import ClientId, GroupId, PrincipalId, UserId, guid

Item = TypeVar("Item")

COMPARISONS = 15
"""Graph refuses a filter with more."""


class Misconfigured(Exception):
    """The directory does not hold what the command was told of the portal; it says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyor:
    """Reads the directory, one request after the other."""

    graph: Graph
    requests: AdministrationRequests
    directory: GraphDirectory

    async def tenant(self, rows: Sequence[Row], portal: Portal) -> Tenant:
        """Return what the rows name; DirectoryUnavailable unless all of it can be read."""
        return Tenant(
            portal=portal,
            registrations=await self._registrations({row.client_id for row in rows}),
            groups=await self._groups({row.group_key: row.group for row in rows}),
            people=await self._people({row.user for row in rows if row.user}),
        )

    async def _registrations(self, client_ids: set[ClientId]) -> Mapping[ClientId, Registration]:
        wanted = sorted(client_ids)
        names: dict[str, str | None] = {}
        for some in _chunks(wanted, COMPARISONS):
            for each in await self.graph.every("applications", self.requests.unique_names(some)):
                names[_text(each, "appId").lower()] = each.get("uniqueName")
        applications = await self.directory.applications(wanted)
        return {
            each.client_id: Registration(application=each, unique_name=names.get(each.client_id))
            for each in applications
        }

    async def _groups(self, names: Mapping[str, str]) -> Mapping[str, tuple[FoundGroup, ...]]:
        """Find groups by object id or name, and by the uniqueName that an earlier run gave them."""
        found: dict[str, list[FoundGroup]] = {key: [] for key in names}
        for some in _chunks(sorted(names), COMPARISONS):
            comparisons = [_group_comparison(names[key]) for key in some]
            for each in await self.graph.every("groups", self.requests.groups(comparisons)):
                key, group_id = group_key(each.get("displayName") or ""), _text(each, "id").lower()
                for name in {key, group_id} & found.keys():
                    found[name].append(_group(each))
        for key in [key for key, groups in found.items() if not groups and not guid(key)]:
            made = await self.graph.one("group", self.requests.group_called(group_word(key)))
            found[key] += [_group(made)] if made else []
        with_role = await self.directory.groups_with_role()
        return {
            key: tuple([await self._whole(each, with_role) for each in groups])
            for key, groups in found.items()
        }

    async def _whole(self, group: FoundGroup, with_role: frozenset[GroupId]) -> FoundGroup:
        members = await self.directory.members(group.group_id)
        return replace(
            group,
            members=frozenset(member.user_id for member in members),
            has_role=group.group_id in with_role,
        )

    async def _people(self, named: set[str]) -> Mapping[str, tuple[Person, ...]]:
        people: dict[UserId, Person] = {}
        comparisons = [_user_comparisons(name) for name in sorted(named)]
        for some in _chunks(comparisons, COMPARISONS // 3):
            request = self.requests.users([each for several in some for each in several])
            for document in await self.graph.every("users", request):
                person = _person(document)
                people[person.user_id] = person
        return {
            name: tuple(each for each in people.values() if name in {each.user_id, *each.names})
            for name in named
        }


async def portal_principal(
    graph: Graph, requests: AdministrationRequests, client_id: ClientId, identity: PrincipalId
) -> PortalPrincipal:
    """Return the portal's service principal and role; Misconfigured if one is not there."""
    portal = await graph.one("servicePrincipal", requests.principal_of(client_id))
    if portal is None:
        raise Misconfigured(f"no service principal has the client id {client_id}")
    if await graph.one("servicePrincipal", requests.principal(identity)) is None:
        raise Misconfigured(
            f"there is no service principal {identity}: the identity's object id is wanted"
            " (IDENTITY_PRINCIPAL_ID), not its client id"
        )
    roles = [each for each in portal.get("appRoles") or () if _is_for_managers(each)]
    if len(roles) != 1:
        raise Misconfigured(f"{client_id} has no role {CREDENTIAL_MANAGER} that groups can have")
    return PortalPrincipal(
        principal_id=PrincipalId(_text(portal, "id").lower()),
        role_id=_text(roles[0], "id").lower(),
    )


def _is_for_managers(role: Mapping[str, Any]) -> bool:
    return (
        role.get("value") == CREDENTIAL_MANAGER
        and role.get("isEnabled") is True
        and "User" in (role.get("allowedMemberTypes") or ())
    )


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def _group_comparison(name: str) -> str:
    group_id = guid(name)
    return equals("id", group_id) if group_id else equals("displayName", name)


def _user_comparisons(name: str) -> list[str]:
    if guid(name):
        return [equals("id", name)]
    return [
        equals("userPrincipalName", name),
        equals("mail", name),
        holds("otherMails", name),
    ]


def _group(document: Mapping[str, Any]) -> FoundGroup:
    return FoundGroup(
        group_id=GroupId(_text(document, "id").lower()),
        display_name=document.get("displayName") or "",
        unsuitable=_unsuitable(document),
    )


def _unsuitable(group: Mapping[str, Any]) -> str | None:
    """Return why a group decides nothing that the portal could rely on."""
    kinds = group.get("groupTypes") or ()
    if "DynamicMembership" in kinds:
        return "its members follow a rule: an assigned group is wanted"
    if "Unified" in kinds or group.get("mailEnabled") or not group.get("securityEnabled"):
        return "it is no plain security group"
    if group.get("onPremisesSyncEnabled"):
        return "it is synchronised from another directory, and can be changed there alone"
    return None


def _person(document: Mapping[str, Any]) -> Person:
    names = [document.get("userPrincipalName"), document.get("mail")]
    names += document.get("otherMails") or ()
    return Person(
        user_id=UserId(_text(document, "id").lower()),
        names=frozenset(alike(name) for name in names if name),
        enabled=document.get("accountEnabled") is True,
    )


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise DirectoryUnavailable(f"an object without {name}")
    return value
