"""Who may sign in, and who is signed in. Instants are the machine's own."""

import copy
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from local.simulators.common import Clock, RequestLog, Traps, real_now
from local.simulators.identity.errors import disabled, invalid_grant
from local.simulators.identity.grants import Grants
from local.simulators.identity.keys import KeyRing
from local.simulators.identity.trap_table import TRAPS

CREDENTIAL_ROLE = "credential_management"
OPERATIONS_ROLE = "credential_operations"


class User(TypedDict):
    """A user, as far as tokens tell of one."""

    id: str
    displayName: str
    userPrincipalName: str
    accountEnabled: bool


class Group(TypedDict):
    """A security group; `members` are ids of users."""

    id: str
    displayName: str
    hasCredentialRole: bool
    hasOperationsRole: NotRequired[bool]
    members: list[str]


class Portal(TypedDict):
    """The portal's registration."""

    clientId: str
    scope: str


class World(TypedDict):
    """The part of the directory that this provider reads; what else is in it, it keeps.

    `clients` are further client ids whose users may sign in, such as another frontend's.
    """

    tenantId: str
    portal: Portal
    users: list[User]
    groups: list[Group]
    clients: NotRequired[list[str]]


class State:
    """The provider, its keys, traps and log. ValueError if the world is not one.

    `clock` can be moved as every simulator's can, and moves nothing here: tokens stay valid.
    """

    def __init__(
        self,
        world: Mapping[str, Any],
        *,
        clock: Clock | None = None,
        keys: KeyRing | None = None,
        real: Callable[[], datetime] = real_now,
    ) -> None:
        self.clock = clock or Clock()
        self.keys = keys or KeyRing()
        self.now = real
        self.traps = Traps(TRAPS)
        self.log = RequestLog()
        self.grants = Grants(real)
        self._sessions: dict[str, str] = {}
        self.load(world)

    def load(self, world: Mapping[str, Any]) -> None:
        """Replace the directory; sessions and keys stay. ValueError if it is not a world."""
        loaded = cast("World", copy.deepcopy(dict(world)))
        try:
            users = {user["id"]: user for user in loaded["users"]}
            names = {user["userPrincipalName"].lower(): user for user in loaded["users"]}
            _check(loaded, users)
        except (AttributeError, KeyError, TypeError) as fault:
            raise ValueError(f"This is not a world: {fault!r}") from fault
        self.world, self._users, self._names = loaded, users, names

    @property
    def clients(self) -> set[str]:
        """The client ids that may ask for tokens."""
        return {self.world["portal"]["clientId"], *self.world.get("clients", [])}

    def named(self, name: str) -> User | None:
        """Return the user with this userPrincipalName, in any case."""
        return self._names.get(name.lower())

    def able(self, user_id: str) -> User:
        """Return the user; Refusal if there is none or the account is disabled."""
        user = self._users.get(user_id)
        if user is None:
            raise invalid_grant(50034, "The user account does not exist in the directory.")
        if not user["accountEnabled"]:
            raise disabled()
        return user

    def groups_of(self, user: User) -> list[Group]:
        """Return the groups with a role that the user is a direct member of."""
        return [
            group
            for group in self.world["groups"]
            if roles_of(group) and user["id"] in group["members"]
        ]

    def remember(self, user: User) -> str:
        """Open a session and return what names it."""
        session = secrets.token_urlsafe()
        self._sessions[session] = user["id"]
        return session

    def remembered(self, session: str | None) -> User | None:
        """Return the user of a session, unless the account is gone or disabled."""
        user = self._users.get(self._sessions.get(session or "", ""))
        return user if user and user["accountEnabled"] else None

    def forget(self, session: str | None) -> None:
        """End a session."""
        self._sessions.pop(session or "", None)


def roles_of(group: Group) -> list[str]:
    """Return the app roles that a group is assigned."""
    has = {
        CREDENTIAL_ROLE: group["hasCredentialRole"],
        OPERATIONS_ROLE: group.get("hasOperationsRole", False),
    }
    return [role for role, is_assigned in has.items() if is_assigned]


def _check(world: World, users: Mapping[str, User]) -> None:
    """KeyError or TypeError if something is missing."""
    _strings(world, "tenantId")
    _strings(world["portal"], "clientId", "scope")
    for user in users.values():
        _strings(user, "id", "displayName", "userPrincipalName")
        _ = user["accountEnabled"]
    for group in world["groups"]:
        _strings(group, "id", "displayName")
        _ = (group["hasCredentialRole"], [*group["members"]])


def _strings(item: Mapping[str, Any], *names: str) -> None:
    wrong: Iterable[str] = [name for name in names if not isinstance(item[name], str)]
    if wrong:
        raise TypeError(f"no strings: {wrong}")
