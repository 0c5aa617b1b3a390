from datetime import timedelta

import pytest

from shared.domain.errors import DirectoryUnavailable
from shared.domain.ids import ClientId
from shared.domain.messages import State
from shared.domain.standing import Audiences
from shared.use_cases.readings import MAX_AGE, RESERVE, WAVE, Reader, Readings
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import (
    CLIENT,
    GROUP,
    PORTAL,
    application,
    numbered,
    secret,
)
from tests.unit.use_cases.conftest import SUPPORT_ADDRESS, House, manager
from tests.unit.use_cases.reminding import DUE, OTHER_USER, states, told

GOOD_FOR = MAX_AGE - RESERVE
MOMENT = timedelta(seconds=1)


def readings(house: House) -> Readings:
    audiences = Audiences(portal=PORTAL, support_address=SUPPORT_ADDRESS)
    reader = Reader(
        applications=house.directory,
        managers=house.directory,
        audiences=audiences,
        clock=house.clock,
    )
    return Readings(reader, house.clock)


async def test_what_was_read_is_good_for_a_while_and_then_read_again(house: House) -> None:
    house.holds(application(DUE))
    made = readings(house)
    for wait, reads in [(timedelta(), 1), (GOOD_FOR, 1), (MOMENT, 2), (GOOD_FOR, 2)]:
        house.clock.move(wait)
        await made.of({CLIENT})
        assert house.directory.calls.count("applications") == reads


async def test_a_reading_counts_from_before_its_first_request(house: House) -> None:
    house.holds(application(DUE))
    house.directory.before("members", lambda: house.clock.move(GOOD_FOR + MOMENT))
    made = readings(house)
    began = house.clock.now()
    assert (await made.of({CLIENT}))[CLIENT].read_at == began
    await made.of({CLIENT})
    assert house.directory.calls.count("applications") == 2


async def test_an_application_that_is_gone_stands_for_nothing(house: House) -> None:
    found = (await readings(house).of({CLIENT}))[CLIENT]
    assert (found.application, found.members) == (None, {})


async def test_what_comes_next_is_read_along(house: House) -> None:
    clients = [ClientId(numbered(number)) for number in range(1, WAVE + 5)]
    made = readings(house)
    made.expect([*clients, *clients])
    for client_id in clients:
        await made.of({client_id})
    assert house.directory.calls.count("applications") == 2
    house.clock.move(GOOD_FOR + MOMENT)
    for client_id in clients:
        await made.of({client_id})
    assert house.directory.calls.count("applications") == 4


async def test_a_directory_that_does_not_answer_is_not_taken_for_an_empty_one(
    house: House,
) -> None:
    house.holds(application(DUE))
    house.directory.fail_next("applications", DirectoryUnavailable("x"))
    with pytest.raises(DirectoryUnavailable):
        await readings(house).of({CLIENT})


async def test_who_left_during_the_run_gets_no_mail_of_a_later_wave(house: House) -> None:
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    house.holds(application(DUE))

    def leave_slowly() -> None:
        house.directory.set_group(GROUP)
        house.clock.move(MAX_AGE + MOMENT)

    house.ledger.before("of_recipient", leave_slowly)
    await house.run()
    assert [address for address, _ in told(house)] == []


async def test_a_secret_that_was_deleted_during_the_run_is_left_out(house: House) -> None:
    late = secret(2, days_left=20)
    house.holds(application(DUE, late))

    def delete_slowly() -> None:
        house.holds(application(late))
        house.clock.move(MAX_AGE + MOMENT)

    house.ledger.before("of_recipient", delete_slowly)
    assert await house.run() is RunResult.OPEN
    assert told(house) == [("jane.doe@example.org", [20])]


async def test_a_write_that_took_too_long_is_followed_by_another_reading_not_by_a_post(
    house: House,
) -> None:
    house.holds(application(DUE))
    waits = iter([MAX_AGE + MOMENT])
    house.ledger.before("advance", lambda: house.clock.move(next(waits, timedelta())))
    house.mailer.before_post(lambda: reads.append(house.directory.calls.count("applications")))
    reads: list[int] = []
    assert await house.run() is RunResult.COMPLETE
    assert (reads, states(house)) == ([1], [State.ACCEPTED])
