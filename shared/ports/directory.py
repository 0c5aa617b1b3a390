"""The directory: which applications and secrets exist, and who manages them."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.applications import Application
from shared.domain.findings import Grants
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.domain.reports import Unread
from shared.domain.secrets import SecretValue


class ApplicationDirectory(Protocol):
    """Reads applications. What is read may lag what was written by seconds."""

    def every_application(self) -> AsyncIterator[Sequence[Application]]:
        """Yield every application of the tenant, a page at a time as the pages arrive.

        Raises DirectoryUnavailable if any page cannot be had: the end of the iteration means that
        the set is complete.
        """

    async def applications_of(self, groups: Collection[GroupId]) -> Sequence[Application]:
        """Return the applications whose tags name any of the groups, each once.

        One request per 15 groups; none for no group.
        """

    async def application(self, client_id: ClientId) -> Application | None:
        """Return one application, or None if the tenant has none of that client id; one request."""

    async def applications(self, client_ids: Collection[ClientId]) -> Sequence[Application]:
        """Return those of the applications that exist, each once.

        One request per 15 client ids; none for none. Raises DirectoryUnavailable if any page cannot
        be had. For a run, which has time: a read is tried again, after pauses.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRequest:
    """A secret to be made. (display_name, start, end) recognises it again: whole seconds, UTC."""

    display_name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSecret:
    """A secret that the directory has made, with its value for the first and last time."""

    key_id: KeyId
    hint: str | None
    value: SecretValue


class CredentialDirectory(Protocol):
    """Confirms managers and changes secrets. Each call sends one request, never repeated."""

    async def confirm_membership(self, user: UserId, groups: Collection[GroupId]) -> bool:
        """Tell whether the user is in any of the groups (1 to 20) now, nested ones counted."""

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        """Make a secret.

        Raises, when surely nothing was made: LifetimeRefused, TooManySecrets, DirectoryRefused,
        Throttled, DirectoryBusy. Raises OutcomeUnknown when one may have been made.
        """

    async def remove_secret(self, application: ObjectId, key_id: KeyId) -> bool:
        """Remove a secret; return False if the directory knows no such secret (yet).

        Raises DirectoryRefused, Throttled or DirectoryBusy when surely nothing was removed, and
        OutcomeUnknown when it may have been.
        """


class ManagerDirectory(Protocol):
    """Tells who the credential managers are now."""

    async def groups_with_role(self) -> frozenset[GroupId]:
        """Return the groups that are assigned the role now; one request a page."""

    async def members(self, group: GroupId) -> Sequence[Member]:
        """Return the direct members of a group; none if the group is gone. One request a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What applications hold, and what of that the directory did not let be read."""

    grants: Mapping[ClientId, Grants]
    unread: frozenset[Unread] = frozenset()


class GrantDirectory(Protocol):
    """Tells what was granted to applications, whatever they ask for."""

    async def grants(self, client_ids: Collection[ClientId]) -> Granted:
        """Return what each of the applications holds: an entry for every one of them.

        Permissions that were granted to the application, or to it for all users, and directory
        roles. Two requests per 15 applications, one per 15 resources, a page each of what was
        granted for all users, and one more for each application with 20 grants or roles. Raises
        DirectoryUnavailable unless each answer is complete; what is refused is named instead.
        """
