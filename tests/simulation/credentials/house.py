"""The product in one process: its real use cases and table adapters, on the simulated services."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from shared.adapters.quiet_telemetry import QUIET
from shared.adapters.table_ledger import TableLedger
from shared.adapters.table_recovery import TableRecovery
from shared.adapters.table_secrets import TableSecretStore
from shared.domain.access import Portal
from shared.domain.standing import Audiences
from shared.use_cases.announcements import Announcements
from shared.use_cases.create_secret import CreateSecret
from shared.use_cases.delete_secret import DeleteSecret
from shared.use_cases.list_applications import ListApplications
from shared.use_cases.recover import Recover
from shared.use_cases.reminding import Options, Outside, Reminding
from shared.use_cases.write_access import WriteAccess
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.fakes.mailer import FakeMailer
from tests.fakes.secret_store import FakeAuditTrail, FakeSecretStore
from tests.fakes.system import FakeClock, FakeIds
from tests.simulation.credentials.directory import Directory, Lag
from tests.simulation.credentials.machine import Machine
from tests.simulation.credentials.tenant import By, Tenant
from tests.simulation.ids import SeededIds
from tests.simulation.table_clients import connected
from tests.simulation.tables import Store
from tests.simulation.virtual_time import Time
from tests.simulation.world import IDENTITY, PORTAL

THE_PORTAL: Final = Portal(client_id=PORTAL, identity=IDENTITY, resources={}, step_up_context=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What all processes share."""

    time: Time
    tenant: Tenant
    store: Store
    lag: Lag


class House:
    """The use cases of one process."""

    def __init__(self, services: Services, machine: Machine, rng: Random) -> None:
        self.machine = machine
        tables, ids = connected(services.store, machine, rng), SeededIds(rng)

        def directory(by: By | None = None) -> Directory:
            return Directory(
                tenant=services.tenant,
                time=services.time,
                machine=machine,
                rng=rng,
                lag=services.lag,
                by=by,
            )

        theirs, own = directory(), directory(By.RECOVERY)
        store = TableSecretStore(tables, ids)
        self.recover = Recover(
            directory=own,
            credentials=own,
            store=store,
            recovery=TableRecovery(tables, ids),
            clock=machine,
        )
        access = WriteAccess(
            directory=theirs,
            credentials=theirs,
            store=store,
            recover=self.recover,
            portal=THE_PORTAL,
        )
        self.create = CreateSecret(
            access=access,
            credentials=theirs,
            store=store,
            announcements=_silence(),
            clock=machine,
            ids=ids,
        )
        self.delete = DeleteSecret(
            access=access,
            credentials=theirs,
            store=store,
            announcements=_silence(),
            clock=machine,
        )
        self.list = ListApplications(
            directory=theirs,
            store=store,
            ledger=TableLedger(tables, ids),
            clock=machine,
            portal=THE_PORTAL,
        )


@cache
def _silence() -> Announcements:
    """Return the real announcements, switched off: nothing that they are made of is used."""
    directory, ledger = FakeDirectory(), FakeLedger()
    outside = Outside(
        applications=directory,
        managers=directory,
        store=FakeSecretStore(),
        ledger=ledger,
        runs=ledger,
        suppressions=ledger,
        notices=ledger,
        retention=ledger,
        trail=FakeAuditTrail(),
        mailer=FakeMailer(),
        meters=QUIET,
        clock=FakeClock(),
        ids=FakeIds(),
    )
    audiences = Audiences(portal=THE_PORTAL, support_address="support@example.org")
    return Reminding(outside, audiences, Options(sends=True, notifies=False)).announcements
