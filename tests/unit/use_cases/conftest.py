"""The use cases, put together on fakes."""

from dataclasses import dataclass, field

import pytest

from shared.domain.applications import Application
from shared.domain.ids import UserId
from shared.domain.messages import Member
from shared.use_cases.create_secret import CreateSecret
from shared.use_cases.delete_secret import DeleteSecret
from shared.use_cases.dispatch import Dispatch
from shared.use_cases.evaluation import Evaluation
from shared.use_cases.list_applications import ListApplications
from shared.use_cases.run_reminders import RunReminders
from shared.use_cases.write_access import WriteAccess
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.fakes.mailer import FakeMailer
from tests.fakes.secret_store import FakeSecretStore
from tests.fakes.system import FakeClock, FakeIds
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
    ids: FakeIds = field(default_factory=FakeIds)

    def holds(self, *applications: Application) -> None:
        for application in applications:
            self.directory.put(application)

    @property
    def _access(self) -> WriteAccess:
        return WriteAccess(
            directory=self.directory, credentials=self.directory, store=self.store, portal=PORTAL
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
        return CreateSecret(
            access=self._access,
            credentials=self.directory,
            store=self.store,
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def delete(self) -> DeleteSecret:
        return DeleteSecret(
            access=self._access, credentials=self.directory, store=self.store, clock=self.clock
        )

    @property
    def run(self) -> RunReminders:
        return self.runner(sends=True)

    def runner(self, *, sends: bool) -> RunReminders:
        evaluation = Evaluation(
            applications=self.directory,
            managers=self.directory,
            portal=PORTAL,
            support_address=SUPPORT_ADDRESS,
        )
        dispatch = Dispatch(ledger=self.ledger, mailer=self.mailer, clock=self.clock, ids=self.ids)
        return RunReminders(
            evaluation=evaluation,
            dispatch=dispatch,
            ledger=self.ledger,
            clock=self.clock,
            sends=sends,
        )


@pytest.fixture
def house() -> House:
    """Return a house in which one user manages whatever the ordinary group is tagged on."""
    made = House()
    made.directory.set_group(GROUP, manager())
    return made
