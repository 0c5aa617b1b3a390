"""What is due today, and who is to be told: one pass over the directory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.access import Portal, is_evaluated, is_managed
from shared.domain.applications import Application
from shared.domain.audience import audience, groups_to_ask
from shared.domain.ids import GroupId
from shared.domain.messages import Due, Member
from shared.domain.reminders import Reminder, due
from shared.ports.directory import ApplicationDirectory, ManagerDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """The day's reminders, and how many managed applications were seen."""

    due: tuple[Due, ...]
    managed: int


class Evaluation:
    """Reads every page of applications, then the managers of those with something due.

    Requests: the pages, one for the role's assignments, one per group with something due.
    """

    def __init__(
        self,
        *,
        applications: ApplicationDirectory,
        managers: ManagerDirectory,
        portal: Portal,
        support_address: str,
    ) -> None:
        self._applications = applications
        self._managers = managers
        self._portal = portal
        self._support_address = support_address

    async def __call__(self, now: datetime) -> Evaluated:
        """Return what is due at `now`; raise where the directory's answer is incomplete."""
        managed = 0
        found: list[tuple[Application, Sequence[Reminder]]] = []
        async for page in self._applications.every_application():
            for application in page:
                if not is_evaluated(application, self._portal):
                    continue
                managed += is_managed(application, self._portal)
                if reminders := due(application.secrets, now):
                    found.append((application, reminders))
        return Evaluated(due=tuple(await self._addressed(found)), managed=managed)

    async def _addressed(
        self, found: Sequence[tuple[Application, Sequence[Reminder]]]
    ) -> list[Due]:
        if not found:
            return []
        members = await self._members(application for application, _ in found)
        addressed: list[Due] = []
        for application, reminders in found:
            told = audience(application, self._portal, members, self._support_address)
            addressed.extend(
                Due(
                    application=application,
                    reminder=reminder,
                    recipients=told.recipients,
                    unreachable=told.unreachable,
                )
                for reminder in reminders
            )
        return addressed

    async def _members(
        self, applications: Iterable[Application]
    ) -> Mapping[GroupId, Sequence[Member]]:
        with_role = await self._managers.groups_with_role()
        groups = {
            group
            for application in applications
            for group in groups_to_ask(application, self._portal, with_role)
        }
        return {group: await self._managers.members(group) for group in sorted(groups)}
