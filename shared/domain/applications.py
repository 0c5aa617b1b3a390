"""Partner applications: their names, what they may reach, who manages them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.domain.ids import ClientId, GroupId, ObjectId, PrincipalId, guid
from shared.domain.secrets import ClientSecret

MANAGER_TAG = "credential-managers:"
"""A tag of this prefix and a group's object id names the credential managers."""

RETIRED_TAG = "credential-portal:ignore"
"""Operations take an application out of the evaluation with this tag."""

_PARTNER_NAME = re.compile(
    r"(?P<kind>Partner|PartnerAlternative)"
    r"-(?P<country_code>[A-Z]{2})"
    r"-(?P<organisation>[^\s-](?:.*[^\s-])?)"
    r"-(?P<api>DM|SMC)"
)
_ALTERNATIVE_PREFIX = "partneralternative-"
_PARTNER_PREFIXES = ("partner-", _ALTERNATIVE_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerName:
    """The parts of `Partner-<CC>-<Organisation>-<API>`; the organisation may hold hyphens."""

    country_code: str
    organisation: str
    api: str
    alternative: bool
    """`PartnerAlternative-…`: a dummy organisation for implementers, Match-Connect sandbox only."""


def partner_name(display_name: str) -> PartnerName | None:
    """Return the parts of an application's name, or None where it is off the pattern."""
    match = _PARTNER_NAME.fullmatch(display_name)
    if match is None:
        return None
    return PartnerName(
        country_code=match["country_code"],
        organisation=match["organisation"],
        api=match["api"],
        alternative=match["kind"] == "PartnerAlternative",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """An API of the provider, such as "Search and Match", in production or in the sandbox."""

    name: str
    environment: str


Resources = Mapping[str, Resource]
"""By the resource's app id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A permission that an application asks for on one resource."""

    resource_app_id: str
    permission_id: str
    """The id of an app role, or of a delegated scope."""
    is_application_permission: bool
    """`type: Role` in Graph: held by the application itself, not by a signed-in user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An app registration as the directory lists it."""

    object_id: ObjectId
    client_id: ClientId
    display_name: str
    tags: tuple[str, ...]
    owners: frozenset[PrincipalId]
    permissions: tuple[Permission, ...]
    secrets: tuple[ClientSecret, ...]

    @property
    def name(self) -> PartnerName | None:
        return partner_name(self.display_name)

    @property
    def organisation(self) -> str:
        """`<CC>-<Organisation>`, or the client id where the name is off the pattern."""
        name = self.name
        return f"{name.country_code}-{name.organisation}" if name else self.client_id

    @property
    def manager_groups(self) -> frozenset[GroupId]:
        """The groups that the tags name; a tag that holds no GUID names none."""
        tagged = (guid(tag.removeprefix(MANAGER_TAG)) for tag in self.tags if _is_manager_tag(tag))
        return frozenset(GroupId(group) for group in tagged if group is not None)

    @property
    def is_retired(self) -> bool:
        return RETIRED_TAG in self.tags

    @property
    def is_alternative(self) -> bool:
        """Named as a dummy organisation's, be the rest of the name off the pattern."""
        return self.display_name.casefold().startswith(_ALTERNATIVE_PREFIX)

    @property
    def concerns_partners(self) -> bool:
        """Tagged or named as a partner's: names may escalate, never authorise."""
        named = self.display_name.casefold().startswith(_PARTNER_PREFIXES)
        return named or any(_is_manager_tag(tag) for tag in self.tags)

    def resources(self, known: Resources) -> tuple[tuple[str, Resource], ...]:
        """Return (app id, resource) of each known resource that it asks for, in their order."""
        asked = dict.fromkeys(permission.resource_app_id for permission in self.permissions)
        return tuple((app_id, known[app_id]) for app_id in asked if app_id in known)

    def is_privileged(self, known: Resources) -> bool:
        """Tell whether it asks for an application permission outside the known resources."""
        return any(
            permission.is_application_permission and permission.resource_app_id not in known
            for permission in self.permissions
        )


def _is_manager_tag(tag: str) -> bool:
    return tag.startswith(MANAGER_TAG)


def manager_tags(groups: Iterable[GroupId]) -> list[str]:
    """Return the tags that name these groups, sorted."""
    return sorted(f"{MANAGER_TAG}{group}" for group in groups)
