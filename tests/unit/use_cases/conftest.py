"""The use cases, put together on fakes."""

from dataclasses import dataclass, field

import pytest

from shared.domain.applications import Application
from shared.domain.ids import UserId
from shared.domain.messages import Member
from shared.domain.standing import Audiences
from shared.use_cases.create_secret import CreateSecret
from shared.use_cases.delete_secret import DeleteSecret
from shared.use_cases.list_applications import ListApplications
from shared.use_cases.recover import Recover
from shared.use_cases.reminding import Options, Outside, Reminding
from shared.use_cases.run_reminders import RunReminders
from shared.use_cases.write_access import WriteAccess
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.fakes.mailer import FakeMailer
from tests.fakes.secret_store import FakeAuditTrail, FakeSecretStore
from tests.fakes.system import FakeClock, FakeIds
from tests.fakes.telemetry import FakeTelemetry
from tests.support.builders import GROUP, PORTAL, USER

SUPPORT_ADDRESS = "support@example.org"


def manager(user_id: UserId = USER, address: str | None = "jane.doe@example.org") -> Member:
    return Member(user_id=user_id, address=address, enabled=True)


@dataclass(slots=True)
class House:
    """Everything that a use case touches, and the use cases themselves."""

    directory: FakeDirectory = field(default_factory=FakeDirectory)
    store: FakeSecretStore = field(default_factory=FakeSecretStore)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    clock: FakeClock = field(default_factory=FakeClock)
    trail: FakeAuditTrail = field(default_factory=FakeAuditTrail)
    ids: FakeIds = field(default_factory=FakeIds)
    telemetry: FakeTelemetry = field(default_factory=FakeTelemetry)
    notifies: bool = False
    """Whether changes are announced: most tests are about something else."""
    reports: bool = False
    """Whether support gets the monthly report: most tests are about something else."""
    at_most: float = 1

    def holds(self, *applications: Application) -> None:
        for application in applications:
            self.directory.put(application)

    @property
    def _access(self) -> WriteAccess:
        return WriteAccess(
            directory=self.directory,
            credentials=self.directory,
            store=self.store,
            recover=self.recover,
            portal=PORTAL,
        )

    @property
    def recover(self) -> Recover:
        return Recover(
            directory=self.directory,
            credentials=self.directory,
            store=self.store,
            recovery=self.store,
            clock=self.clock,
        )

    @property
    def list(self) -> ListApplications:
        return ListApplications(
            directory=self.directory,
            store=self.store,
            ledger=self.ledger,
            clock=self.clock,
            portal=PORTAL,
        )

    @property
    def create(self) -> CreateSecret:
        return self.creating(self.reminding)

    def creating(self, reminding: Reminding) -> CreateSecret:
        return CreateSecret(
            access=self._access,
            credentials=self.directory,
            store=self.store,
            announcements=reminding.announcements,
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def delete(self) -> DeleteSecret:
        return DeleteSecret(
            access=self._access,
            credentials=self.directory,
            store=self.store,
            announcements=self.reminding.announcements,
            clock=self.clock,
        )

    @property
    def run(self) -> RunReminders:
        return self.reminding.run

    @property
    def reminding(self) -> Reminding:
        """Return the reminders' use cases as another process has them."""
        return self.reminding_as(sends=True)

    @property
    def outside(self) -> Outside:
        return Outside(
            applications=self.directory,
            managers=self.directory,
            store=self.store,
            ledger=self.ledger,
            runs=self.ledger,
            suppressions=self.ledger,
            notices=self.ledger,
            retention=self.ledger,
            trail=self.trail,
            mailer=self.mailer,
            meters=self.telemetry,
            clock=self.clock,
            ids=self.ids,
        )

    def reminding_as(self, *, sends: bool = True) -> Reminding:
        audiences = Audiences(portal=PORTAL, support_address=SUPPORT_ADDRESS)
        options = Options(sends=sends, notifies=self.notifies, notices_at_most=self.at_most)
        grants = self.directory if self.reports else None
        return Reminding(self.outside, audiences, options, grants=grants)


@pytest.fixture
def house() -> House:
    """Return a house in which one user manages whatever the ordinary group is tagged on."""
    made = House()
    made.directory.set_group(GROUP, manager())
    return made
