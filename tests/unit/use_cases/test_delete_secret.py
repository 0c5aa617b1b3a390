from datetime import timedelta

import pytest

from shared.domain.errors import (
    ApplicationBusy,
    ApplicationNotFound,
    DirectoryBusy,
    DirectoryRefused,
    LastValidSecret,
    OutcomeUnknown,
    StoreUnavailable,
    Throttled,
)
from shared.domain.ids import KeyId
from shared.ports.secret_store import Outcome, RecordState
from shared.use_cases.create_secret import Wish
from shared.use_cases.lag import fresh_creation
from tests.fakes.system import MORNING
from tests.support.builders import (
    CLIENT,
    OTHER_GROUP,
    application,
    day,
    numbered,
    principal,
    secret,
)
from tests.unit.use_cases.conftest import House

OLD, NEW = secret(1, days_left=10), secret(2, days_left=300)


async def delete(house: House, key_id: KeyId = OLD.key_id, *, confirm: bool = False) -> Outcome:
    return await house.delete(principal(), CLIENT, key_id, confirm_last=confirm)


def listed(house: House) -> set[KeyId]:
    (found,) = house.directory._applications.values()  # noqa: SLF001 - the fake's truth
    return {each.key_id for each in found.secrets}


async def test_a_secret_is_marked_removed_and_recorded(house: House) -> None:
    house.holds(application(OLD, NEW))
    assert await delete(house) is Outcome.DELETED
    assert listed(house) == {NEW.key_id}
    (record,) = house.store.kept.values()
    assert record.state is RecordState.DELETED
    assert (record.deleted_by and record.deleted_by.name, record.deleted_at) == (
        "Jane Doe",
        MORNING,
    )
    assert house.store.pointers == {}
    assert house.store.calls[-4:] == [
        "take_lease",
        "begin_deletion",
        "finish_deletion",
        "release_lease",
    ]


async def test_it_costs_one_read_one_membership_check_and_one_write(house: House) -> None:
    house.holds(application(OLD, NEW))
    await delete(house)
    assert house.directory.calls == ["application", "confirm_membership", "remove_secret"]


async def test_what_is_gone_already_needs_no_lease(house: House) -> None:
    house.holds(application(NEW))
    assert await delete(house) is Outcome.ALREADY_GONE
    assert "take_lease" not in house.store.calls
    assert "remove_secret" not in house.directory.calls


async def test_only_ones_own_applications_are_touched(house: House) -> None:
    house.holds(application(OLD, NEW, groups=[OTHER_GROUP]))
    with pytest.raises(ApplicationNotFound):
        await delete(house, confirm=True)
    assert listed(house) == {OLD.key_id, NEW.key_id}


@pytest.mark.parametrize(
    "others", [(), (secret(3, days_left=-1),), (secret(4, days_left=300, age=-2),)]
)
async def test_the_last_valid_secret_stays_unless_that_is_confirmed(
    house: House, others: tuple[object, ...]
) -> None:
    house.holds(application(OLD, *others))  # type: ignore[arg-type]  # secrets
    with pytest.raises(LastValidSecret):
        await delete(house)
    assert "remove_secret" not in house.directory.calls
    assert house.store.kept == {}
    assert await delete(house, confirm=True) is Outcome.DELETED


async def test_an_expired_one_goes_without_ado(house: House) -> None:
    expired = secret(5, days_left=-1)
    house.holds(application(expired))
    assert await delete(house, expired.key_id) is Outcome.DELETED


async def created_but_not_listed(house: House) -> KeyId:
    house.holds(application(NEW))
    wish = Wish(idempotency_key=numbered(1), display_name="x", expires_on=day(30))
    created = await house.create(principal(), CLIENT, wish)
    house.holds(application(NEW))
    return created.secret.key_id


async def test_a_secret_just_made_is_waited_for_and_the_mark_taken_back_if_it_never_shows(
    house: House,
) -> None:
    key_id = await created_but_not_listed(house)
    with pytest.raises(DirectoryBusy):
        await delete(house, key_id)
    assert house.clock.now() - MORNING == timedelta(seconds=20)
    assert house.directory.calls.count("remove_secret") == 5
    (record,) = house.store.kept.values()
    assert record.state is RecordState.CREATED


async def test_a_removal_that_takes_long_begins_nothing_near_the_end_of_its_lease(
    house: House,
) -> None:
    key_id = await created_but_not_listed(house)
    began: list[timedelta] = []

    def slowly() -> None:
        began.append(house.clock.now() - MORNING)
        house.clock.move(timedelta(seconds=29))
        if len(began) % 3:
            house.directory.fail_next("remove_secret", Throttled("x", retry_after=10))

    house.directory.before("remove_secret", slowly)
    with pytest.raises(DirectoryBusy):
        await delete(house, key_id)
    assert timedelta(0) < max(began) <= timedelta(minutes=2)


async def test_a_secret_that_is_gone_is_gone_whatever_can_be_written_down(house: House) -> None:
    house.holds(application(OLD, NEW))
    for _ in range(3):
        house.store.fail_next("finish_deletion", StoreUnavailable("away"))
    assert await delete(house) is Outcome.DELETED
    assert house.store.pointers != {}


async def test_that_a_secret_is_gone_is_written_down_again_where_that_failed(house: House) -> None:
    house.holds(application(OLD, NEW))
    for _ in range(2):
        house.store.fail_next("finish_deletion", StoreUnavailable("away"))
    assert await delete(house) is Outcome.DELETED
    assert house.store.pointers == {}


async def test_whoever_stood_still_for_too_long_under_the_lease_removes_nothing(
    house: House,
) -> None:
    house.holds(application(OLD, NEW))
    house.store.before("begin_deletion", lambda: house.clock.move(timedelta(minutes=3)))
    with pytest.raises(DirectoryBusy):
        await delete(house)
    assert OLD in house.directory.held(application().object_id).secrets


async def test_a_fresh_secret_deleted_twice_is_gone_although_the_list_lags(house: House) -> None:
    key_id = await created_but_not_listed(house)
    (record,) = house.store.kept.values()
    fresh = fresh_creation(record, house.clock.now())
    assert fresh is not None
    house.holds(application(NEW, fresh))
    assert await delete(house, key_id) is Outcome.DELETED
    house.holds(application(NEW, fresh))
    assert await delete(house, key_id) is Outcome.ALREADY_GONE


async def test_for_ten_minutes_a_secret_not_found_is_waited_for(house: House) -> None:
    key_id = await created_but_not_listed(house)
    house.clock.move(timedelta(minutes=9, seconds=30))
    with pytest.raises(DirectoryBusy):
        await delete(house, key_id)


async def test_ten_minutes_later_a_secret_not_found_is_waited_for_no_more(house: House) -> None:
    key_id = await created_but_not_listed(house)
    house.clock.move(timedelta(minutes=10))
    assert await delete(house, key_id) is Outcome.DELETED


async def test_a_quarter_of_an_hour_later_a_secret_that_no_list_shows_is_gone(
    house: House,
) -> None:
    key_id = await created_but_not_listed(house)
    house.clock.move(timedelta(minutes=15))
    assert await delete(house, key_id) is Outcome.ALREADY_GONE


async def test_a_listed_secret_that_is_old_and_not_found_is_gone(house: House) -> None:
    house.holds(application(OLD, NEW))
    await house.directory.remove_secret(application().object_id, OLD.key_id)
    house.holds(application(OLD, NEW))
    house.directory.fail_next("remove_secret", DirectoryBusy("once"))
    assert await delete(house) is Outcome.DELETED


@pytest.mark.parametrize("applied", [True, False])
async def test_a_lost_answer_leaves_the_mark_and_the_lease(house: House, *, applied: bool) -> None:
    house.holds(application(OLD, NEW))
    house.directory.fail_next("remove_secret", OutcomeUnknown("lost"), applied=applied)
    with pytest.raises(OutcomeUnknown):
        await delete(house)
    (record,) = house.store.kept.values()
    assert record.state is RecordState.DELETING
    assert house.store.pointers != {}
    with pytest.raises(ApplicationBusy):
        await delete(house, NEW.key_id, confirm=True)


@pytest.mark.parametrize("withdrawn", [True, False])
async def test_a_definite_refusal_takes_the_mark_back_if_it_can(
    house: House, *, withdrawn: bool
) -> None:
    house.holds(application(OLD, NEW))
    house.directory.fail_next("remove_secret", DirectoryRefused())
    if not withdrawn:
        house.store.fail_next("withdraw_deletion", StoreUnavailable("away"))
    with pytest.raises(DirectoryRefused):
        await delete(house)
    assert bool(house.store.kept) is not withdrawn
    house.directory.calls.clear()
    assert await delete(house) is Outcome.DELETED


async def test_two_deletions_cannot_pass_each_other_in_the_directorys_lag(house: House) -> None:
    house.holds(application(OLD, NEW))
    assert await delete(house) is Outcome.DELETED
    house.holds(application(OLD, NEW))  # the list lags: it shows both
    with pytest.raises(LastValidSecret):
        await delete(house, NEW.key_id)


async def test_a_secret_whose_deletion_is_not_known_to_be_done_is_no_other_valid_one(
    house: House,
) -> None:
    house.holds(application(OLD, NEW))
    house.directory.fail_next("remove_secret", OutcomeUnknown("lost"))
    with pytest.raises(OutcomeUnknown):
        await delete(house)
    house.clock.move(timedelta(minutes=6))
    with pytest.raises(LastValidSecret):
        await delete(house, NEW.key_id)
