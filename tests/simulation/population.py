"""The organisations that a run begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from shared.domain.applications import Application
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, PrincipalId, UserId
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret
from tests.simulation import oracle
from tests.simulation.ids import guid
from tests.simulation.world import IDENTITY, Snapshot

SOMEBODY_ELSE = PrincipalId("000000a2-0000-4000-8000-000000000000")
APIS = ("SMC", "DM")
ORGANISATIONS = ("NL-Matchis", "DE-Stiftung-Nord", "FR-Registre", "US-Program")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many of each, at most, and within how many days of the start the secrets end."""

    organisations: int = 2
    managers: int = 3
    applications: int = 2
    secrets: int = 2
    days: int = 50
    crowd: int = 0
    """So many secrets of one application end together."""


def populated(rng: Random, start: datetime, size: Size) -> Snapshot:
    """Return a directory in which most is in order, and some is not."""
    seen = Snapshot()
    users = [member(rng, number) for number in range(size.managers + 1)]
    for number in range(rng.randint(1, size.organisations)):
        group = GroupId(guid(rng))
        seen = seen.put_group(group, *rng.sample(users, rng.randint(1, size.managers)))
        seen = Snapshot(
            applications=seen.applications,
            groups=seen.groups,
            with_role=seen.with_role | {group},
        )
        for api in range(rng.randint(1, size.applications)):
            name = f"Partner-{ORGANISATIONS[number]}-{APIS[api % 2]}"
            seen = seen.put(application(rng, name, [group], start, size))
    return _with_oddities(rng, seen, start, size)


def _with_oddities(rng: Random, seen: Snapshot, start: datetime, size: Size) -> Snapshot:
    groups = sorted(seen.groups)
    if size.crowd:
        crowded = application(rng, "Partner-SE-Crowd-DM", [rng.choice(groups)], start, size)
        day = start + timedelta(days=3)
        secrets = tuple(secret(rng, ends_at(rng, day)) for _ in range(size.crowd))
        seen = seen.put(_with_secrets(crowded, secrets))
    if rng.random() < 0.3:
        seen = seen.put(application(rng, "Partner-IT-Untagged-DM", [], start, size))
    if rng.random() < 0.3:
        # Nobody but its members says that it is a partner's; and its name tells no organisation.
        odd = application(rng, "Interface (old)", groups[:1], start, size)
        seen = seen.put(odd)
    if rng.random() < 0.2:
        seen = seen.put(application(rng, "Payroll", [], start, size))
    return seen


def member(rng: Random, number: int) -> Member:
    """Return somebody; a few have no address, or one that leads nowhere."""
    address: str | None = f"user{number}-{rng.randrange(10**6)}@example.org"
    if rng.random() < 0.1:
        address = rng.choice((None, "user at example", f"user..{number}@example.org"))
    return Member(user_id=UserId(guid(rng)), address=address, enabled=rng.random() < 0.95)


def application(
    rng: Random, name: str, groups: Sequence[GroupId], start: datetime, size: Size
) -> Application:
    ends = [
        start + timedelta(days=rng.randint(-1, size.days))
        for _ in range(rng.randint(1, size.secrets))
    ]
    return Application(
        object_id=ObjectId(guid(rng)),
        client_id=ClientId(guid(rng)),
        display_name=name,
        tags=tuple(f"{oracle.TAG}{group}" for group in groups),
        owners=frozenset({IDENTITY if rng.random() < 0.95 else SOMEBODY_ELSE}),
        permissions=(),
        secrets=tuple(secret(rng, ends_at(rng, day)) for day in ends),
    )


def secret(rng: Random, end: datetime, start: datetime | None = None) -> ClientSecret:
    """Return a secret; some were made only days before they end."""
    lives = timedelta(days=rng.choice((300, 300, 300, 10, 30)))
    return ClientSecret(
        key_id=KeyId(guid(rng)),
        display_name=rng.choice(("Secret by JD", "rotated", None)),
        hint="sim",
        start=start or end - lives,
        end=end,
    )


def ends_at(rng: Random, day: datetime) -> datetime:
    """Return an instant of that day: the last second, or for a secret made elsewhere any other."""
    last = time(23, 59, 59, tzinfo=day.tzinfo)
    if rng.random() < 0.5:
        return datetime.combine(day.date(), last)
    return datetime.combine(day.date(), time(0, 0, tzinfo=day.tzinfo)) + timedelta(
        seconds=rng.randrange(24 * 3600)
    )


def _with_secrets(owner: Application, secrets: tuple[ClientSecret, ...]) -> Application:
    return Application(
        object_id=owner.object_id,
        client_id=owner.client_id,
        display_name=owner.display_name,
        tags=owner.tags,
        owners=owner.owners,
        permissions=owner.permissions,
        secrets=secrets,
    )
