"""What mails stand on: applications and their managers, read at most a minute before a post."""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from shared.domain.applications import Application
from shared.domain.audience import Members, groups_to_ask
from shared.domain.errors import DirectoryUnavailable
from shared.domain.ids import ClientId, GroupId
from shared.domain.messages import Member
from shared.domain.standing import Audiences, Standing, Standings
from shared.log_records import line
from shared.ports.directory import ApplicationDirectory, ManagerDirectory
from shared.ports.system import Clock

log = logging.getLogger(__name__)

MAX_AGE = timedelta(seconds=60)
"""So old what was read may be when a mail is posted."""

RESERVE = timedelta(seconds=15)
"""For what is written to the ledger between the reading and the post."""

AT_ONCE = 8
"""Groups that are read at the same time."""

WAVE = 30
"""Applications that are read again together: as many as the quota of a minute can be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is in which group, and which groups could not be read."""

    members: Members
    unreadable: frozenset[GroupId]

    def standing(self, application: Application | None, read_at: datetime) -> Standing:
        return Standing(
            application=application,
            members=self.members,
            read_at=read_at,
            unreadable=self.unreadable,
        )


class Reader:
    """Reads applications and who manages them.

    Requests: one per 15 applications, one for the role's assignments, one per group.
    """

    def __init__(
        self,
        *,
        applications: ApplicationDirectory,
        managers: ManagerDirectory,
        audiences: Audiences,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._managers = managers
        self._audiences = audiences
        self._clock = clock

    async def standings(self, client_ids: Collection[ClientId]) -> Standings:
        """Return how each of the applications stands; raise where the answer is incomplete."""
        read_at = self._clock.now()
        found = {
            application.client_id: application
            for application in await self._applications.applications(client_ids)
        }
        people = await self.people(found.values())
        return {
            client_id: people.standing(found.get(client_id), read_at) for client_id in client_ids
        }

    async def people(self, applications: Collection[Application]) -> People:
        """Return the members of the applications' groups that are assigned the role now.

        A group that cannot be read concerns its applications alone; raises if none of several can.
        """
        if not applications:
            return People(members={}, unreadable=frozenset())
        with_role = await self._managers.groups_with_role()
        groups = {
            group
            for application in applications
            for group in groups_to_ask(application, self._audiences.portal, with_role)
        }
        return await self._read(sorted(groups))

    async def _read(self, groups: Sequence[GroupId]) -> People:
        places = asyncio.Semaphore(AT_ONCE)

        async def read(group: GroupId) -> Sequence[Member] | DirectoryUnavailable:
            async with places:
                try:
                    return await self._managers.members(group)
                except DirectoryUnavailable as fault:
                    return fault

        answers = await asyncio.gather(*map(read, groups))
        faults = [each for each in answers if isinstance(each, DirectoryUnavailable)]
        if len(faults) > 1 and len(faults) == len(groups):
            raise faults[0]
        found = dict(zip(groups, answers, strict=True))
        members = {
            group: each
            for group, each in found.items()
            if not isinstance(each, DirectoryUnavailable)
        }
        unreadable = frozenset(groups) - members.keys()
        if unreadable:
            log.error(line("alarm: a group cannot be read", groups=sorted(unreadable)))
        return People(members=members, unreadable=unreadable)


class Readings:
    """What one firing has read, each application again as soon as it is too old."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._known: dict[ClientId, Standing] = {}
        self._upcoming: Counter[ClientId] = Counter()
        self._reading = asyncio.Lock()

    def remember(self, standings: Standings) -> None:
        """Keep what was read already."""
        self._known.update(standings)

    def expect(self, client_ids: Iterable[ClientId]) -> None:
        """Say which applications mails will be about, in this order, each once a mail."""
        self._upcoming = Counter(client_ids)

    def done(self, client_ids: Iterable[ClientId]) -> None:
        """Say that one of those mails is done with."""
        self._upcoming.subtract(client_ids)

    async def of(self, client_ids: Collection[ClientId]) -> Standings:
        """Return how these applications stand, from a reading that may still be posted on.

        One reading at a time, for those that come next as well.
        """
        async with self._reading:
            if not all(self._is_recent(client_id) for client_id in client_ids):
                self.remember(await self._reader.standings(self._wave(client_ids)))
        return {client_id: self._known[client_id] for client_id in client_ids}

    def _wave(self, client_ids: Collection[ClientId]) -> Collection[ClientId]:
        """Return these and the next ones that are too old, as many as one reading takes."""
        wanted = (each for each, mails in self._upcoming.items() if mails > 0)
        old = (each for each in wanted if each not in client_ids and not self._is_recent(each))
        return [*client_ids, *islice(old, max(WAVE - len(client_ids), 0))]

    def _is_recent(self, client_id: ClientId) -> bool:
        known = self._known.get(client_id)
        return known is not None and self._clock.now() - known.read_at <= MAX_AGE - RESERVE


def is_too_old(standings: Standings, now: datetime) -> bool:
    """Tell whether a mail must not be posted any more on what was read."""
    return any(now - standing.read_at > MAX_AGE for standing in standings.values())
