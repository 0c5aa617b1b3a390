"""Who may do what. One function decides: `authorise`.

No decision depends on a name, an email address or a user principal name.
"""

from dataclasses import dataclass

from shared.domain.applications import Application, Resources
from shared.domain.errors import (
    ApplicationNotFound,
    ApplicationPrivileged,
    RoleMissing,
    StepUpRequired,
    StepUpUnsupported,
)
from shared.domain.ids import ClientId, GroupId, PrincipalId, UserId

CREDENTIAL_MANAGER = "credential_management"
"""The app role whose display name is "credential manager"."""

OPERATIONS = "credential_operations"
"""The app role of those who look after all applications: it opens nobody's secrets."""

MAX_CONFIRMED_GROUPS = 20
"""So many groups Graph checks in one request; an application names no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The signed-in user of a valid token. `name` is for display and the audit only."""

    user_id: UserId
    tenant_id: str
    name: str
    client_id: str
    token_id: str
    roles: frozenset[str]
    groups: frozenset[GroupId]
    authentication_contexts: frozenset[str]
    understands_challenges: bool
    """The client declared the capability `cp1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What the portal is in the directory, and which resources its applications may reach."""

    client_id: ClientId
    identity: PrincipalId
    """The managed identity's service principal: its ownership makes an application managed."""
    resources: Resources
    step_up_context: str | None
    """The authentication context that every call with a role must show; None: step-up is off."""


def require_role(principal: Principal, role: str, portal: Portal) -> None:
    """Raise unless the principal holds the role and, where it is demanded, evidence of MFA."""
    if role not in principal.roles:
        raise RoleMissing(role)
    context = portal.step_up_context
    if context is not None and context not in principal.authentication_contexts:
        raise StepUpRequired(context) if principal.understands_challenges else StepUpUnsupported


def is_managed(application: Application, portal: Portal) -> bool:
    """Tell whether the portal looks after the application: tagged, and owned by its identity.

    A tag alone proves nothing: where members may register applications, anyone can tag theirs.
    """
    return (
        application.client_id != portal.client_id
        and portal.identity in application.owners
        and bool(application.manager_groups)
    )


def is_evaluated(application: Application, portal: Portal) -> bool:
    """Tell whether its expiries are watched: a partner's, not retired, not the portal itself."""
    return (
        application.concerns_partners
        and not application.is_retired
        and application.client_id != portal.client_id
    )


def manages(principal: Principal, application: Application, portal: Portal) -> bool:
    """Tell whether the principal is a credential manager of the application."""
    return is_managed(application, portal) and bool(principal.groups & application.manager_groups)


def authorise(principal: Principal, application: Application | None, portal: Portal) -> Application:
    """Return the application if the principal is a credential manager of it.

    Raises ApplicationNotFound otherwise; its argument is the reason, for the log alone.
    """
    if application is None:
        raise ApplicationNotFound("absent")
    if not is_managed(application, portal):
        raise ApplicationNotFound("unmanaged")
    if not manages(principal, application, portal):
        raise ApplicationNotFound("foreign")
    return application


def groups_to_confirm(principal: Principal, application: Application) -> tuple[GroupId, ...]:
    """Return the groups that make the principal a manager, to be asked of the directory again.

    A token outlives the removal from a group by an hour; a write must not.
    """
    return tuple(sorted(principal.groups & application.manager_groups))[:MAX_CONFIRMED_GROUPS]


def require_writable(application: Application, portal: Portal) -> None:
    """Raise ApplicationPrivileged where a secret would open more than the provider's resources."""
    if application.is_privileged(portal.resources):
        raise ApplicationPrivileged(application.client_id)
