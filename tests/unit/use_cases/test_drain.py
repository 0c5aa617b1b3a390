"""What an earlier firing left unfinished, and what the next ones make of it."""

from datetime import timedelta

import pytest

from shared.domain.delivery import HORIZON, MAX_ATTEMPTS, WAIT
from shared.domain.errors import StoreUnavailable
from shared.domain.messages import SUPPORT, Message, Partition, State
from shared.ports.mail import Posting, Status
from shared.use_cases.firing import LONGEST_PAUSE
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import (
    GROUP,
    USER,
    application,
    message,
    secret,
)
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.reminding import DUE, OTHER_USER, states, told

LATE = secret(2, days_left=20)


def left(house: House) -> Message:
    (message,) = house.ledger.messages.values()
    return message


async def left_ready(house: House) -> None:
    house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE + 1)
    assert await house.run() is RunResult.OPEN
    assert states(house) == [State.READY]


async def left_sending(house: House, *, is_taken: bool = False) -> None:
    house.mailer.answer_next(Posting.UNKNOWN)
    assert await house.run() is RunResult.OPEN
    assert states(house) == [State.SENDING]
    if is_taken:
        house.mailer.accepted.append(left(house))


class TestReady:
    async def test_it_is_posted_under_its_id_while_all_it_says_holds(self, house: House) -> None:
        house.holds(application(DUE))
        await left_ready(house)
        assert await house.run() is RunResult.COMPLETE
        assert [each.message_id for each in house.mailer.accepted] == [left(house).message_id]
        assert left(house).attempts == 2

    async def test_it_is_void_once_one_of_its_secrets_is_gone_and_the_rest_is_told_anew(
        self, house: House
    ) -> None:
        house.holds(application(DUE, LATE))
        await left_ready(house)
        house.holds(application(LATE))
        assert await house.run() is RunResult.COMPLETE
        assert told(house) == [("jane.doe@example.org", [20])]
        assert sorted(states(house)) == [State.ACCEPTED, State.VOID]

    async def test_it_is_void_for_who_is_no_manager_any_more(self, house: House) -> None:
        house.holds(application(DUE))
        await left_ready(house)
        house.directory.set_group(GROUP, manager(OTHER_USER, "john.roe@example.org"))
        assert await house.run() is RunResult.COMPLETE
        assert [address for address, _ in told(house)] == ["john.roe@example.org"]

    async def test_it_is_void_at_an_address_that_was_given_up(self, house: House) -> None:
        house.holds(application(DUE))
        await left_ready(house)
        house.directory.set_group(GROUP, manager(USER, "jane.roe@example.org"))
        assert await house.run() is RunResult.COMPLETE
        assert [address for address, _ in told(house)] == ["jane.roe@example.org"]

    async def test_a_daily_one_is_void_on_the_next_day(self, house: House) -> None:
        house.holds(application(DUE))
        await left_ready(house)
        house.clock.move(timedelta(days=1))
        assert await house.run() is RunResult.COMPLETE
        assert told(house) == [("jane.doe@example.org", [4])]

    async def test_a_repeat_in_other_words_is_void_and_told_anew(self, house: House) -> None:
        house.holds(application(DUE))
        await left_ready(house)
        first = left(house).message_id
        house.mailer.edition = "2"
        assert await house.run() is RunResult.COMPLETE
        (sent,) = house.mailer.accepted
        assert (sent.edition, sent.message_id != first) == ("2", True)

    async def test_the_claims_of_a_void_one_are_free(self, house: House) -> None:
        house.holds(application(DUE, LATE))
        await left_ready(house)
        claims = set(house.ledger.claims)
        house.directory.set_group(GROUP)
        await house.run()
        assert claims.isdisjoint(house.ledger.claims)


class TestSending:
    async def test_the_service_is_not_asked_before_it_must_know(self, house: House) -> None:
        house.holds(application(DUE))
        await left_sending(house)
        house.clock.move(WAIT - timedelta(seconds=1))
        assert await house.run() is RunResult.OPEN
        assert (house.mailer.questions, house.mailer.posts) == (0, 1)

    async def test_what_the_service_took_is_accepted_and_not_posted_again(
        self, house: House
    ) -> None:
        house.holds(application(DUE))
        await left_sending(house, is_taken=True)
        house.clock.move(WAIT)
        assert await house.run() is RunResult.COMPLETE
        assert (states(house), house.mailer.posts) == ([State.ACCEPTED], 1)

    async def test_what_the_service_denies_is_posted_again_the_same(self, house: House) -> None:
        house.holds(application(DUE))
        await left_sending(house)
        said = left(house)
        house.clock.move(WAIT)
        assert await house.run() is RunResult.COMPLETE
        (again,) = house.mailer.accepted
        assert (again.message_id, again.lines, again.on) == (
            said.message_id,
            said.lines,
            said.on,
        )
        assert (again.attempts, again.posted_at) == (2, house.clock.now())

    async def test_a_denied_one_that_does_not_hold_any_more_is_void(self, house: House) -> None:
        house.holds(application(DUE, LATE))
        await left_sending(house)
        house.clock.move(WAIT)
        house.holds(application(LATE))
        assert await house.run() is RunResult.COMPLETE
        assert told(house) == [("jane.doe@example.org", [20])]

    async def test_no_answer_leaves_it_to_the_next_firing(self, house: House) -> None:
        house.holds(application(DUE))
        await left_sending(house)
        house.mailer.knows(left(house).message_id, Status.NO_ANSWER)
        house.clock.move(WAIT)
        assert await house.run() is RunResult.OPEN
        assert (states(house), house.mailer.posts) == ([State.SENDING], 1)

    async def test_denied_too_late_it_is_uncertain_never_posted_again_and_support_hears(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.holds(application(LATE))
        await left_sending(house)
        house.clock.move(HORIZON)
        await house.run()
        await house.run()
        assert "uncertain" in caplog.text
        assert left_of(house, USER).state is State.UNCERTAIN
        (digest,) = house.mailer.accepted
        assert digest.recipient.partition == SUPPORT
        assert [line.claim for line in digest.lines] == [f"{LATE.key_id}|threeWeeks|uncertain"]
        assert [line.addresses for line in digest.lines] == [("jane.doe@example.org",)]

    @pytest.mark.parametrize("status", [Status.FAILED, Status.SUPPRESSED])
    async def test_what_failed_later_on_is_told_to_support(
        self, house: House, status: Status
    ) -> None:
        house.holds(application(DUE))
        await left_sending(house)
        house.mailer.knows(left(house).message_id, status)
        house.clock.move(WAIT)
        assert await house.run() is RunResult.OPEN
        assert await house.run() is RunResult.COMPLETE
        (digest,) = house.mailer.accepted
        assert digest.recipient.partition == SUPPORT
        assert bool(house.ledger.suppressions) is (status is Status.SUPPRESSED)

    async def test_support_is_told_of_a_failure_by_the_same_firing_that_learns_of_it(
        self, house: House
    ) -> None:
        house.holds(application(DUE))
        await left_sending(house)
        house.mailer.knows(left(house).message_id, Status.FAILED)
        house.clock.move(WAIT)
        await house.run()
        assert [each.recipient.partition for each in house.mailer.accepted] == [SUPPORT]

    async def test_what_the_service_never_speaks_of_is_uncertain_in_the_end(
        self, house: House
    ) -> None:
        house.holds(application(LATE))
        await left_sending(house)
        house.mailer.knows(left(house).message_id, Status.NO_ANSWER)
        house.clock.move(HORIZON)
        await house.run()
        assert left_of(house, USER).state is State.UNCERTAIN
        assert house.mailer.accepted[0].recipient.partition == SUPPORT

    async def test_what_goes_on_failing_is_an_alarm_and_tried_on(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.holds(application(LATE))
        for _ in range(MAX_ATTEMPTS):
            assert "alarm" not in caplog.text
            house.mailer.answer_next(Posting.UNKNOWN)
            await house.run()
            house.clock.move(WAIT)
        assert await house.run() is RunResult.COMPLETE
        assert "alarm: a mail is not taken" in caplog.text
        assert states(house) == [State.ACCEPTED]


class TestIndex:
    async def test_an_entry_whose_message_never_came_is_dropped_after_a_while(
        self, house: House
    ) -> None:
        house.holds(application(LATE))
        house.ledger.point(message())
        assert await house.run() is RunResult.COMPLETE
        assert any(house.ledger.open.values())
        house.clock.move(timedelta(days=1))
        await house.run()
        assert not any(house.ledger.open.values())

    async def test_a_message_of_another_day_keeps_the_day_open(self, house: House) -> None:
        house.holds(application(LATE))
        await left_sending(house)
        house.mailer.knows(left(house).message_id, Status.NO_ANSWER)
        house.holds(application(secret(3, days_left=300)))
        house.clock.move(timedelta(days=1))
        assert await house.run() is RunResult.OPEN

    async def test_a_message_that_the_index_has_lost_is_found_by_what_is_due(
        self, house: House
    ) -> None:
        house.holds(application(DUE))
        await left_ready(house)
        (entry,) = await house.ledger.open_messages()
        await house.ledger.close(entry)
        assert await house.run() is RunResult.COMPLETE
        assert states(house) == [State.ACCEPTED]

    async def test_the_open_are_brought_on_though_the_directory_is_out(self, house: House) -> None:
        house.holds(application(DUE))
        await left_sending(house, is_taken=True)
        house.clock.move(WAIT)
        house.directory.fail_next("every_application", StoreUnavailable("out"))
        with pytest.raises(StoreUnavailable):
            await house.run()
        assert states(house) == [State.ACCEPTED]


def left_of(house: House, partition: str) -> Message:
    (message,) = [
        each for (owner, _), each in house.ledger.messages.items() if owner == Partition(partition)
    ]
    return message
