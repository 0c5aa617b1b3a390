from asyncio import gather
from datetime import datetime, timedelta

import pytest

from shared.domain.errors import DirectoryUnavailable, StoreUnavailable
from shared.domain.ids import UserId
from shared.domain.messages import MAX_LINES_PER_APPLICATION, SUPPORT, Member, State
from shared.ports.ledger import Posting
from shared.use_cases.run_reminders import RunResult
from tests.fakes.system import MORNING
from tests.support.builders import (
    CLIENT,
    GROUP,
    OTHER_CLIENT,
    OTHER_GROUP,
    PORTAL,
    USER,
    application,
    numbered,
    secret,
)
from tests.unit.use_cases.conftest import House, manager

DUE = secret(1, days_left=5)
OTHER_USER = UserId(numbered(0xD2))


def told(house: House) -> list[tuple[str, list[int]]]:
    """Return (address, days left of each line) of every accepted mail."""
    return [
        (
            message.recipient.address,
            [(line.ends_at.date() - message.on).days for line in message.lines],
        )
        for message in house.mailer.accepted
    ]


def states(house: House) -> list[State]:
    return [message.state for message in house.ledger.messages.values()]


async def live(house: House, days: int) -> None:
    for _ in range(days):
        await house.run()
        house.clock.move(timedelta(days=1))


async def test_a_secret_is_announced_at_six_three_and_one_weeks_then_daily_then_as_expired(
    house: House,
) -> None:
    house.holds(application(secret(1, days_left=50, age=0)))
    await live(house, 53)
    days = [left for _, lines in told(house) for left in lines]
    assert days == [42, 21, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2]


async def test_a_finished_day_is_one_read(house: House) -> None:
    house.holds(application(DUE))
    assert await house.run() is RunResult.COMPLETE
    house.ledger.calls.clear()
    house.directory.calls.clear()
    assert await house.run() is RunResult.ALREADY_COMPLETE
    assert (house.ledger.calls, house.directory.calls) == (["is_complete"], [])


async def test_a_message_is_claimed_then_marked_then_posted_then_confirmed(house: House) -> None:
    house.holds(application(DUE))
    await house.run()
    assert house.ledger.calls == [
        "is_complete",
        "of_recipient",
        "claim",
        "advance",
        "advance",
        "complete",
    ]
    assert states(house) == [State.ACCEPTED]
    (message,) = house.mailer.accepted
    assert (message.state, message.attempts, message.posted_at) == (State.SENDING, 1, MORNING)


async def test_runs_at_once_send_each_reminder_once(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    house.holds(application(DUE), application(secret(2, days_left=20), client_id=OTHER_CLIENT))
    await gather(*(house.run() for _ in range(5)))
    assert sorted(told(house)) == [
        ("jane.doe@example.org", [5, 20]),
        ("john.roe@example.org", [5, 20]),
    ]


async def test_an_evaluation_asks_for_the_pages_the_role_and_the_groups_with_something_due(
    house: House,
) -> None:
    house.directory.set_group(OTHER_GROUP, manager())
    house.holds(
        application(DUE),
        application(secret(2, days_left=300), client_id=OTHER_CLIENT, groups=[OTHER_GROUP]),
    )
    await house.run()
    assert house.directory.calls == ["every_application", "groups_with_role", "members"]


async def test_where_nothing_is_due_nobody_is_looked_up_and_the_day_is_complete(
    house: House,
) -> None:
    house.holds(application(secret(1, days_left=300)))
    assert await house.run() is RunResult.COMPLETE
    assert house.directory.calls == ["every_application"]


async def test_no_managed_application_at_all_is_an_alarm_and_no_complete_day(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(DUE, owners=[]))
    for _ in range(2):
        assert await house.run() is RunResult.OPEN
    assert "no managed application" in caplog.text
    assert house.ledger.runs == {}
    (message,) = house.mailer.accepted
    assert message.recipient.partition == SUPPORT


async def test_an_incomplete_directory_voids_the_evaluation(house: House) -> None:
    house.holds(application(DUE))
    house.directory.fail_next("every_application", DirectoryUnavailable("page 2"), applied=True)
    with pytest.raises(DirectoryUnavailable):
        await house.run()
    assert (house.mailer.accepted, house.ledger.runs) == ([], {})


async def test_in_report_mode_nothing_is_claimed_or_sent(house: House) -> None:
    house.holds(application(DUE))
    assert await house.runner(sends=False)() is RunResult.REPORTED
    assert (house.ledger.claims, house.mailer.accepted, house.ledger.runs) == ({}, [], {})


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([], "group_empty"),
        ([Member(user_id=USER, address="x@example.org", enabled=False)], "members_unreachable"),
    ],
)
async def test_support_hears_once_a_day_of_what_nobody_can_be_told(
    house: House, members: list[Member], reason: str
) -> None:
    house.directory.set_group(GROUP, *members)
    house.holds(application(DUE))
    await house.run()
    await house.run()
    (message,) = house.mailer.accepted
    assert message.recipient.partition == SUPPORT
    assert [line.claim for line in message.lines] == [f"{DUE.key_id}|day:2026-11-21|{reason}"]


async def test_an_application_that_lost_its_tag_or_owner_is_told_to_support(house: House) -> None:
    house.holds(
        application(secret(9, days_left=300), client_id=OTHER_CLIENT),
        application(DUE, groups=[], name="Partner-NL-Lost-SMC"),
    )
    await house.run()
    (message,) = house.mailer.accepted
    assert message.recipient.partition == SUPPORT


@pytest.mark.parametrize(
    "beside",
    [
        application(DUE, tags=["credential-portal:ignore"]),
        application(DUE, client_id=PORTAL.client_id),
        application(DUE, groups=[], name="Intranet"),
    ],
)
async def test_retired_ones_the_portal_itself_and_strangers_are_left_out(
    house: House, beside: object
) -> None:
    house.holds(application(secret(9, days_left=300), client_id=OTHER_CLIENT), beside)  # type: ignore[arg-type]  # an application
    assert await house.run() is RunResult.COMPLETE
    assert house.mailer.accepted == []


async def test_what_exceeds_one_mail_is_sent_by_the_next_firing(house: House) -> None:
    many = [secret(number, days_left=number % 40) for number in range(1, 31)]
    house.holds(application(*many))
    assert await house.run() is RunResult.OPEN
    assert await house.run() is RunResult.COMPLETE
    assert [len(lines) for _, lines in told(house)] == [MAX_LINES_PER_APPLICATION, 10]


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


async def test_a_mail_is_about_one_organisation(house: House) -> None:
    house.holds(
        application(DUE),
        application(secret(2, days_left=20), client_id=OTHER_CLIENT, name="Partner-DE-Org-DM"),
    )
    await house.run()
    assert [message.organisation for message in house.mailer.accepted] == [
        "DE-Org",
        "NL-OrganisationName",
    ]
    assert {line.client_id for message in house.mailer.accepted for line in message.lines} == {
        CLIENT,
        OTHER_CLIENT,
    }
