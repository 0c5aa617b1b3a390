"""What happens in a directory besides the product: people come and go, and so do secrets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from shared.domain.applications import Application
from shared.domain.ids import GroupId, UserId
from shared.domain.messages import Member
from tests.simulation import oracle
from tests.simulation.population import SOMEBODY_ELSE, ends_at, member, secret
from tests.simulation.world import IDENTITY, Snapshot


def something(rng: Random, seen: Snapshot, now: datetime) -> tuple[str, Snapshot]:
    """Return what happens next, and the directory after it: the same where it comes to nothing."""
    event = rng.choices(EVENTS, weights=WEIGHTS)[0]
    return event.__name__, event(rng, seen, now)


def join(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    group = rng.choice(sorted(seen.groups))
    known = [each for group in sorted(seen.groups) for each in seen.groups[group]]
    new = member(rng, rng.randrange(100, 200))
    someone = rng.choice(known) if known and rng.random() < 0.6 else new
    if seen.member(group, someone.user_id):
        return seen
    return seen.put_group(group, *seen.groups[group], someone)


def leave(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    group = rng.choice(sorted(seen.groups))
    members = list(seen.groups[group])
    if members:
        members.remove(rng.choice(members))
    return seen.put_group(group, *members)


def switch(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    """Disable or enable somebody."""
    return _of_somebody(rng, seen, lambda each: replace(each, enabled=not each.enabled))


def readdress(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    address: str | None = f"moved{rng.randrange(10**6)}@example.org"
    if rng.random() < 0.2:
        address = rng.choice((None, "nowhere", f"moved..{rng.randrange(100)}@example.org"))
    return _of_somebody(rng, seen, lambda each: replace(each, address=address))


def assign(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    """Take the role from a group, or give it back."""
    group = rng.choice(sorted(seen.groups))
    return replace(seen, with_role=seen.with_role ^ {group})


def restore(_rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    """Put things in order: operations saw an alarm."""
    seen = replace(seen, with_role=frozenset(seen.groups))
    for application in list(seen.applications.values()):
        if oracle.groups_of(application):
            seen = seen.put(replace(application, owners=application.owners | {IDENTITY}))
    return seen


def retag(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    """Take an application from its group, or give it to another one besides."""

    def change(application: Application) -> Application:
        group = rng.choice(sorted(seen.groups))
        return replace(application, tags=tuple(sorted({*application.tags} ^ {_tag(group)})))

    return _of_application(rng, seen, change)


def retire(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    def change(application: Application) -> Application:
        return replace(application, tags=tuple(sorted({*application.tags} ^ {oracle.RETIRED})))

    return _of_application(rng, seen, change)


def disown(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    def change(application: Application) -> Application:
        owner = SOMEBODY_ELSE if IDENTITY in application.owners else IDENTITY
        return replace(application, owners=frozenset({owner}))

    return _of_application(rng, seen, change)


def rename(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    names = ("Partner-NL-Matchis-SMC", "Partner-GB-Renamed-DM", "Interface", "Partner-XX")
    return _of_application(
        rng, seen, lambda application: replace(application, display_name=rng.choice(names))
    )


def rotate(rng: Random, seen: Snapshot, now: datetime) -> Snapshot:
    """Make a secret, outside of the portal."""
    day = now + timedelta(days=rng.choice((5, 12, 30, 200, 364)))
    made = secret(rng, ends_at(rng, day), start=now.replace(microsecond=0))
    owner = rng.choice(sorted(seen.applications))
    return seen.put_secret(owner, made)


def revoke(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    """Delete a secret, outside of the portal."""
    owner = rng.choice(sorted(seen.applications))
    secrets = seen.applications[owner].secrets
    return seen.drop_secret(owner, rng.choice(secrets).key_id) if secrets else seen


def close(rng: Random, seen: Snapshot, _now: datetime) -> Snapshot:
    """Delete an application."""
    gone = rng.choice(sorted(seen.applications))
    kept = {key: each for key, each in seen.applications.items() if key != gone}
    return replace(seen, applications=kept) if kept else seen


EVENTS: tuple[Callable[[Random, Snapshot, datetime], Snapshot], ...] = (
    join,
    leave,
    switch,
    readdress,
    assign,
    restore,
    retag,
    retire,
    disown,
    rename,
    rotate,
    revoke,
    close,
)
WEIGHTS = (6, 6, 5, 6, 4, 8, 3, 2, 3, 3, 6, 8, 1)


def _tag(group: GroupId) -> str:
    return f"{oracle.TAG}{group}"


def _of_application(
    rng: Random, seen: Snapshot, change: Callable[[Application], Application]
) -> Snapshot:
    chosen = rng.choice(sorted(seen.applications))
    return seen.put(change(seen.applications[chosen]))


def _of_somebody(rng: Random, seen: Snapshot, change: Callable[[Member], Member]) -> Snapshot:
    """Change a user, in every group that has it."""
    users: list[UserId] = sorted({each.user_id for group in seen.groups.values() for each in group})
    if not users:
        return seen
    chosen = rng.choice(users)
    for group, members in list(seen.groups.items()):
        changed = [change(each) if each.user_id == chosen else each for each in members]
        seen = seen.put_group(group, *changed)
    return seen
