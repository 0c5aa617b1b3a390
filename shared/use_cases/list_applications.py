"""List the caller's applications with their secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.access import Portal, Principal, manages
from shared.domain.applications import Application
from shared.domain.secrets import ClientSecret, Limits, limits
from shared.ports.directory import ApplicationDirectory
from shared.ports.secret_store import SecretRecord, SecretStore
from shared.ports.system import Clock
from shared.use_cases.lag import overlaid


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSecret:
    """A secret, and who made it here (None: made elsewhere)."""

    secret: ClientSecret
    created_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedApplication:
    """An application of the caller's; `writable`: the portal may change its secrets."""

    application: Application
    writable: bool
    secrets: tuple[ListedSecret, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The answer as of `now`: the applications by name, each one's secrets by their end."""

    now: datetime
    limits: Limits
    applications: tuple[ListedApplication, ...]


class ListApplications:
    """Lists what a credential manager may see, and nothing of anybody else's."""

    def __init__(
        self, *, directory: ApplicationDirectory, store: SecretStore, clock: Clock, portal: Portal
    ) -> None:
        self._directory = directory
        self._store = store
        self._clock = clock
        self._portal = portal

    async def __call__(self, principal: Principal) -> Listing:
        now = self._clock.now()
        found = await self._directory.applications_of(principal.groups)
        # What the directory's filter matched is authorised like anything else.
        theirs = [each for each in found if manages(principal, each, self._portal)]
        records = await self._store.records([application.client_id for application in theirs])
        listed = [
            self._listed(application, records.get(application.client_id, ()), now)
            for application in theirs
        ]
        listed.sort(key=_by_name)
        return Listing(now=now, limits=limits(now), applications=tuple(listed))

    def _listed(
        self, application: Application, records: Sequence[SecretRecord], now: datetime
    ) -> ListedApplication:
        makers = {record.key_id: record.created_by for record in records}
        secrets = (
            ListedSecret(secret=secret, created_by=maker.name if maker else None)
            for secret in overlaid(application.secrets, records, now)
            for maker in [makers.get(secret.key_id)]
        )
        return ListedApplication(
            application=application,
            writable=not application.is_privileged(self._portal.resources),
            secrets=tuple(secrets),
        )


def _by_name(listed: ListedApplication) -> tuple[str, str]:
    application = listed.application
    return (application.display_name.casefold(), application.client_id)
