"""The directory's truth: who manages what, which secrets exist, now and at any time before."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.applications import Application
from shared.domain.ids import ClientId, GroupId, KeyId, PrincipalId, UserId
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret

PORTAL = ClientId("000000f1-0000-4000-8000-000000000000")
IDENTITY = PrincipalId("000000a1-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The directory at an instant."""

    applications: Mapping[ClientId, Application] = field(default_factory=dict)
    groups: Mapping[GroupId, tuple[Member, ...]] = field(default_factory=dict)
    with_role: frozenset[GroupId] = frozenset()

    def put(self, application: Application) -> "Snapshot":
        known = {**self.applications, application.client_id: application}
        return replace(self, applications=dict(sorted(known.items())))

    def put_group(self, group: GroupId, *members: Member) -> "Snapshot":
        return replace(self, groups={**self.groups, group: members})

    def put_secret(self, client_id: ClientId, secret: ClientSecret) -> "Snapshot":
        application = self.applications[client_id]
        others = tuple(each for each in application.secrets if each.key_id != secret.key_id)
        return self.put(replace(application, secrets=(*others, secret)))

    def drop_secret(self, client_id: ClientId, key_id: KeyId) -> "Snapshot":
        application = self.applications[client_id]
        kept = tuple(each for each in application.secrets if each.key_id != key_id)
        return self.put(replace(application, secrets=kept))

    def about(self, client_id: ClientId) -> object:
        """Return all that concerns one application: two equal ones let the same be due."""
        application = self.applications.get(client_id)
        if application is None:
            return None
        groups = sorted(application.manager_groups)
        return application, [(self.groups.get(group), group in self.with_role) for group in groups]

    def member(self, group: GroupId, user: UserId) -> Member | None:
        return next((each for each in self.groups.get(group, ()) if each.user_id == user), None)


class World:
    """Every state that the directory was ever in."""

    def __init__(self, start: datetime, first: Snapshot) -> None:
        self._times = [start]
        self._snapshots = [first]

    @property
    def now(self) -> Snapshot:
        return self._snapshots[-1]

    @property
    def changed_at(self) -> datetime:
        """Since when it is as it is."""
        return self._times[-1]

    def become(self, snapshot: Snapshot, at: datetime) -> None:
        self._times.append(at)
        self._snapshots.append(snapshot)

    def at(self, moment: datetime) -> Snapshot:
        return self._snapshots[max(0, bisect_right(self._times, moment) - 1)]

    def between(self, first: datetime, last: datetime) -> Iterator[Snapshot]:
        """Yield every state that could be seen from one instant to another."""
        start = max(0, bisect_right(self._times, first) - 1)
        end = max(start + 1, bisect_right(self._times, last))
        yield from self._snapshots[start:end]

    def is_steady(self, client_id: ClientId, first: datetime, last: datetime) -> bool:
        """Tell whether nothing changed that concerns an application."""
        seen = [snapshot.about(client_id) for snapshot in self.between(first, last)]
        return all(each == seen[0] for each in seen)
