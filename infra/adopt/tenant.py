"""What the directory holds of that which the file names."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.adopt.names import group_word
from shared.domain.access import Portal
from shared.domain.applications import Application
from shared.domain.ids import ClientId, GroupId, PrincipalId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An application that exists; its secrets are not read."""

    application: Application
    unique_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    """A group that exists."""

    group_id: GroupId
    display_name: str
    unsuitable: str | None
    """Why nobody should be made a credential manager through it."""
    members: frozenset[UserId] = frozenset()
    has_role: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of the file: one that exists, or one that is to be made."""

    name: str
    found: FoundGroup | None

    @property
    def key(self) -> str:
        """Return what tells it from the file's other groups."""
        return self.found.group_id if self.found else self.word

    @property
    def word(self) -> str:
        return group_word(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user account."""

    user_id: UserId
    names: frozenset[str]
    """Its sign-in name and its addresses, in lower case."""
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalPrincipal:
    """The portal's service principal, and the id of its role for credential managers."""

    principal_id: PrincipalId
    role_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """All of it. What was not found is not in a mapping; several of one name are told apart."""

    portal: Portal
    registrations: Mapping[ClientId, Registration]
    groups: Mapping[str, tuple[FoundGroup, ...]]
    """By the key of their names in the file."""
    people: Mapping[str, tuple[Person, ...]]
    """By what the file calls them."""

    def group(self, name: str, key: str) -> Group:
        """Return the file's group of this name, which Tenant knows at most one of."""
        found = self.groups.get(key, ())
        return Group(
            name=found[0].display_name if found else name, found=found[0] if found else None
        )
