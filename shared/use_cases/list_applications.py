"""List the caller's applications with their secrets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.concurrency import both
from shared.domain.access import Portal, Principal, manages
from shared.domain.applications import Application
from shared.domain.ids import KeyId
from shared.domain.messages import Message, Partition
from shared.domain.reminders import Stage, secret_of
from shared.domain.secrets import ClientSecret, Limits, limits
from shared.ports.directory import ApplicationDirectory
from shared.ports.ledger import Ledger
from shared.ports.secret_store import SecretRecord, SecretStore
from shared.ports.system import Clock
from shared.use_cases.lag import overlaid


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReminder:
    """The last reminder of a secret that was mailed to the caller."""

    stage: Stage
    sent_at: datetime


LastReminders = Mapping[KeyId, LastReminder]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSecret:
    """A secret, and who made it here (None: made elsewhere)."""

    secret: ClientSecret
    created_by: str | None
    last_reminder: LastReminder | None


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
        self,
        *,
        directory: ApplicationDirectory,
        store: SecretStore,
        ledger: Ledger,
        clock: Clock,
        portal: Portal,
    ) -> None:
        self._directory = directory
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._portal = portal

    async def __call__(self, principal: Principal) -> Listing:
        now = self._clock.now()
        found, ledger = await both(
            self._directory.applications_of(principal.groups),
            self._ledger.of_recipient(Partition(principal.user_id)),
        )
        # What the directory's filter matched is authorised like anything else.
        theirs = [each for each in found if manages(principal, each, self._portal)]
        records = await self._store.records([application.client_id for application in theirs])
        reminders = last_reminders(ledger.messages.values())
        listed = [
            self._listed(application, records.get(application.client_id, ()), reminders, now)
            for application in theirs
        ]
        listed.sort(key=_by_name)
        return Listing(now=now, limits=limits(now), applications=tuple(listed))

    def _listed(
        self,
        application: Application,
        records: Sequence[SecretRecord],
        reminders: LastReminders,
        now: datetime,
    ) -> ListedApplication:
        makers = {record.key_id: record.created_by for record in records}
        secrets = (
            ListedSecret(
                secret=secret,
                created_by=maker.name if maker else None,
                last_reminder=reminders.get(secret.key_id),
            )
            for secret in overlaid(application.secrets, records, now)
            for maker in [makers.get(secret.key_id)]
        )
        return ListedApplication(
            application=application,
            writable=not application.is_privileged(self._portal.resources),
            secrets=tuple(secrets),
        )


def last_reminders(messages: Iterable[Message]) -> LastReminders:
    """Return the latest mailed reminder of each secret."""
    mailed = (message for message in messages if message.state.is_mailed)
    latest: dict[KeyId, LastReminder] = {}
    for message in sorted(mailed, key=lambda message: message.on):
        if message.posted_at is not None:
            for line in message.lines:
                reminder = LastReminder(stage=line.stage, sent_at=message.posted_at)
                latest[secret_of(line.claim)] = reminder
    return latest


def _by_name(listed: ListedApplication) -> tuple[str, str]:
    application = listed.application
    return (application.display_name.casefold(), application.client_id)
