"""The reminder run when the mail service or the ledger is busy, refuses, or loses an answer."""

from datetime import datetime, timedelta

import pytest

from shared.domain.delivery import WAIT
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import MessageId, UserId
from shared.domain.messages import Partition, State
from shared.domain.reminders import Claim
from shared.ports.mail import Posting
from shared.use_cases.firing import LONGEST_PAUSE, MAX_PAUSES, MAX_REFUSALS, WORKERS
from shared.use_cases.run_reminders import RunResult
from tests.fakes.system import MORNING
from tests.support.builders import GROUP, TODAY, USER, application, numbered, secret
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.reminding import DUE, OTHER_USER, states, told


def crowd(house: House, size: int) -> None:
    """Let so many managers be due one reminder each."""
    managers = [manager(UserId(numbered(n)), f"m{n}@example.org") for n in range(1, size + 1)]
    house.directory.set_group(GROUP, *managers)
    house.holds(application(DUE))


async def test_a_short_rate_limit_is_waited_for_within_the_firing(house: House) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE)
    assert await house.run() is RunResult.COMPLETE
    assert house.clock.now() == MORNING + timedelta(seconds=LONGEST_PAUSE)
    (message,) = house.ledger.messages.values()
    assert (message.state, message.attempts, len(told(house))) == (State.ACCEPTED, 2, 1)


async def test_a_long_rate_limit_stops_the_firing_and_the_next_one_goes_on(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    house.holds(application(DUE))
    for _ in range(2):
        house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE + 1)
    assert await house.run() is RunResult.OPEN
    assert (states(house), house.clock.now()) == ([State.READY, State.READY], MORNING)
    assert await house.run() is RunResult.COMPLETE
    assert sorted(address for address, _ in told(house)) == [
        "jane.doe@example.org",
        "john.roe@example.org",
    ]


async def test_a_service_that_goes_on_refusing_is_left_alone_by_this_firing(house: House) -> None:
    crowd(house, 20)
    for _ in range(100):
        house.mailer.answer_next(Posting.NOT_NOW)
    assert await house.run() is RunResult.OPEN
    assert house.mailer.posts <= (MAX_PAUSES + 1) * WORKERS
    assert len(house.ledger.messages) <= WORKERS


async def test_a_refusal_of_us_as_the_sender_is_an_alarm_and_nobodys_loss(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    crowd(house, 20)
    for _ in range(WORKERS):
        house.mailer.answer_next(Posting.REFUSED_FOR_SENDER)
    assert await house.run() is RunResult.OPEN
    assert "refuses us as a sender" in caplog.text
    assert MAX_REFUSALS <= house.mailer.posts <= WORKERS
    assert set(states(house)) == {State.READY}
    assert await house.run() is RunResult.COMPLETE
    assert len(told(house)) == len({address for address, _ in told(house)}) == 20


@pytest.mark.parametrize("posting", [Posting.REFUSED_FOR_SENDER, Posting.UNWRITTEN])
async def test_one_message_that_cannot_be_sent_keeps_nobody_else_waiting(
    house: House, posting: Posting, caplog: pytest.LogCaptureFixture
) -> None:
    crowd(house, 20)
    house.mailer.answer_next(posting)
    assert await house.run() is RunResult.OPEN
    assert len(told(house)) == 19
    assert "alarm" in caplog.text
    assert await house.run() is RunResult.COMPLETE
    assert len(told(house)) == 20


async def test_answers_that_go_on_being_lost_strand_few_messages(house: House) -> None:
    crowd(house, 100)
    for _ in range(100):
        house.mailer.answer_next(Posting.UNKNOWN)
    assert await house.run() is RunResult.OPEN
    assert states(house).count(State.SENDING) <= (MAX_PAUSES + 1) * WORKERS
    assert house.mailer.posts == states(house).count(State.SENDING)


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize(
    "call", ["open_messages", "suppressed", "of_recipient", "claim", "advance", "complete"]
)
async def test_a_fault_of_the_ledger_anywhere_mails_once_in_the_end(
    house: House, call: str, *, applied: bool
) -> None:
    house.holds(application(DUE))
    house.ledger.fail_next(call, StoreUnavailable("x"), applied=applied)
    if call in {"open_messages", "of_recipient", "claim", "advance"}:
        assert await house.run() is RunResult.OPEN
    else:
        with pytest.raises(StoreUnavailable):
            await house.run()
    house.clock.move(WAIT)
    await house.run()
    house.clock.move(WAIT)
    assert await house.run() in {RunResult.COMPLETE, RunResult.ALREADY_COMPLETE}
    assert len(told(house)) == 1
    assert not any(house.ledger.open.values())


async def test_what_fails_for_one_recipient_keeps_nobody_else_waiting(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    crowd(house, 10)
    house.ledger.fail_next("of_recipient", KeyError("a row of another age"))
    assert await house.run() is RunResult.OPEN
    assert len(told(house)) == 9
    assert "KeyError" in caplog.text
    assert "another age" not in caplog.text
    assert await house.run() is RunResult.COMPLETE
    assert len(told(house)) == 10


async def test_a_ledger_that_goes_on_failing_ends_the_firing(house: House) -> None:
    crowd(house, 100)
    for _ in range(100):
        house.ledger.fail_next("claim", StoreUnavailable("x"))
    assert await house.run() is RunResult.OPEN
    assert house.ledger.calls.count("claim") < 10


@pytest.mark.parametrize("times", [1, 2])
async def test_a_state_that_somebody_else_moved_on_keeps_the_day_open(
    house: House, times: int
) -> None:
    house.holds(application(DUE))
    house.ledger.outrun("advance", after=times)
    assert await house.run() is RunResult.OPEN
    assert house.mailer.posts == times - 1


async def test_what_another_firing_has_claimed_meanwhile_is_left_out_of_the_mail(
    house: House,
) -> None:
    house.holds(application(DUE, secret(2, days_left=20)))
    elsewhere = (Partition(USER), Claim(f"{DUE.key_id}|day:{TODAY}"))
    another = MessageId(numbered(9))
    house.ledger.before("claim", lambda: house.ledger.claims.update({elsewhere: another}))
    assert await house.run() is RunResult.OPEN
    assert told(house) == [("jane.doe@example.org", [20])]
    assert house.ledger.claims[elsewhere] == another


async def test_nothing_is_claimed_past_midnight(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    house.clock.set(datetime.fromisoformat("2026-11-21T23:59:59Z"))
    house.holds(application(DUE))
    house.ledger.before("claim", lambda: house.clock.move(timedelta(seconds=5)))
    assert await house.run() is RunResult.OPEN
    assert told(house) == []
    assert set(states(house)) <= {State.READY}


async def test_a_mail_whose_post_would_be_past_midnight_is_not_posted(house: House) -> None:
    house.clock.set(datetime.fromisoformat("2026-11-21T23:59:59Z"))
    house.holds(application(DUE))
    house.ledger.before("advance", lambda: house.clock.move(timedelta(seconds=1)))
    assert await house.run() is RunResult.OPEN
    assert (told(house), states(house)) == ([], [State.READY])
