"""Support hears of what did not arrive."""

from datetime import timedelta

import pytest

from shared.domain.delivery import SUPPRESSIONS, Report, digest
from shared.domain.messages import SUPPORT, Message, Unreachable
from shared.ports.mail import Posting
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import GROUP, application, secret
from tests.unit.use_cases.conftest import SUPPORT_ADDRESS, House, manager
from tests.unit.use_cases.reminding import DUE, OTHER_USER, told

LATE = secret(2, days_left=40)
JANE = "jane.doe@example.org"
JOHN = "john.roe@example.org"


def support_heard(house: House) -> list[tuple[Unreachable | None, tuple[str, ...]]]:
    return [
        (line.unreachable, line.addresses)
        for message in house.mailer.accepted
        if message.recipient.partition == SUPPORT
        for line in message.lines
    ]


def to(house: House, address: str) -> Message:
    (message,) = [each for each in house.mailer.accepted if each.recipient.address == address]
    return message


async def bounces(house: House, message: Message, report: Report = Report.BOUNCED) -> None:
    await house.reminding.record_delivery(message.message_id, report, house.clock.now())


@pytest.mark.parametrize("posting", [Posting.REFUSED_FOR_RECIPIENT, Posting.SUPPRESSED])
async def test_support_hears_of_a_refused_address_by_the_next_firing(
    house: House, posting: Posting
) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(posting)
    assert await house.run() is RunResult.OPEN
    assert await house.run() is RunResult.COMPLETE
    assert support_heard(house) == [(Unreachable.FAILED, (JANE,))]
    assert bool(house.ledger.suppressions) is (posting is Posting.SUPPRESSED)


@pytest.mark.parametrize("report", [Report.BOUNCED, Report.LOST])
async def test_a_bounce_reopens_the_day_and_support_hears_once(
    house: House, report: Report
) -> None:
    house.holds(application(DUE))
    await house.run()
    await bounces(house, to(house, JANE), report)
    assert await house.run() is RunResult.COMPLETE
    await bounces(house, to(house, JANE), report)
    assert await house.run() is RunResult.COMPLETE
    assert support_heard(house) == [(Unreachable.BOUNCED, (JANE,))]


async def test_of_several_that_did_not_arrive_support_hears_in_one_line(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, JOHN))
    house.holds(application(DUE))
    await house.run()
    for address in (JOHN, JANE):
        await bounces(house, to(house, address))
    await house.run()
    assert support_heard(house) == [(Unreachable.BOUNCED, (JANE, JOHN))]


async def test_an_address_that_bounced_is_left_alone_and_support_hears_instead(
    house: House,
) -> None:
    house.holds(application(DUE))
    await house.run()
    await bounces(house, to(house, JANE))
    await house.run()
    house.clock.move(SUPPRESSIONS[0] - timedelta(seconds=1))
    await house.run()
    assert [address for address, _ in told(house)] == [JANE, SUPPORT_ADDRESS, SUPPORT_ADDRESS]
    assert support_heard(house) == [(Unreachable.BOUNCED, (JANE,))] * 2
    house.clock.move(timedelta(days=1))
    await house.run()
    assert [address for address, _ in told(house)][3:] == [JANE]


async def test_the_others_are_told_while_one_address_is_left_alone(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, JOHN))
    house.holds(application(DUE))
    await house.ledger.suppress(digest(JANE), house.clock.now())
    assert await house.run() is RunResult.COMPLETE
    assert sorted(address for address, _ in told(house)) == [JOHN, SUPPORT_ADDRESS]


async def test_a_mail_that_failed_on_the_way_is_told_late_and_does_not_silence_its_address(
    house: House,
) -> None:
    house.holds(application(DUE))
    await house.run()
    await bounces(house, to(house, JANE), Report.LOST)
    house.clock.move(timedelta(days=1))
    await house.run()
    assert sorted(address for address, _ in told(house)) == [JANE, JANE, SUPPORT_ADDRESS]
    assert support_heard(house) == [(Unreachable.BOUNCED, (JANE,))]
    house.clock.move(timedelta(days=1))
    await house.run()
    assert len(support_heard(house)) == 1


async def test_what_bounced_and_is_no_longer_due_is_told_to_nobody(house: House) -> None:
    house.holds(application(LATE))
    await house.run()
    await bounces(house, to(house, JANE))
    house.holds(application(secret(3, days_left=300)))
    assert await house.run() is RunResult.COMPLETE
    assert support_heard(house) == []


async def test_what_fails_for_support_is_an_alarm_and_nothing_more(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.directory.set_group(GROUP)
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.REFUSED_FOR_RECIPIENT)
    assert await house.run() is RunResult.COMPLETE
    assert "support cannot be mailed" in caplog.text
    assert house.mailer.accepted == []


async def test_a_bounce_of_supports_own_address_is_an_alarm_and_reopens_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.directory.set_group(GROUP)
    house.holds(application(DUE))
    await house.run()
    await bounces(house, to(house, SUPPORT_ADDRESS))
    assert "support cannot be mailed" in caplog.text
    assert await house.run() is RunResult.ALREADY_COMPLETE
    house.clock.move(timedelta(hours=23))
    caplog.clear()
    assert await house.run() is RunResult.COMPLETE
    assert "support cannot be mailed" in caplog.text
    assert len(house.mailer.accepted) == 1
