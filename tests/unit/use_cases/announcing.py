"""What the tests of the notices share."""

from asyncio import Event
from datetime import date, timedelta

from shared.domain.messages import Change, Message
from shared.ports.mail import Posted
from shared.use_cases.create_secret import Wish
from shared.use_cases.run_reminders import RunResult
from tests.fakes.mailer import FakeMailer
from tests.support.builders import CLIENT, GROUP, application, numbered, principal, secret
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.reminding import OTHER_USER

JANE = "jane.doe@example.org"
JOHN = "john.roe@example.org"
OLD = secret(1, days_left=200)
WISH = Wish(
    idempotency_key=numbered(0x77), display_name="Secret by VM", expires_on=date(2027, 6, 1)
)


def house_that_notifies() -> House:
    """Return a house with one application, of two managers, whose changes are announced."""
    house = House(notifies=True)
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, JOHN))
    house.holds(application(OLD, secret(2, days_left=300)))
    return house


def told(house: House) -> list[tuple[str, Change]]:
    return sorted(
        (message.recipient.address, message.notice.change)
        for message in house.mailer.accepted
        if message.notice
    )


async def create(house: House) -> None:
    await house.create(principal(), CLIENT, WISH)


async def live_an_hour(house: House) -> RunResult:
    house.clock.move(timedelta(hours=1))
    return await house.run()


class SlowMailer(FakeMailer):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = Event()

    async def post(self, message: Message) -> Posted:
        await self.go_on.wait()
        return await super().post(message)
