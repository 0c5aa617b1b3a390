"""Who is at risk, and why: every partner application, looked at from all sides."""

from collections.abc import Collection, Mapping

from shared.domain.access import Portal
from shared.domain.applications import Application
from shared.domain.findings import Coverage, Examined, Grants, coverage, is_examined
from shared.domain.ids import ClientId, KeyId
from shared.domain.reports import Unread
from shared.domain.standing import Audiences
from shared.ports.directory import ApplicationDirectory, GrantDirectory
from shared.ports.secret_store import SecretRecord, SecretStore
from shared.ports.system import Clock
from shared.use_cases.readings import People, Reader


class FindCoverage:
    """Reads every page of applications, then what stands around those of partners.

    Requests: the pages; one for the role's assignments and one per tagged group; those of the
    grants; one to the store per 15 applications.
    """

    def __init__(
        self,
        *,
        applications: ApplicationDirectory,
        grants: GrantDirectory,
        store: SecretStore,
        reader: Reader,
        audiences: Audiences,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._grants = grants
        self._store = store
        self._reader = reader
        self._audiences = audiences
        self._clock = clock

    async def __call__(self) -> Coverage:
        """Return every finding; raise where any answer is incomplete."""
        now = self._clock.now()
        portal = self._audiences.portal
        found = await self._of_partners(portal)
        people = await self._reader.people(found)
        client_ids = [application.client_id for application in found]
        granted = await self._grants.grants(client_ids)
        made = _made_here(await self._store.records(client_ids))
        unread = {*granted.unread, *({Unread.GROUPS} if people.unreadable else ())}
        examined = (
            self._examined(each, people, granted.grants, made.get(each.client_id, frozenset()))
            for each in found
        )
        return coverage(examined, portal, now, unread)

    async def _of_partners(self, portal: Portal) -> Collection[Application]:
        pages = self._applications.every_application()
        return [each async for page in pages for each in page if is_examined(each, portal)]

    def _examined(
        self,
        application: Application,
        people: People,
        grants: Mapping[ClientId, Grants],
        made_here: frozenset[KeyId],
    ) -> Examined:
        standing = people.standing(application, self._clock.now())
        return Examined(
            application=application,
            managers=len(self._audiences.managers(standing)),
            unreachable=self._audiences.unreachable(standing),
            grants=grants[application.client_id],
            made_here=made_here,
        )


def _made_here(
    records: Mapping[ClientId, Collection[SecretRecord]],
) -> Mapping[ClientId, frozenset[KeyId]]:
    """Return the secrets that the portal has made: a mere deletion leaves a record as well."""
    return {
        client_id: frozenset(each.key_id for each in kept if each.created_at is not None)
        for client_id, kept in records.items()
    }
