"""What operations should know of before anybody calls: which application is at risk, and why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.access import Portal
from shared.domain.applications import Application, Resource
from shared.domain.ids import ClientId, KeyId
from shared.domain.messages import Unreachable
from shared.domain.reminders import SIX_WEEKS
from shared.domain.reports import Kind, Unread
from shared.domain.secrets import ClientSecret

A_YEAR = timedelta(days=366)
"""Be it a leap year: secrets made elsewhere are not held to the portal's 365 days."""

ALTERNATIVES_ALONE = Resource(name="Match-Connect", environment="sandbox")
"""What a dummy organisation may reach."""

MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
SIGN_IN_SCOPES = frozenset({"openid", "profile", "email", "offline_access", "User.Read"})
"""Delegated scopes that Entra gives new registrations by itself: they open one's own profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A permission that was granted on a resource: an app role's id, or a delegated scope."""

    resource_app_id: str
    resource_name: str
    permission: str
    is_application_permission: bool

    @property
    def is_for_sign_in(self) -> bool:
        """Nothing but a user's sign-in: most registrations hold it."""
        is_delegated = not self.is_application_permission
        of_graph = self.resource_app_id == MICROSOFT_GRAPH
        return is_delegated and of_graph and self.permission in SIGN_IN_SCOPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What an application's service principal holds: nothing where it has none.

    Roles by their names, or ids where the names cannot be read. `is_whole` is False where the
    directory did not tell which application permissions were granted.
    """

    permissions: tuple[Grant, ...] = ()
    directory_roles: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An application, and what was read about it.

    `managers` counts the credential managers who can be told; `unreachable` says why not, or why
    there may be more. `made_here` are the secrets that the portal has made.
    """

    application: Application
    managers: int
    unreachable: Unreachable | None
    grants: Grants
    made_here: frozenset[KeyId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One application under one kind, and what of it is concerned."""

    application: Application
    secrets: tuple[ClientSecret, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A kind, and the applications concerned; one kind is about the portal itself."""

    kind: Kind
    is_found: bool
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Every kind in its order, found or not, as of an instant."""

    at: datetime
    examined: int
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]


def is_examined(application: Application, portal: Portal) -> bool:
    """Tell whether an application is a partner's, by tag, name or the identity's ownership."""
    concerns = application.concerns_partners or portal.identity in application.owners
    return concerns and application.client_id != portal.client_id


def coverage(
    examined: Iterable[Examined], portal: Portal, now: datetime, unread: Iterable[Unread]
) -> Coverage:
    """Return what is found; one retired by its tag is told as such and not judged further."""
    ordered = sorted(examined, key=_by_name)
    findings = (
        Finding(kind=kind, is_found=bool(concerns), concerns=concerns)
        for kind, rule in _RULES.items()
        for concerns in [_concerns(kind, rule, ordered, portal, now)]
    )
    of_portal = Finding(
        kind=Kind.MFA_NOT_EVIDENCED, is_found=portal.step_up_context is None, concerns=()
    )
    return Coverage(
        at=now,
        examined=len(ordered),
        findings=(*findings, of_portal),
        unread=tuple(sorted(set(unread))),
    )


Concerned = Concern | None
_Rule = Callable[[Examined, Portal, datetime], Concerned]


def _concerns(
    kind: Kind, rule: _Rule, ordered: Iterable[Examined], portal: Portal, now: datetime
) -> tuple[Concern, ...]:
    judged = (
        rule(each, portal, now)
        for each in ordered
        if each.application.is_retired == (kind is Kind.RETIRED)
    )
    return tuple(concern for concern in judged if concern is not None)


def _of_secrets(it: Examined, secrets: Iterable[ClientSecret]) -> Concerned:
    found = tuple(sorted(secrets, key=lambda secret: (secret.end, secret.key_id)))
    return Concern(application=it.application, secrets=found) if found else None


def _of_details(it: Examined, details: Iterable[str]) -> Concerned:
    found = tuple(dict.fromkeys(details))
    return Concern(application=it.application, details=found) if found else None


def _if(it: Examined, *, holds: bool) -> Concerned:
    return Concern(application=it.application) if holds else None


def _last(it: Examined) -> ClientSecret | None:
    return max(it.application.secrets, key=lambda each: (each.end, each.key_id), default=None)


def _no_successor(it: Examined, _: Portal, now: datetime) -> Concerned:
    """The secret that ends last has ended, or is due to be announced."""
    last = _last(it)
    is_near = last is not None and last.days_left(now.date()) <= SIX_WEEKS
    return _of_secrets(it, [last] if last is not None and is_near else [])


def _no_manager(it: Examined, _: Portal, __: datetime) -> Concerned:
    if it.managers:
        return None
    return _of_details(it, [it.unreachable or Unreachable.MEMBERS_UNREACHABLE])


def _one_manager(it: Examined, _: Portal, __: datetime) -> Concerned:
    if it.managers != 1:
        return None
    return Concern(application=it.application, details=(it.unreachable,) if it.unreachable else ())


def _not_owned(it: Examined, portal: Portal, _: datetime) -> Concerned:
    is_tagged = bool(it.application.manager_groups)
    return _if(it, holds=is_tagged and portal.identity not in it.application.owners)


def _other_owners(it: Examined, portal: Portal, _: datetime) -> Concerned:
    owners = it.application.owners
    return _of_details(it, sorted(owners - {portal.identity}) if portal.identity in owners else [])


def _excessive_grants(it: Examined, portal: Portal, _: datetime) -> Concerned:
    beyond = [
        _grant_in_words(each)
        for each in it.grants.permissions
        if each.resource_app_id not in portal.resources and not each.is_for_sign_in
    ]
    roles = [f"directory role {role}" for role in it.grants.directory_roles]
    return _of_details(it, [*beyond, *roles])


def _not_granted(it: Examined, portal: Portal, _: datetime) -> Concerned:
    """Delegated permissions need no grant: a user may consent."""
    if not it.grants.is_whole:
        return None
    granted = {(each.resource_app_id, each.permission) for each in it.grants.permissions}
    missing = (
        each
        for each in it.application.permissions
        if each.is_application_permission
        and (each.resource_app_id, each.permission_id) not in granted
    )
    return _of_details(
        it,
        (f"{_named(each.resource_app_id, portal)}: {each.permission_id}" for each in missing),
    )


def _beyond_sandbox(it: Examined, portal: Portal, _: datetime) -> Concerned:
    if not it.application.is_alternative:
        return None
    asked = (each.resource_app_id for each in it.application.permissions)
    held = (each.resource_app_id for each in it.grants.permissions)
    others = sorted(
        _named(each, portal)
        for each in {*asked, *held}
        if portal.resources.get(each, ALTERNATIVES_ALONE) != ALTERNATIVES_ALONE
    )
    return _of_details(it, others)


def _long_lived(it: Examined, _: Portal, now: datetime) -> Concerned:
    return _of_secrets(
        it,
        (
            each
            for each in it.application.secrets
            if not each.is_expired(now) and each.end - each.start > A_YEAR
        ),
    )


def _made_elsewhere(it: Examined, _: Portal, now: datetime) -> Concerned:
    return _of_secrets(
        it,
        (
            each
            for each in it.application.secrets
            if not each.is_expired(now) and each.key_id not in it.made_here
        ),
    )


def _expired_leftover(it: Examined, _: Portal, now: datetime) -> Concerned:
    """Expired, and not the one whose end is told as such."""
    last = _last(it)
    return _of_secrets(
        it, (each for each in it.application.secrets if each.is_expired(now) and each is not last)
    )


_RULES: Mapping[Kind, _Rule] = {
    Kind.NO_SUCCESSOR: _no_successor,
    Kind.NO_MANAGER: _no_manager,
    Kind.ONE_MANAGER: _one_manager,
    Kind.NOT_OWNED: _not_owned,
    Kind.OTHER_OWNERS: _other_owners,
    Kind.EXCESSIVE_GRANTS: _excessive_grants,
    Kind.NOT_GRANTED: _not_granted,
    Kind.ALTERNATIVE_BEYOND_SANDBOX: _beyond_sandbox,
    Kind.LONG_LIVED: _long_lived,
    Kind.MADE_ELSEWHERE: _made_elsewhere,
    Kind.EXPIRED_LEFTOVER: _expired_leftover,
    Kind.OFF_PATTERN: lambda it, _, __: _if(it, holds=it.application.name is None),
    Kind.RETIRED: lambda it, _, __: _if(it, holds=True),
}


def _named(resource_app_id: str, portal: Portal) -> str:
    known = portal.resources.get(resource_app_id)
    return f"{known.name} {known.environment}" if known else resource_app_id


def _grant_in_words(grant: Grant) -> str:
    kind = "application" if grant.is_application_permission else "delegated"
    resource = grant.resource_name or grant.resource_app_id
    return f"{resource}: {grant.permission} ({kind} permission)"


def _by_name(it: Examined) -> tuple[str, ClientId]:
    return (it.application.display_name.casefold(), it.application.client_id)
