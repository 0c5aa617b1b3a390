"""What is due today, and who is to be told: one pass over the directory."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.access import is_evaluated, is_managed
from shared.domain.applications import Application
from shared.domain.drafts import Due
from shared.domain.ids import ClientId
from shared.domain.reminders import due
from shared.domain.standing import Audiences, Standing, Standings
from shared.ports.directory import ApplicationDirectory
from shared.ports.system import Clock
from shared.use_cases.readings import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """The day's reminders, what they stand on, and which managed applications were seen."""

    due: tuple[Due, ...]
    standings: Standings
    managed: frozenset[ClientId]


class Evaluation:
    """Reads every page of applications, then the managers of those with something due.

    Requests: the pages, one for the role's assignments, one per group with something due.
    """

    def __init__(
        self,
        *,
        applications: ApplicationDirectory,
        reader: Reader,
        audiences: Audiences,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._reader = reader
        self._audiences = audiences
        self._clock = clock

    async def __call__(self, now: datetime) -> Evaluated:
        """Return what is due at `now`; raise where the directory's answer is incomplete."""
        managed: set[ClientId] = set()
        found: list[Standing] = []
        asked_at = self._clock.now()
        async for page in self._applications.every_application():
            for application in page:
                if not is_evaluated(application, self._audiences.portal):
                    continue
                if is_managed(application, self._audiences.portal):
                    managed.add(application.client_id)
                if due(application.secrets, now):
                    found.append(_read(application, asked_at))
            # Pages are large: this one goes before the next one comes.
            del page
            asked_at = self._clock.now()
        standings = await self._with_members(found)
        dues = [
            item for standing in standings.values() for item in self._audiences.dues(standing, now)
        ]
        return Evaluated(due=tuple(dues), standings=standings, managed=frozenset(managed))

    async def _with_members(self, found: list[Standing]) -> Standings:
        applications = [each.application for each in found if each.application is not None]
        people = await self._reader.people(applications)
        return {
            each.application.client_id: people.standing(each.application, each.read_at)
            for each in found
            if each.application is not None
        }


def _read(application: Application, at: datetime) -> Standing:
    return Standing(application=application, members={}, read_at=at)
