"""What stands against the file, as the directory is. One fault, and nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from infra.adopt.names import unique_name
from infra.adopt.rows import Fault, Row
from infra.adopt.tenant import Registration, Tenant
from shared.domain.access import MAX_CONFIRMED_GROUPS
from shared.domain.ids import ClientId, guid


def faults(rows: Sequence[Row], tenant: Tenant, *, off_pattern_allowed: bool) -> list[Fault]:
    """Return every fault, each at the first line that shows it."""
    found = [*_of_applications(rows, tenant, off_pattern_allowed=off_pattern_allowed)]
    found += _of_groups(rows, tenant)
    found += _of_users(rows, tenant)
    found += _of_unique_names(rows, tenant)
    return sorted(found, key=lambda each: (each.line or 0, each.reason))


def _firsts(rows: Iterable[Row], key: Callable[[Row], str | None]) -> Iterator[Row]:
    """Yield the first row of each value that `key` takes."""
    seen: set[str] = set()
    for row in rows:
        value = key(row)
        if value is not None and value not in seen:
            seen.add(value)
            yield row


def _of_applications(
    rows: Sequence[Row], tenant: Tenant, *, off_pattern_allowed: bool
) -> Iterator[Fault]:
    for row in _firsts(rows, lambda row: row.client_id):
        registration = tenant.registrations.get(row.client_id)
        if registration is None:
            yield Fault(line=row.line, reason=f"there is no application {row.client_id}")
            continue
        wanted = {tenant.group(each.group, each.group_key).key for each in _of(rows, row.client_id)}
        reason = _refusal(registration, wanted, tenant)
        if reason is None and registration.application.name is None and not off_pattern_allowed:
            reason = "its name is off the pattern Partner-<CC>-<Organisation>-<DM|SMC>"
        if reason:
            shown = f"{row.client_id} ({registration.application.display_name})"
            yield Fault(line=row.line, reason=f"application {shown}: {reason}")


def _of(rows: Iterable[Row], client_id: ClientId) -> list[Row]:
    return [row for row in rows if row.client_id == client_id]


def _refusal(registration: Registration, groups: set[str], tenant: Tenant) -> str | None:
    application = registration.application
    if application.client_id == tenant.portal.client_id:
        return "it is the portal's own registration, which is never managed"
    if application.is_retired:
        return "it is retired by its tag"
    if application.is_privileged(tenant.portal.resources):
        return (
            "it requests application permissions outside RESOURCES:"
            " its secret would open more than the provider's APIs"
        )
    unnamed = sorted(application.manager_groups - groups)
    if unnamed and tenant.portal.identity not in application.owners:
        # Until now their tags had no effect: the identity's ownership would give them one.
        return f"it is tagged with groups that no line names: {', '.join(unnamed)}"
    if len(groups | application.manager_groups) > MAX_CONFIRMED_GROUPS:
        return f"it would have more than {MAX_CONFIRMED_GROUPS} groups"
    return None


def _of_groups(rows: Sequence[Row], tenant: Tenant) -> Iterator[Fault]:
    for row in _firsts(rows, lambda row: row.group_key):
        found = tenant.groups.get(row.group_key, ())
        if len(found) > 1:
            yield Fault(
                line=row.line,
                reason=f"{len(found)} groups are called {row.group}: give the object id of one",
            )
        elif found and found[0].unsuitable:
            yield Fault(line=row.line, reason=f"group {row.group}: {found[0].unsuitable}")
        elif not found and guid(row.group):
            yield Fault(line=row.line, reason=f"there is no group {row.group}")


def _of_users(rows: Sequence[Row], tenant: Tenant) -> Iterator[Fault]:
    for row in _firsts(rows, lambda row: row.user):
        found = tenant.people.get(row.user or "", ())
        if not found:
            yield Fault(line=row.line, reason=f"there is no user {row.user}: invite them first")
        elif len(found) > 1:
            yield Fault(
                line=row.line,
                reason=f"{len(found)} users are known as {row.user}: give the object id of one",
            )
        elif not found[0].enabled:
            yield Fault(line=row.line, reason=f"the account of {row.user} is disabled")


def _of_unique_names(rows: Sequence[Row], tenant: Tenant) -> Iterator[Fault]:
    """Name the applications that are called alike: the second could not have its uniqueName."""
    known = [
        row
        for row in _firsts(rows, lambda row: row.client_id)
        if row.client_id in tenant.registrations
    ]
    named = [(row, tenant.registrations[row.client_id]) for row in known]
    names = [(row, unique_name(each.application)) for row, each in named if not each.unique_name]
    counted = Counter(name for _, name in names)
    for row, name in names:
        if counted[name] > 1:
            yield Fault(line=row.line, reason=f"{counted[name]} applications are called {name}")
