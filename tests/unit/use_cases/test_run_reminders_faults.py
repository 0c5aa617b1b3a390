"""The reminder run when the mail service or the ledger is busy, refuses, or loses an answer."""

from datetime import datetime, timedelta

import pytest

from shared.domain.errors import StoreUnavailable
from shared.domain.messages import State
from shared.ports.ledger import Posting
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import (
    GROUP,
    USER,
    application,
    secret,
)
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.reminding import DUE, OTHER_USER, states, told


async def test_a_rate_limit_stops_the_firing_and_the_next_one_goes_on(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.NOT_NOW)
    assert await house.run() is RunResult.OPEN
    assert states(house) == [State.READY]
    assert await house.run() is RunResult.COMPLETE
    assert sorted(address for address, _ in told(house)) == [
        "jane.doe@example.org",
        "john.roe@example.org",
    ]
    assert sorted(message.attempts for message in house.ledger.messages.values()) == [1, 2]


async def test_a_refusal_of_us_as_the_sender_is_an_alarm_and_nobodys_loss(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.REFUSED_FOR_SENDER)
    assert await house.run() is RunResult.OPEN
    assert "refuses us as a sender" in caplog.text
    assert await house.run() is RunResult.COMPLETE
    assert len(told(house)) == 1


async def test_a_refusal_for_the_recipient_is_final(house: House) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.REFUSED_FOR_RECIPIENT)
    assert await house.run() is RunResult.COMPLETE
    assert (states(house), told(house)) == ([State.FAILED], [])


async def test_a_lost_answer_is_not_posted_again_and_keeps_the_day_open(house: House) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.UNKNOWN)
    for _ in range(3):
        assert await house.run() is RunResult.OPEN
    assert (states(house), house.mailer.posts) == ([State.SENDING], 1)


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("call", ["of_recipient", "claim", "advance", "complete"])
async def test_a_crash_of_the_ledger_anywhere_never_mails_twice(
    house: House, call: str, *, applied: bool
) -> None:
    house.holds(application(DUE))
    house.ledger.fail_next(call, StoreUnavailable("x"), applied=applied)
    with pytest.raises(StoreUnavailable):
        await house.run()
    await house.run()
    await house.run()
    assert house.mailer.posts <= 1
    if call != "advance" or not applied:
        assert len(told(house)) == 1


async def test_a_ready_message_is_posted_only_while_all_it_says_is_still_due(
    house: House,
) -> None:
    late = secret(2, days_left=20)
    house.holds(application(DUE, late))
    house.mailer.answer_next(Posting.NOT_NOW)
    await house.run()
    house.holds(application(late))
    assert await house.run() is RunResult.OPEN
    assert told(house) == []


async def test_a_message_left_ready_is_not_sent_to_someone_who_is_a_manager_no_more(
    house: House,
) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.NOT_NOW)
    await house.run()
    house.directory.set_group(GROUP, manager(OTHER_USER, "john.roe@example.org"))
    await house.run()
    assert [address for address, _ in told(house)] == ["john.roe@example.org"]


async def test_a_message_left_ready_is_not_sent_past_midnight(house: House) -> None:
    house.clock.set(datetime.fromisoformat("2026-11-21T23:59:59Z"))
    house.holds(application(secret(1, days_left=20), secret(2, days_left=21, age=200)))
    house.mailer.answer_next(Posting.NOT_NOW)
    await house.run()
    house.ledger.before("of_recipient", lambda: house.clock.move(timedelta(seconds=5)))
    assert await house.run() is RunResult.OPEN
    assert told(house) == []


async def test_a_message_is_not_sent_to_an_address_that_has_changed(house: House) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.NOT_NOW)
    await house.run()
    house.directory.set_group(GROUP, manager(USER, "jane.roe@example.org"))
    assert await house.run() is RunResult.OPEN
    assert told(house) == []


@pytest.mark.parametrize("times", [1, 2])
async def test_a_state_that_somebody_else_moved_on_keeps_the_day_open(
    house: House, times: int
) -> None:
    house.holds(application(DUE))
    house.ledger.outrun("advance", after=times)
    assert await house.run() is RunResult.OPEN
    assert house.mailer.posts == times - 1


async def test_nothing_is_claimed_past_midnight(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    house.clock.set(datetime.fromisoformat("2026-11-21T23:59:59Z"))
    house.holds(application(DUE))
    house.mailer.before_post(lambda: house.clock.move(timedelta(seconds=5)))
    assert await house.run() is RunResult.OPEN
    assert len(told(house)) == 1
    assert {message.on.isoformat() for message in house.ledger.messages.values()} == {"2026-11-21"}
