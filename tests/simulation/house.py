"""The product in one process: its real use cases and adapters, on the simulated services."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random

from shared.adapters.acs_mailer import AcsMailer
from shared.adapters.mail_rendering import Wording
from shared.adapters.quiet_telemetry import QUIET
from shared.adapters.table_audit import TableAuditTrail
from shared.adapters.table_ledger import TableLedger
from shared.adapters.table_notices import TableNotices
from shared.adapters.table_recovery import TableRecovery
from shared.adapters.table_retention import TableRetention
from shared.adapters.table_runs import TableRuns
from shared.adapters.table_secrets import TableSecretStore
from shared.adapters.table_suppressions import TableSuppressions
from shared.adapters.tables import Tables
from shared.domain.access import Portal
from shared.domain.ids import MessageId
from shared.domain.messages import Message
from shared.domain.standing import Audiences
from shared.ports.mail import Mailer, Posted, Status
from shared.use_cases.create_secret import CreateSecret
from shared.use_cases.delete_secret import DeleteSecret
from shared.use_cases.recover import Recover
from shared.use_cases.reminding import Options, Outside, Reminding
from shared.use_cases.write_access import WriteAccess
from tests.simulation.directory import Directory
from tests.simulation.ids import SeededIds
from tests.simulation.mail_service import MailService
from tests.simulation.mail_transport import ROUTE, MailTransport
from tests.simulation.observer import Observer
from tests.simulation.process import Process
from tests.simulation.table_clients import connected
from tests.simulation.tables import Store
from tests.simulation.virtual_time import Time
from tests.simulation.world import IDENTITY, PORTAL, World

SUPPORT_ADDRESS = "support@example.org"
AUDIENCES = Audiences(
    portal=Portal(client_id=PORTAL, identity=IDENTITY, resources={}, step_up_context=None),
    support_address=SUPPORT_ADDRESS,
)
WORDING = Wording(
    provider_name="WMDA",
    portal_url="https://portal.example.org/",
    support_email=SUPPORT_ADDRESS,
    api_auth_guide_url="https://guide.example.org/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What all processes share."""

    time: Time
    world: World
    store: Store
    mail: MailService
    observer: Observer
    read_lag: timedelta


class ObservedMailer:
    """The real mailer, for one process; the observer sees what is about to be posted, and when."""

    def __init__(self, services: Services, process: Process) -> None:
        self._observer = services.observer
        self._route = (services.mail, process)
        self._mailer = _mailer()

    @property
    def edition(self) -> str:
        return self._mailer.edition

    async def post(self, message: Message) -> Posted:
        self._observer.posting(message, self._route[1])
        token = ROUTE.set(self._route)
        try:
            return await self._mailer.post(message)
        finally:
            ROUTE.reset(token)

    async def status(self, message_id: MessageId) -> Status:
        token = ROUTE.set(self._route)
        try:
            return await self._mailer.status(message_id)
        finally:
            ROUTE.reset(token)


class House:
    """The use cases of one process."""

    def __init__(
        self,
        services: Services,
        process: Process,
        rng: Random,
        *,
        mailer: Mailer | None = None,
        tables: Tables | None = None,
    ) -> None:
        tables = tables or connected(services.store, process, rng)
        ids = SeededIds(rng)
        directory = Directory(services.world, services.time, process, rng, services.read_lag)
        store = TableSecretStore(tables, ids)
        outside = Outside(
            applications=directory,
            managers=directory,
            store=store,
            ledger=TableLedger(tables, ids),
            runs=TableRuns(tables, ids),
            suppressions=TableSuppressions(tables, ids),
            notices=TableNotices(tables, ids),
            retention=TableRetention(tables, ids),
            trail=TableAuditTrail(tables),
            mailer=mailer or ObservedMailer(services, process),
            meters=QUIET,
            clock=process,
            ids=ids,
        )
        self.reminding = Reminding(outside, AUDIENCES, Options(sends=True, notifies=True))
        access = WriteAccess(
            directory=directory,
            credentials=directory,
            store=store,
            recover=Recover(
                directory=directory,
                credentials=directory,
                store=store,
                recovery=TableRecovery(tables, ids),
                clock=process,
            ),
            portal=AUDIENCES.portal,
        )
        announcements = self.reminding.announcements
        self.create = CreateSecret(
            access=access,
            credentials=directory,
            store=store,
            announcements=announcements,
            clock=process,
            ids=ids,
        )
        self.delete = DeleteSecret(
            access=access,
            credentials=directory,
            store=store,
            announcements=announcements,
            clock=process,
        )


@cache
def _mailer() -> AcsMailer:
    """Return the one mailer: it remembers nothing of what goes through it."""
    return AcsMailer.connect(
        endpoint=None,
        connection_string="endpoint=http://127.0.0.1:9/;accesskey=c2ltdWxhdGVk",
        credential=None,
        sender="donotreply@example.org",
        reply_to=SUPPORT_ADDRESS,
        wording=WORDING,
        transport=MailTransport(),
    )
