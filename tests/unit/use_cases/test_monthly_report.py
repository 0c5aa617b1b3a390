"""The monthly report: on the first of a month, to support, once, whatever breaks."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from shared.domain.delivery import digest
from shared.domain.errors import DirectoryUnavailable, StoreUnavailable
from shared.domain.messages import SUPPORT, Message, State
from shared.domain.reports import Kind
from shared.ports.mail import Posting
from shared.use_cases.run_reminders import RunResult
from tests.leaks.interruptions import Interruption, interrupted, tasks_interruptible
from tests.support.builders import GROUP, application, secret
from tests.unit.use_cases.conftest import SUPPORT_ADDRESS, House, manager
from tests.unit.use_cases.reminding import live

FIRST = datetime(2026, 12, 1, 6, tzinfo=UTC)


class Crash(Exception):
    """The process ends here."""


def the_house() -> House:
    house = House(reports=True)
    house.directory.set_group(GROUP, manager())
    house.holds(application(secret(1, days_left=300)))
    house.clock.set(FIRST)
    return house


@pytest.fixture
def house() -> House:
    return the_house()


def reported(house: House) -> list[Message]:
    return [each for each in house.mailer.accepted if each.report is not None]


def months(house: House) -> list[str]:
    return [f"{each.report.month:%Y-%m}" for each in reported(house) if each.report is not None]


async def fire_hourly(house: House, hours: int) -> None:
    for _ in range(hours):
        await house.run()
        house.clock.move(timedelta(hours=1))


async def test_support_is_told_on_the_first_and_not_again_that_month(house: House) -> None:
    assert await house.run() is RunResult.COMPLETE
    (mail,) = reported(house)
    assert (mail.recipient.partition, mail.recipient.address) == (SUPPORT, SUPPORT_ADDRESS)
    await live(house, 31)
    assert months(house) == ["2026-12"]
    await live(house, 31)
    assert months(house) == ["2026-12", "2027-01"]


async def test_it_tells_what_was_found(house: House) -> None:
    await house.run()
    (mail,) = reported(house)
    assert mail.report is not None
    assert mail.report.examined == 1
    found = {each.kind for each in mail.report.kinds}
    assert found == {Kind.ONE_MANAGER, Kind.MADE_ELSEWHERE, Kind.MFA_NOT_EVIDENCED}


async def test_a_week_without_a_run_is_made_up_for_and_more_is_not(house: House) -> None:
    house.clock.move(timedelta(days=6))
    await house.run()
    assert months(house) == ["2026-12"]
    late = the_house()
    late.clock.move(timedelta(days=7))
    await late.run()
    assert months(late) == []


async def test_in_report_mode_none_is_sent(house: House) -> None:
    await house.reminding_as(sends=False).run()
    assert house.mailer.posts == 0


async def test_two_firings_at_once_send_one(house: House) -> None:
    await gather(*(house.run() for _ in range(5)))
    await fire_hourly(house, 2)
    assert months(house) == ["2026-12"]


async def test_what_cannot_be_read_keeps_the_day_open_with_an_alarm_and_no_reminder_waiting(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(secret(1, days_left=5)))
    house.directory.fail_next("grants", DirectoryUnavailable("away"))
    assert await house.run() is RunResult.OPEN
    assert [bool(each.lines) for each in house.mailer.accepted] == [True]
    assert "alarm: the monthly report cannot be made" in caplog.text
    assert await house.run() is RunResult.COMPLETE
    assert months(house) == ["2026-12"]


async def test_a_lost_answer_is_asked_about_and_one_arrives(house: House) -> None:
    house.mailer.answer_next(Posting.UNKNOWN, is_taken=True)
    assert await house.run() is RunResult.OPEN
    await fire_hourly(house, 3)
    assert months(house) == ["2026-12"]
    assert house.mailer.posts == 1


async def test_a_report_that_waits_for_a_rate_limit_is_sent_by_the_next_firing(
    house: House,
) -> None:
    house.mailer.answer_next(Posting.NOT_NOW, retry_after=3600)
    assert await house.run() is RunResult.OPEN
    house.clock.move(timedelta(hours=1))
    assert await house.run() is RunResult.COMPLETE
    assert months(house) == ["2026-12"]


async def test_an_old_months_report_is_void_and_the_new_months_is_sent(house: House) -> None:
    house.clock.set(datetime(2026, 12, 7, 20, tzinfo=UTC))
    house.mailer.answer_next(Posting.NOT_NOW, retry_after=3600)
    await house.run()
    house.clock.set(datetime(2027, 1, 1, 6, tzinfo=UTC))
    await fire_hourly(house, 2)
    assert months(house) == ["2027-01"]
    assert sorted(each.state for each in house.ledger.messages.values()) == [
        State.ACCEPTED,
        State.VOID,
    ]


async def test_an_address_that_bounced_is_left_alone_and_told_later(house: House) -> None:
    await house.ledger.suppress(digest(SUPPORT_ADDRESS), FIRST - timedelta(hours=1))
    assert await house.run() is RunResult.COMPLETE
    assert house.mailer.posts == 0
    await live(house, 3)
    assert months(house) == ["2026-12"]


async def test_it_costs_one_read_of_the_ledger_once_it_is_claimed(house: House) -> None:
    await house.run()
    house.clock.move(timedelta(days=1))
    before = len(house.directory.calls)
    await house.run()
    assert "grants" not in house.directory.calls[before:]


async def test_wherever_a_run_crashes_exactly_one_arrives() -> None:
    for at in count(1):
        house = the_house()
        interruption = Interruption(error=Crash, at=at)

        async def crashing(house: House = house, interruption: Interruption = interruption) -> None:
            interruption.begin()
            await house.run()

        with tasks_interruptible():
            await gather(interrupted(crashing, interruption), return_exceptions=True)
            await interruption.over()
        await fire_hourly(house, 4)
        assert months(house) == ["2026-12"], f"crashed at await {at}"
        if not interruption.happened:
            break
    assert at > 30


@pytest.mark.parametrize("method", ["claim", "advance", "of_recipient", "open_messages"])
@pytest.mark.parametrize("applied", [False, True])
async def test_whichever_write_is_lost_exactly_one_arrives(
    house: House, method: str, *, applied: bool
) -> None:
    house.ledger.fail_next(method, StoreUnavailable("lost"), applied=applied)
    await gather(house.run(), return_exceptions=True)
    await fire_hourly(house, 4)
    assert months(house) == ["2026-12"]
