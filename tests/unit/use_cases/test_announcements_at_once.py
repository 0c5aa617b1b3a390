"""Notices of several changes, to several people: at once, again, and whom a fault concerns."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.domain.errors import DirectoryUnavailable, StoreUnavailable
from shared.domain.ids import ClientId, ObjectId, UserId
from shared.domain.messages import Change, Member
from shared.ports.mail import Posting
from shared.use_cases.firing import MAX_FAULTS, WORKERS
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import GROUP, application, numbered, principal
from tests.unit.use_cases.announcing import (
    JANE,
    OLD,
    WISH,
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


def managers(count: int) -> list[Member]:
    return [manager(UserId(numbered(0xD0 + n)), f"manager{n}@example.org") for n in range(count)]


async def owe(house: House, count: int) -> None:
    """Make a secret of so many applications, and tell nobody."""
    for number in range(count):
        client_id = ClientId(numbered(0xC00 + number))
        object_id = ObjectId(numbered(0xB00 + number))
        house.holds(replace(application(OLD), client_id=client_id, object_id=object_id))
        house.ledger.fail_next("suppressed", StoreUnavailable("x"))
        await house.create(principal(), client_id, WISH)


def unread(house: House) -> str:
    house.directory.fail_next("members", DirectoryUnavailable("x"))
    return "example.org"


def reworded(house: House) -> str:
    house.mailer.edition = "another"
    return "example.org"


def moved(house: House) -> str:
    """Give the managers other addresses."""
    people = [manager(address="jane.doe@example.net"), manager(OTHER_USER, "john.roe@example.net")]
    house.directory.set_group(GROUP, *people)
    return "example.net"


async def test_managers_are_claimed_for_side_by_side(house: House) -> None:
    house.directory.set_group(GROUP, *managers(6))
    await create(house)
    assert len(told(house)) == 6
    assert house.ledger.at_once["claim"] == WORKERS


async def test_no_more_are_told_at_once_than_of_one_change(house: House) -> None:
    house.directory.set_group(GROUP, *managers(6))
    await owe(house, 5)
    await live_an_hour(house)
    assert len(told(house)) == 30
    at_once = house.ledger.at_once
    assert (at_once["claim"], at_once["advance"]) == (WORKERS, WORKERS)


async def test_one_change_that_cannot_be_told_of_keeps_no_other_waiting(
    house: House,
) -> None:
    house.directory.set_group(GROUP, *managers(6))
    await owe(house, 5)
    for _ in range(6):
        house.ledger.fail_next("claim", StoreUnavailable("x"))
    await live_an_hour(house)
    assert (len(told(house)), len(house.ledger.notices)) == (24, 1)
    await live_an_hour(house)
    assert (len(told(house)), len(house.ledger.notices)) == (30, 0)


@pytest.mark.parametrize("posting", [Posting.NOT_NOW, Posting.UNKNOWN])
@pytest.mark.parametrize("change", [unread, reworded, moved])
async def test_what_holds_no_more_is_told_anew(
    house: House, posting: Posting, change: Callable[[House], str]
) -> None:
    for _ in range(2):
        house.mailer.answer_next(posting, retry_after=90)
    await create(house)
    assert told(house) == []
    domain = change(house)
    for _ in range(3):
        await live_an_hour(house)
    said = [(f"{name}@{domain}", Change.CREATED) for name in ("jane.doe", "john.roe")]
    assert told(house) == said
    assert house.ledger.notices == {}
    assert (await house.run()) is RunResult.ALREADY_COMPLETE


async def test_who_is_no_manager_any_more_is_told_nothing(house: House) -> None:
    for _ in range(2):
        house.mailer.answer_next(Posting.NOT_NOW, retry_after=90)
    await create(house)
    house.directory.set_group(GROUP, manager())
    await live_an_hour(house)
    assert told(house) == [(JANE, Change.CREATED)]
    assert house.ledger.notices == {}


async def test_a_ledger_that_fails_for_all_is_not_asked_for_all(house: House) -> None:
    await owe(house, 12)
    before = house.ledger.calls.count("claim")
    for _ in range(2 * 12):
        house.ledger.fail_next("claim", StoreUnavailable("x"))
    await live_an_hour(house)
    assert house.ledger.calls.count("claim") - before == 2 * MAX_FAULTS
    assert len(house.ledger.notices) == 12
