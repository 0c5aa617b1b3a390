from asyncio import gather

import pytest

from shared.domain.drafts import MAX_LINES_PER_APPLICATION
from shared.domain.errors import DirectoryUnavailable
from shared.domain.ids import ClientId, UserId
from shared.domain.messages import SUPPORT, Member, State
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
from tests.unit.use_cases.conftest import SUPPORT_ADDRESS, House, manager
from tests.unit.use_cases.reminding import DUE, OTHER_USER, live, states, told


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
    assert (house.ledger.calls, house.directory.calls) == (["run"], [])


async def test_a_message_is_claimed_then_marked_then_posted_then_confirmed(house: House) -> None:
    house.holds(application(DUE))
    await house.run()
    assert house.ledger.calls == [
        "run",
        "suppressed",
        "open_messages",
        "last_complete",
        "of_recipient",
        "claim",
        "advance",
        "advance",
        "forget",
        "open_messages",
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


async def test_a_group_that_cannot_be_read_keeps_nobody_else_waiting_and_support_hears(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.directory.set_group(OTHER_GROUP, manager(OTHER_USER, "john.roe@example.org"))
    house.holds(
        application(DUE, groups=[GROUP, OTHER_GROUP]),
        application(secret(2, days_left=6), client_id=OTHER_CLIENT, groups=[OTHER_GROUP]),
    )
    house.directory.fail_next("members", DirectoryUnavailable("x"))
    assert await house.run() is RunResult.OPEN
    assert sorted(told(house)) == [("john.roe@example.org", [5, 6]), (SUPPORT_ADDRESS, [5])]
    assert "cannot be read" in caplog.text
    assert await house.run() is RunResult.COMPLETE
    assert ("jane.doe@example.org", [5]) in told(house)


async def test_where_no_group_can_be_read_the_evaluation_is_void(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(DUE, groups=[GROUP, OTHER_GROUP]))
    house.directory.set_group(OTHER_GROUP)
    for _ in range(2):
        house.directory.fail_next("members", DirectoryUnavailable("x"))
    with pytest.raises(DirectoryUnavailable):
        await house.run()
    assert "alarm: the directory cannot be read whole" in caplog.text
    assert house.mailer.accepted == []


async def test_support_hears_of_everything_in_as_many_digests_as_it_takes(house: House) -> None:
    house.holds(
        application(secret(9, days_left=300)),
        *(
            application(
                secret(100 + number, days_left=-number, age=500),
                client_id=ClientId(numbered(0x300 + number)),
                groups=[],
                name="Partner-NL-Lost-SMC",
            )
            for number in range(1, 100)
        ),
        application(
            secret(50, days_left=4), client_id=OTHER_CLIENT, groups=[], name="Partner-NL-Last-DM"
        ),
    )
    assert await house.run() is RunResult.COMPLETE
    days = [lines for _, lines in told(house)]
    assert [len(lines) for lines in days] == [40, 40, 20]
    assert 4 in days[0]
    assert min(days[0]) > min(days[1]) > min(days[2])


async def test_in_report_mode_nothing_is_claimed_or_sent(house: House) -> None:
    house.holds(application(DUE))
    assert await house.reminding_as(sends=False).run() is RunResult.REPORTED
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


async def test_a_mail_is_about_one_organisation_and_the_most_urgent_leaves_first(
    house: House,
) -> None:
    house.holds(
        application(DUE),
        application(secret(2, days_left=20), client_id=OTHER_CLIENT, name="Partner-DE-Org-DM"),
    )
    await house.run()
    assert [message.organisation for message in house.mailer.accepted] == [
        "NL-OrganisationName",
        "DE-Org",
    ]
    assert {line.client_id for message in house.mailer.accepted for line in message.lines} == {
        CLIENT,
        OTHER_CLIENT,
    }


async def test_among_equals_another_one_is_first_each_day(house: House) -> None:
    managers = [manager(UserId(numbered(n)), f"m{n}@example.org") for n in range(0xD0, 0xD8)]
    house.directory.set_group(GROUP, *managers)
    house.holds(application(secret(1, days_left=7)))
    await live(house, 7)
    firsts = {house.mailer.accepted[at].recipient.address for at in range(0, 56, 8)}
    assert len(firsts) > 2
