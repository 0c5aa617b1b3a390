"""Every credential manager hears of a secret that was made or deleted, once."""

from asyncio import sleep

import pytest

from shared.domain.errors import (
    DirectoryRefused,
    DirectoryUnavailable,
    OutcomeUnknown,
    StoreUnavailable,
)
from shared.domain.messages import Change, Member, State
from shared.ports.mail import Posting
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import CLIENT, GROUP, TODAY, application, principal, secret
from tests.unit.use_cases.announcing import (
    JANE,
    JOHN,
    OLD,
    WISH,
    SlowMailer,
    create,
    house_that_notifies,
    live_an_hour,
    told,
)
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.reminding import OTHER_USER


@pytest.fixture
def house() -> House:
    return house_that_notifies()


async def delete(house: House) -> None:
    await house.delete(principal(), CLIENT, OLD.key_id, confirm_last=False)


class TestAtOnce:
    async def test_everyone_hears_of_a_new_secret(self, house: House) -> None:
        await create(house)
        assert told(house) == [(JANE, Change.CREATED), (JOHN, Change.CREATED)]
        said = house.mailer.accepted[0].notice
        assert said is not None
        assert (said.secret, said.by, said.client_id, said.at) == (
            "Secret by VM",
            "Jane Doe",
            CLIENT,
            house.clock.now(),
        )
        assert house.ledger.notices == {}

    async def test_everyone_hears_of_a_deletion(self, house: House) -> None:
        await delete(house)
        assert told(house) == [(JANE, Change.DELETED), (JOHN, Change.DELETED)]
        assert house.ledger.notices == {}

    async def test_nobody_hears_where_nobody_wants_to(self, house: House) -> None:
        house.notifies = False
        await create(house)
        await delete(house)
        await live_an_hour(house)
        assert (told(house), house.ledger.calls.count("owe")) == ([], 0)

    async def test_only_enabled_members_of_groups_with_the_role_hear(self, house: House) -> None:
        gone = Member(user_id=OTHER_USER, address=JOHN, enabled=False)
        house.directory.set_group(GROUP, manager(), gone)
        await create(house)
        assert [address for address, _ in told(house)] == [JANE]

    async def test_a_refused_write_is_announced_to_nobody(self, house: House) -> None:
        house.directory.fail_next("remove_secret", DirectoryRefused("x"))
        with pytest.raises(DirectoryRefused):
            await delete(house)
        assert (told(house), house.ledger.notices) == ([], {})

    async def test_a_slow_mail_service_does_not_hold_the_answer_back(self, house: House) -> None:
        slow = SlowMailer()
        house.mailer = slow
        house.at_most = 0
        reminding = house.reminding
        await house.creating(reminding)(principal(), CLIENT, WISH)
        assert told(house) == []
        slow.go_on.set()
        await reminding.announcements.close()
        assert len(told(house)) == 2

    @pytest.mark.parametrize("call", ["groups_with_role", "members"])
    async def test_a_directory_that_fails_leaves_the_notice_to_the_next_firing(
        self, house: House, call: str
    ) -> None:
        house.directory.fail_next(call, DirectoryUnavailable("x"))
        await create(house)
        assert told(house) == []
        await live_an_hour(house)
        assert len(told(house)) == 2

    async def test_a_manager_who_cannot_be_claimed_for_keeps_no_other_waiting(
        self, house: House
    ) -> None:
        house.ledger.fail_next("claim", StoreUnavailable("x"))
        await create(house)
        assert len(told(house)) == 1
        assert len(house.ledger.notices) == 1
        await live_an_hour(house)
        assert told(house) == [(JANE, Change.CREATED), (JOHN, Change.CREATED)]
        assert house.ledger.notices == {}

    async def test_a_change_that_was_never_owed_is_announced_by_the_next_firing(
        self, house: House
    ) -> None:
        house.ledger.fail_next("owe", StoreUnavailable("x"))
        house.ledger.fail_next("claim", StoreUnavailable("x"))
        await create(house)
        assert len(told(house)) == 1
        await live_an_hour(house)
        assert told(house) == [(JANE, Change.CREATED), (JOHN, Change.CREATED)]

    @pytest.mark.parametrize("call", ["owe", "claim", "settle", "suppressed", "reopen"])
    async def test_a_fault_of_our_own_harms_no_change(
        self, house: House, caplog: pytest.LogCaptureFixture, call: str
    ) -> None:
        house.mailer.answer_next(Posting.NOT_NOW, retry_after=90)
        house.ledger.fail_next(call, KeyError("jane"))
        await create(house)
        assert "alarm: a notice failed" in caplog.text
        assert "KeyError" in caplog.text
        assert "'jane'" not in caplog.text
        await live_an_hour(house)
        await live_an_hour(house)
        assert told(house) == [(JANE, Change.CREATED), (JOHN, Change.CREATED)]

    async def test_what_is_owed_is_forgotten_while_mails_are_under_way(self, house: House) -> None:
        slow = SlowMailer()
        house.mailer = slow
        house.at_most = 0
        reminding = house.reminding
        await house.creating(reminding)(principal(), CLIENT, WISH)
        for _ in range(100):
            await sleep(0)
        assert (told(house), house.ledger.notices) == ([], {})
        slow.go_on.set()
        await reminding.announcements.close()
        assert len(told(house)) == 2

    async def test_where_nothing_is_sent_nothing_is_announced(self, house: House) -> None:
        reminding = house.reminding_as(sends=False)
        await house.creating(reminding)(principal(), CLIENT, WISH)
        assert (told(house), house.ledger.notices) == ([], {})


class TestLater:
    @pytest.mark.parametrize("call", ["owe", "suppressed", "claim", "settle", "advance"])
    @pytest.mark.parametrize("applied", [True, False])
    async def test_whatever_fails_everyone_hears_once(
        self, house: House, call: str, *, applied: bool
    ) -> None:
        house.ledger.fail_next(call, StoreUnavailable("x"), applied=applied)
        await create(house)
        await live_an_hour(house)
        await live_an_hour(house)
        assert told(house) == [(JANE, Change.CREATED), (JOHN, Change.CREATED)]
        assert house.ledger.notices == {}

    async def test_a_rate_limit_leaves_it_to_the_next_firing_of_a_day_that_was_complete(
        self, house: House
    ) -> None:
        assert await house.run() is RunResult.COMPLETE
        house.mailer.answer_next(Posting.NOT_NOW, retry_after=1)
        await create(house)
        assert house.clock.now().date() == TODAY
        assert len(told(house)) < 2
        assert await live_an_hour(house) is RunResult.COMPLETE
        assert len(told(house)) == 2
        assert await live_an_hour(house) is RunResult.ALREADY_COMPLETE

    async def test_a_crash_after_the_change_is_made_good(self, house: House) -> None:
        house.ledger.fail_next("suppressed", Killed())
        await create(house)
        await live_an_hour(house)
        assert len(told(house)) == 2

    async def test_a_create_that_came_to_nothing_is_forgotten(self, house: House) -> None:
        for _ in range(3):
            house.store.fail_next("commit_intent", StoreUnavailable("x"))
        with pytest.raises(OutcomeUnknown):
            await create(house)
        assert len(house.ledger.notices) == 1
        await live_an_hour(house)
        assert (told(house), house.ledger.notices) == ([], {})

    async def test_a_change_that_may_be_under_way_is_left_alone(self, house: House) -> None:
        house.directory.fail_next("remove_secret", OutcomeUnknown("x"))
        with pytest.raises(OutcomeUnknown):
            await delete(house)
        assert await house.run() is RunResult.OPEN
        assert (told(house), len(house.ledger.notices)) == ([], 1)

    async def test_a_deletion_that_did_happen_is_announced_by_what_the_directory_lists(
        self, house: House
    ) -> None:
        house.directory.fail_next("remove_secret", OutcomeUnknown("x"), applied=True)
        with pytest.raises(OutcomeUnknown):
            await delete(house)
        await live_an_hour(house)
        assert told(house) == [(JANE, Change.DELETED), (JOHN, Change.DELETED)]

    async def test_a_deletion_that_did_not_happen_is_not(self, house: House) -> None:
        house.directory.fail_next("remove_secret", OutcomeUnknown("x"))
        with pytest.raises(OutcomeUnknown):
            await delete(house)
        await live_an_hour(house)
        assert (told(house), house.ledger.notices) == ([], {})

    async def test_who_is_a_manager_no_more_does_not_hear_later(self, house: House) -> None:
        for _ in range(2):
            house.mailer.answer_next(Posting.NOT_NOW)
        await create(house)
        house.directory.set_group(GROUP, manager())
        await live_an_hour(house)
        assert [address for address, _ in told(house)] == [JANE]
        assert State.VOID in {each.state for each in house.ledger.messages.values()}

    async def test_reminders_go_before_notices_that_were_left(self, house: House) -> None:
        for _ in range(2):
            house.mailer.answer_next(Posting.NOT_NOW)
        await create(house)
        house.holds(application(secret(3, days_left=3)))
        await live_an_hour(house)
        assert [bool(each.notice) for each in house.mailer.accepted] == [False, False, True, True]

    async def test_a_notice_that_cannot_be_read_holds_no_reminder_up(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.holds(application(secret(3, days_left=3)))
        house.ledger.fail_next("owed", KeyError("of another age"))
        assert await house.run() is RunResult.OPEN
        assert [each.recipient.address for each in house.mailer.accepted] == [JANE, JOHN]
        assert "another age" not in caplog.text


class Killed(Exception):
    """Whatever may go wrong."""
