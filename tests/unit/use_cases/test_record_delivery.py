from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest

from shared.domain.delivery import Report, digest
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import MessageId
from shared.domain.messages import SUPPORT, Message, State
from shared.ports.mail import Posting
from shared.use_cases.run_reminders import RunResult
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, application, message, notice, numbered
from tests.unit.use_cases.conftest import House
from tests.unit.use_cases.reminding import DUE, states


async def sent(house: House) -> Message:
    house.holds(application(DUE))
    assert await house.run() is RunResult.COMPLETE
    return house.mailer.accepted[0]


async def report(house: House, said: Message, what: Report) -> None:
    await house.reminding.record_delivery(said.message_id, what, house.clock.now())


async def test_a_delivered_mail_is_delivered_and_the_day_stays_complete(house: House) -> None:
    said = await sent(house)
    await report(house, said, Report.DELIVERED)
    await report(house, said, Report.DELIVERED)
    assert states(house) == [State.DELIVERED]
    assert await house.run() is RunResult.ALREADY_COMPLETE


@pytest.mark.parametrize("first", [Report.DELIVERED, Report.BOUNCED])
async def test_reports_may_come_in_any_order(house: House, first: Report) -> None:
    said = await sent(house)
    second = {Report.DELIVERED: Report.BOUNCED, Report.BOUNCED: Report.DELIVERED}[first]
    await report(house, said, first)
    await report(house, said, second)
    assert states(house) == [State.BOUNCED]


async def test_a_bounce_reopens_the_day_of_the_mail_for_a_clock_that_is_behind(
    house: House,
) -> None:
    said = await sent(house)
    house.clock.move(-(MORNING - datetime.combine(TODAY, time.min, UTC)) - timedelta(seconds=10))
    await report(house, said, Report.BOUNCED)
    house.clock.move(timedelta(hours=20))
    assert house.clock.now().date() == TODAY
    assert await house.run() is RunResult.COMPLETE
    assert house.mailer.accepted[-1].recipient.partition == SUPPORT


async def test_an_id_that_is_not_ours_is_ignored(house: House) -> None:
    await sent(house)
    stranger = message(77)
    await report(house, stranger, Report.BOUNCED)
    assert states(house) == [State.ACCEPTED]
    assert (house.ledger.suppressions, house.ledger.runs[TODAY].is_complete) == ({}, True)


async def test_an_index_entry_whose_message_is_gone_is_ignored(house: House) -> None:
    lost = message(5)
    house.ledger.point(lost)
    await report(house, lost, Report.BOUNCED)
    assert house.ledger.suppressions == {}


async def test_a_report_settles_a_message_whose_answer_was_lost(house: House) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.UNKNOWN)
    await house.run()
    (said,) = house.ledger.messages.values()
    await report(house, said, Report.DELIVERED)
    assert await house.run() is RunResult.COMPLETE
    assert (states(house), house.mailer.questions) == ([State.DELIVERED], 0)


async def test_a_bounce_suppresses_its_address_once_however_often_it_is_reported(
    house: House,
) -> None:
    said = await sent(house)
    for _ in range(3):
        await house.reminding.record_delivery(said.message_id, Report.BOUNCED, MORNING)
    (known,) = house.ledger.suppressions.values()
    assert (known.level, known.since) == (1, MORNING)
    assert set(house.ledger.suppressions) == {digest(said.recipient.address)}


async def test_a_bounce_of_the_future_counts_from_now(house: House) -> None:
    said = await sent(house)
    await house.reminding.record_delivery(
        said.message_id, Report.BOUNCED, MORNING + timedelta(days=3000)
    )
    (known,) = house.ledger.suppressions.values()
    assert known.since == MORNING


@pytest.mark.parametrize(
    ("state", "result"),
    [(State.DELIVERED, RunResult.COMPLETE), (State.BOUNCED, RunResult.OPEN)],
)
async def test_a_report_may_come_before_the_acceptance_is_written_down(
    house: House, state: State, result: RunResult
) -> None:
    house.holds(application(DUE))
    advances = count(1)

    def report_before_the_second() -> None:
        if next(advances) == 2:
            _touch(house, state=state)

    house.ledger.before("advance", report_before_the_second)
    assert await house.run() is result
    assert states(house) == [state]


@pytest.mark.parametrize("call", ["message", "advance", "suppress", "reopen"])
@pytest.mark.parametrize("applied", [True, False])
async def test_a_report_that_was_recorded_in_part_is_completed_by_the_same_again(
    house: House, call: str, *, applied: bool
) -> None:
    said = await sent(house)
    house.ledger.fail_next(call, StoreUnavailable("x"), applied=applied)
    with pytest.raises(StoreUnavailable):
        await report(house, said, Report.BOUNCED)
    await report(house, said, Report.BOUNCED)
    assert states(house) == [State.BOUNCED]
    assert len(house.ledger.suppressions) == 1
    assert not house.ledger.runs[TODAY].is_complete


async def test_a_report_outlasts_a_firing_that_changes_the_message_at_the_same_time(
    house: House,
) -> None:
    said = await sent(house)
    house.ledger.outrun("advance", after=house.ledger.calls.count("advance") - 1)
    await report(house, said, Report.DELIVERED)
    assert states(house) == [State.DELIVERED]


async def test_a_message_that_keeps_changing_is_left_to_the_next_report(house: House) -> None:
    said = await sent(house)
    house.ledger.before("advance", lambda: _touch(house))
    with pytest.raises(StoreUnavailable):
        await report(house, said, Report.DELIVERED)


def _touch(house: House, state: State | None = None) -> None:
    for place, each in house.ledger.messages.items():
        house.ledger.messages[place] = replace(
            each, version=f"{each.version}+", state=state or each.state
        )


async def test_a_bounced_notice_silences_its_address_but_reopens_nothing(house: House) -> None:
    said = message(notice=notice(), state=State.READY)
    claimed = await house.ledger.claim(said)
    assert claimed is not None
    await house.ledger.advance(claimed, State.ACCEPTED)
    await report(house, said, Report.BOUNCED)
    assert len(house.ledger.suppressions) == 1
    assert house.ledger.runs == {}


async def test_a_mail_that_was_sent_although_it_was_denied_is_an_alarm(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    claimed = await house.ledger.claim(message())
    assert claimed is not None
    await house.ledger.void(claimed)
    await report(house, claimed, Report.DELIVERED)
    assert "denied was sent" in caplog.text
    assert states(house) == [State.VOID]


async def test_no_address_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    said = await sent(house)
    await report(house, said, Report.BOUNCED)
    house.clock.move(timedelta(hours=1))
    await house.run()
    assert "@" not in caplog.text
    await house.reminding.record_delivery(MessageId(numbered(1)), Report.BOUNCED, house.clock.now())
    assert "no message of ours" in caplog.text
