"""The directory: who and what exists, and how late reads show what changed."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, TypeVar, cast

from local.simulators.common import Clock, RequestLog, Traps
from local.simulators.graph.trap_table import TRAPS

if TYPE_CHECKING:
    import asyncio

Item = TypeVar("Item", bound=Mapping[str, Any])


class Credential(TypedDict):
    """A client secret without its value; its instants are as `graph_time` writes them."""

    keyId: str
    displayName: str | None
    hint: str | None
    startDateTime: str
    endDateTime: str


class Application(TypedDict):
    """An app registration."""

    id: str
    appId: str
    displayName: str
    tags: list[str]
    owners: list[str]
    requiredResourceAccess: list[dict[str, Any]]
    passwordCredentials: list[Credential]
    uniqueName: NotRequired[str | None]


class Group(TypedDict):
    """A security group, assigned and of this directory unless told; `members` are ids of users."""

    id: str
    displayName: str
    hasCredentialRole: bool
    hasOperationsRole: NotRequired[bool]
    members: list[str]
    mailNickname: NotRequired[str]
    uniqueName: NotRequired[str]
    groupTypes: NotRequired[list[str]]
    securityEnabled: NotRequired[bool]
    mailEnabled: NotRequired[bool]
    onPremisesSyncEnabled: NotRequired[bool | None]


class ServicePrincipal(TypedDict):
    """What stands for an application in the tenant, and what was granted to it.

    `appRoleAssignments` have appRoleId and resourceId, `oauth2PermissionGrants` scope, resourceId
    and consentType, `memberOf` @odata.type, id and displayName.
    """

    id: str
    appId: str
    displayName: str
    appRoleAssignments: list[dict[str, Any]]
    oauth2PermissionGrants: list[dict[str, Any]]
    memberOf: list[dict[str, Any]]


class Portal(TypedDict):
    """The portal's registration, and the managed identity that calls this Graph.

    `readsDelegatedGrants`: the identity holds DelegatedPermissionGrant.Read.All.
    """

    clientId: str
    servicePrincipalId: str
    identityPrincipalId: str
    credentialRoleId: str
    operationsRoleId: NotRequired[str]
    readsDelegatedGrants: NotRequired[bool]


class World(TypedDict):
    """The whole directory, as `/dev/world` shows and takes it.

    `otherRoleAssignments` are further assignments on the portal's service principal, each with
    appRoleId, principalId, principalType (User, Group or ServicePrincipal), principalDisplayName.
    """

    portal: Portal
    users: list[dict[str, Any]]
    groups: list[Group]
    applications: list[Application]
    otherRoleAssignments: NotRequired[list[dict[str, Any]]]
    servicePrincipals: NotRequired[list[ServicePrincipal]]


def graph_time(instant: datetime) -> str:
    """Write an instant as Graph does: UTC, 7 fractional digits."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def parsed_time(text: str) -> datetime:
    """Read an RFC 3339 instant; ValueError if it is none or has no offset."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    credential: Credential
    added: bool
    at: datetime


class State:
    """The directory, its clock, traps and log. ValueError if the world is not one."""

    def __init__(self, world: Mapping[str, Any], clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.traps = Traps(TRAPS)
        self.log = RequestLog()
        self.load(world)

    def load(self, world: Mapping[str, Any]) -> None:
        """Replace the directory; clock, traps and log stay. ValueError if it is not a world."""
        loaded = _normalised(world)
        self.applications = _by("id", loaded["applications"])
        self.by_app_id = _by("appId", loaded["applications"])
        self.groups = _by("id", loaded["groups"])
        self.users = _by("id", loaded["users"])
        self.principals = _by("id", loaded.get("servicePrincipals", []))
        self._world = loaded
        self.made_groups: set[str] = set()
        self.under_way: dict[str, list[asyncio.Event]] = {}
        self._changes: dict[str, list[_Change]] = {}

    @property
    def world(self) -> World:
        """The directory as it is now, lag ignored. Not a copy."""
        return self._world

    def make_group(self, group: Group) -> None:
        """Add a group, which not every read shows while the trap `group_lag` is on."""
        self.world["groups"].append(group)
        self.groups[group["id"].lower()] = group
        self.made_groups.add(group["id"])

    def seen_group(self, identifier: str) -> Group | None:
        """Return the group that one request sees."""
        group = self.groups.get(identifier.lower())
        late = group is not None and group["id"] in self.made_groups
        return None if late and self.traps.fire("group_lag") else group

    def add(self, application: Application, credential: Credential) -> None:
        """Add a secret to those of the application."""
        application["passwordCredentials"].append(credential)
        self._remember(application, credential, added=True)

    def remove(self, application: Application, credential: Credential) -> None:
        """Remove a secret of the application."""
        application["passwordCredentials"].remove(credential)
        self._remember(application, credential, added=False)

    def _remember(self, application: Application, credential: Credential, *, added: bool) -> None:
        change = _Change(credential=credential, added=added, at=self.clock.now())
        self._changes.setdefault(application["id"], []).append(change)

    @contextmanager
    def reading(self) -> Iterator[Callable[[Application], list[Credential]]]:
        """Yield what tells an application's secrets as one request sees them, lag included.

        A request that was shown something old counts as one firing of the trap `read_lag`.
        """
        lag = self.traps.value("read_lag")
        stale = False

        def credentials(application: Application) -> list[Credential]:
            nonlocal stale
            hidden = self._hidden(application, timedelta(seconds=lag["seconds"])) if lag else []
            stale = stale or bool(hidden)
            return _undone(application["passwordCredentials"], hidden)

        try:
            yield credentials
        finally:
            if stale:
                self.traps.fire("read_lag")

    def _hidden(self, application: Application, lag: timedelta) -> list[_Change]:
        now = self.clock.now()
        changes = self._changes.get(application["id"], [])
        return [each for each in changes if now - lag < each.at <= now]


def _undone(credentials: list[Credential], changes: list[_Change]) -> list[Credential]:
    seen = list(credentials)
    for change in reversed(changes):
        if not change.added:
            seen.append(change.credential)
        elif change.credential in seen:
            seen.remove(change.credential)
    return seen


def _by(key: str, items: Iterable[Item]) -> dict[str, Item]:
    return {each[key].lower(): each for each in items}


def _normalised(world: Mapping[str, Any]) -> World:
    """Return a copy with the instants as Graph writes them; ValueError if it is not a world."""
    loaded = cast("World", copy.deepcopy(dict(world)))
    try:
        for application in loaded["applications"]:
            _check_strings(application, "id", "appId", "displayName")
            _ = [*application["tags"], *application["owners"]]
            for credential in application["passwordCredentials"]:
                credential["startDateTime"] = graph_time(parsed_time(credential["startDateTime"]))
                credential["endDateTime"] = graph_time(parsed_time(credential["endDateTime"]))
        for user in loaded["users"]:
            _check_strings(user, "id", "userPrincipalName")
        for principal in loaded.get("servicePrincipals", []):
            _check_principal(principal)
        known = {user["id"] for user in loaded["users"]}
        for group in loaded["groups"]:
            _check_strings(group, "id", "displayName")
            if not known.issuperset(group["members"]):
                raise ValueError(f"Group {group['id']} has members that are no users.")
        _check_strings(loaded["portal"], "identityPrincipalId", "servicePrincipalId")
    except (KeyError, TypeError) as fault:
        raise ValueError(f"This is not a world: {fault!r}") from fault
    return loaded


def _check_principal(principal: ServicePrincipal) -> None:
    _check_strings(principal, "id", "appId", "displayName")
    for assignment in principal["appRoleAssignments"]:
        _check_strings(assignment, "appRoleId", "resourceId")
    for consent in principal["oauth2PermissionGrants"]:
        _check_strings(consent, "scope", "resourceId", "consentType")
    for membership in principal["memberOf"]:
        _check_strings(membership, "@odata.type", "id")


def _check_strings(item: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(item[name], str):
            raise TypeError(f"{name} is no string")
