"""The rules once more, written from their description and not from the product: who is owed what.

The product's own rules are not asked: a bug in one would be taken for the truth.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.domain.applications import Application
from shared.domain.ids import ClientId, GroupId
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret
from tests.simulation.world import IDENTITY, PORTAL, Snapshot

SUPPORT = "support"
TAG = "credential-managers:"
RETIRED = "credential-portal:ignore"
Groups = Mapping[GroupId, tuple[Member, ...]]

PREFIXES = ("Partner-", "PartnerAlternative-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A reminder that is due: `people` are those who can be told, by their partition."""

    client_id: ClientId
    claim: str
    ends_at: datetime
    people: dict[str, str]
    reason: str
    """Why support is to be told instead, where there is nobody."""


def utc_day(moment: datetime) -> date:
    """Return the day of an instant in UTC, whatever zone it is written in."""
    assert moment.tzinfo is not None
    return (moment - (moment.utcoffset() or timedelta(0))).replace(tzinfo=None).date()


def groups_of(application: Application) -> list[GroupId]:
    return [GroupId(tag[len(TAG) :]) for tag in application.tags if tag.startswith(TAG)]


def is_managed(application: Application) -> bool:
    return bool(groups_of(application)) and IDENTITY in application.owners


def is_watched(application: Application) -> bool:
    """Tell whether its secrets are reminded of: tagged or named as a partner's, not retired."""
    concerns = bool(groups_of(application)) or application.display_name.startswith(PREFIXES)
    return concerns and RETIRED not in application.tags and application.client_id != PORTAL


def organisation(name: str, client_id: str) -> str:
    """Return `<CC>-<Organisation>` of `Partner-<CC>-<Organisation>-<API>`."""
    parts = name.split("-")
    is_regular = name.startswith(PREFIXES) and len(parts) >= 4 and parts[-1] in {"DM", "SMC"}
    return "-".join(parts[1:-1]) if is_regular else client_id


def stage(secret: ClientSecret, others: list[ClientSecret], now: datetime) -> str | None:
    """Return the key of what is due of a secret at an instant; None if nothing is."""
    today = utc_day(now)
    last_day = utc_day(secret.end)
    left = (last_day - today).days
    nominal = today
    if secret.end <= now:
        if any(other.start <= now < other.end for other in others):
            return None
        key = f"day:{today}"
    elif left <= 7:
        key = f"day:{today}"
    elif left <= 21:
        key, nominal = "threeWeeks", last_day - timedelta(days=21)
    elif left <= 42:
        key, nominal = "sixWeeks", last_day - timedelta(days=42)
    else:
        return None
    return key if nominal > utc_day(secret.start) else None


def is_reachable(member: Member) -> bool:
    return member.enabled and member.address is not None and "@" in member.address


def people(
    application: Application, with_role: Collection[GroupId], groups: Groups
) -> dict[str, str]:
    """Return the address of everybody who is to be told, by their partition."""
    if not is_managed(application):
        return {}
    return {
        member.user_id: member.address or ""
        for group in groups_of(application)
        if group in with_role
        for member in groups.get(group, ())
        if is_reachable(member)
    }


def reason(application: Application, with_role: Collection[GroupId], groups: Groups) -> str:
    """Return why nobody can be told."""
    if not is_managed(application):
        return "unmanaged"
    asked = [group for group in groups_of(application) if group in with_role]
    if not asked:
        return "group_without_role"
    if not any(groups.get(group) for group in asked):
        return "group_empty"
    return "members_unreachable"


def owed(seen: Snapshot, now: datetime) -> Iterator[Owed]:
    """Yield all that is due at an instant."""
    for application in seen.applications.values():
        if not is_watched(application):
            continue
        for secret in application.secrets:
            others = [each for each in application.secrets if each.key_id != secret.key_id]
            key = stage(secret, others, now)
            if key is not None:
                yield Owed(
                    client_id=application.client_id,
                    claim=f"{secret.key_id}|{key}",
                    ends_at=secret.end,
                    people=people(application, seen.with_role, seen.groups),
                    reason=reason(application, seen.with_role, seen.groups),
                )
