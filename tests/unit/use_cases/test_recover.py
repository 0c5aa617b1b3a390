"""What creates and deletes left behind is settled: fenced and removed, or observed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.errors import (
    AlreadyCreated,
    ApplicationBusy,
    CreateAborted,
    CreateInProgress,
    DirectoryUnavailable,
    OutcomeUnknown,
    StoreUnavailable,
)
from shared.domain.ids import KeyId, ObjectId
from shared.domain.secrets import ClientSecret
from shared.ports.secret_store import IntentState, Outcome, RecordState
from shared.use_cases.lag import LAG
from shared.use_cases.recover import NEVER_CAME, UNDER_WAY
from tests.support.builders import CLIENT, OTHER_CLIENT, application, numbered, principal, secret
from tests.unit.use_cases.conftest import House
from tests.unit.use_cases.creating import WISH, create, states

ANOTHER = replace(WISH, idempotency_key=numbered(2))
OLD, NEW = secret(1, days_left=100), secret(2, days_left=200)
A_MOMENT = timedelta(seconds=1)


def listed(house: House) -> tuple[ClientSecret, ...]:
    return house.directory.held(ObjectId(application().object_id)).secrets


async def left_pending(house: House, *, is_made: bool) -> None:
    """Let a create end without an answer from the directory."""
    house.holds(application(OLD))
    house.directory.fail_next("add_secret", OutcomeUnknown("lost"), applied=is_made)
    with pytest.raises(OutcomeUnknown):
        await create(house)


async def delete(house: House, key_id: KeyId = OLD.key_id) -> Outcome:
    return await house.delete(principal(), CLIENT, key_id, confirm_last=False)


async def left_deleting(house: House, *, is_removed: bool) -> None:
    house.holds(application(OLD, NEW))
    house.directory.fail_next("remove_secret", OutcomeUnknown("lost"), applied=is_removed)
    with pytest.raises(OutcomeUnknown):
        await delete(house)


class TestCreation:
    async def test_a_secret_that_nobody_was_shown_is_removed_and_its_wish_aborted(
        self, house: House
    ) -> None:
        await left_pending(house, is_made=True)
        house.clock.move(UNDER_WAY)
        await house.recover()
        assert (listed(house), states(house)) == ((OLD,), [IntentState.ABORTING])
        for _ in range(2):
            house.clock.move(LAG)
            await house.recover()
        assert states(house) == [IntentState.ABORTED]
        assert house.store.pointers == {}
        with pytest.raises(CreateAborted):
            await create(house)

    async def test_what_may_still_be_under_way_is_left_alone(self, house: House) -> None:
        await left_pending(house, is_made=True)
        house.clock.move(UNDER_WAY - A_MOMENT)
        await house.recover()
        assert (len(listed(house)), states(house)) == (2, [IntentState.PENDING])
        assert house.directory.calls.count("remove_secret") == 0

    async def test_only_the_very_secret_of_the_wish_is_removed(self, house: House) -> None:
        await left_pending(house, is_made=True)
        (made,) = [each for each in listed(house) if each.key_id != OLD.key_id]
        beside = [
            ClientSecret(
                key_id=KeyId(numbered(0x50 + at)),
                display_name=name,
                hint=None,
                start=made.start + start,
                end=made.end + end,
            )
            for at, (name, start, end) in enumerate(
                [
                    (made.display_name, A_MOMENT, timedelta()),
                    (made.display_name, timedelta(), A_MOMENT),
                    ("Secret by JE", timedelta(), timedelta()),
                    (None, timedelta(), timedelta()),
                ]
            )
        ]
        house.holds(application(OLD, made, *beside))
        house.clock.move(UNDER_WAY)
        await house.recover()
        assert listed(house) == (OLD, *beside)

    async def test_once_fenced_a_wish_is_never_committed(self, house: House) -> None:
        house.holds(application(OLD))
        fenced: list[bool] = []

        def slowly() -> None:
            if not fenced:
                fenced.append(True)
                house.clock.move(UNDER_WAY)
                (intent,) = house.store.intents.values()
                house.store.aborting(intent, house.clock.now())

        house.store.before("commit_intent", slowly)
        with pytest.raises(OutcomeUnknown):
            await create(house)
        assert states(house) == [IntentState.ABORTING]

    async def test_a_secret_that_appears_late_is_removed_too(self, house: House) -> None:
        await left_pending(house, is_made=True)
        late = listed(house)
        house.holds(application(OLD))
        house.clock.move(UNDER_WAY)
        await house.recover()
        house.holds(application(*late))
        house.clock.move(LAG)
        await house.recover()
        assert (listed(house), states(house)) == ((OLD,), [IntentState.ABORTING])

    async def test_two_clean_readings_at_once_settle_nothing_before_the_lag_is_over(
        self, house: House
    ) -> None:
        await left_pending(house, is_made=False)
        house.clock.move(UNDER_WAY)
        for _ in range(3):
            await house.recover()
        assert states(house) == [IntentState.ABORTING]
        house.clock.move(LAG)
        await house.recover()
        assert states(house) == [IntentState.ABORTED]

    async def test_a_committed_wish_is_left_as_it_is_and_its_pointer_goes(
        self, house: House
    ) -> None:
        house.holds(application(OLD))
        await create(house)
        (intent,) = house.store.intents.values()
        house.store.point(intent)
        house.clock.move(UNDER_WAY)
        await house.recover()
        assert (states(house), house.store.pointers) == ([IntentState.CREATED], {})
        assert len(listed(house)) == 2

    async def test_a_pointer_whose_intent_never_came_goes(self, house: House) -> None:
        await left_pending(house, is_made=False)
        house.store.intents.clear()
        house.clock.move(NEVER_CAME - A_MOMENT)
        await house.recover()
        assert len(house.store.pointers) == 1
        house.clock.move(A_MOMENT)
        await house.recover()
        assert house.store.pointers == {}

    async def test_a_secret_that_another_alike_wish_has_shown_is_spared(self, house: House) -> None:
        house.holds(application(OLD))
        created = await create(house)
        (shown,) = house.store.intents.values()
        twin = replace(shown, intent_id="f" * 64, state=IntentState.PENDING, key_id=None)
        await house.store.open_intent(twin)
        house.clock.move(UNDER_WAY)
        for _ in range(3):
            await house.recover()
            house.clock.move(LAG)
        assert created.secret in listed(house)
        assert sorted(states(house)) == [IntentState.ABORTED, IntentState.CREATED]

    async def test_while_somebody_writes_recovery_waits(self, house: House) -> None:
        await left_pending(house, is_made=True)
        house.clock.move(UNDER_WAY)
        await house.store.take_lease(
            await house.store.lease_ticket(CLIENT), now=house.clock.now(), last_start=None
        )
        await house.recover()
        assert house.directory.calls.count("remove_secret") == 0

    async def test_a_removal_whose_answer_is_lost_keeps_the_lease(self, house: House) -> None:
        await left_pending(house, is_made=True)
        house.clock.move(UNDER_WAY)
        house.directory.fail_next("remove_secret", OutcomeUnknown("lost"))
        await house.recover()
        with pytest.raises((ApplicationBusy, CreateInProgress)):
            await create(house)

    async def test_an_application_that_is_gone_has_no_secrets(self, house: House) -> None:
        await left_pending(house, is_made=True)
        house.directory.drop(ObjectId(application().object_id))
        house.clock.move(UNDER_WAY)
        for _ in range(3):
            await house.recover()
            house.clock.move(LAG)
        assert states(house) == [IntentState.ABORTED]


class TestDeletion:
    @pytest.mark.parametrize("is_removed", [True, False])
    async def test_it_is_observed_and_not_finished(self, house: House, *, is_removed: bool) -> None:
        await left_deleting(house, is_removed=is_removed)
        house.clock.move(LAG)
        await house.recover()
        assert (OLD in listed(house)) is not is_removed
        assert house.directory.calls.count("remove_secret") == 1
        kept = [record.state for record in house.store.kept.values()]
        assert kept == ([RecordState.DELETED] if is_removed else [])
        await house.recover()
        assert (list(house.store.kept), house.store.pointers) == (
            [(CLIENT, OLD.key_id)] if is_removed else [],
            {},
        )

    async def test_it_is_left_alone_while_the_directory_may_lag(self, house: House) -> None:
        await left_deleting(house, is_removed=True)
        house.clock.move(LAG - A_MOMENT)
        await house.recover()
        (record,) = house.store.kept.values()
        assert record.state is RecordState.DELETING

    async def test_a_pointer_of_a_deletion_that_is_settled_goes(self, house: House) -> None:
        await left_deleting(house, is_removed=True)
        house.store.kept.clear()
        house.clock.move(UNDER_WAY)
        await house.recover()
        assert house.store.pointers == {}


class TestWrites:
    async def test_a_later_write_settles_what_was_left_on_its_application(
        self, house: House
    ) -> None:
        await left_pending(house, is_made=True)
        house.clock.move(UNDER_WAY)
        await create(house, ANOTHER)
        assert IntentState.ABORTING in states(house)
        assert len(listed(house)) == 2
        assert house.directory.calls.count("application") == 4

    async def test_what_cannot_be_settled_bars_no_later_write(self, house: House) -> None:
        await left_pending(house, is_made=True)
        house.clock.move(UNDER_WAY)
        house.store.fail_next("fence", StoreUnavailable("away"))
        created = await create(house, ANOTHER)
        assert created.secret in listed(house)

    async def test_a_write_without_remains_costs_no_more(self, house: House) -> None:
        house.holds(application(OLD))
        await create(house)
        assert house.directory.calls == ["application", "confirm_membership", "add_secret"]

    async def test_the_same_wish_again_is_told_how_it_stands(self, house: House) -> None:
        await left_pending(house, is_made=True)
        with pytest.raises((CreateInProgress, ApplicationBusy)):
            await create(house)
        house.clock.move(UNDER_WAY)
        with pytest.raises(CreateInProgress):
            await create(house)

    async def test_a_created_wish_is_never_taken_back(self, house: House) -> None:
        house.holds(application(OLD))
        await create(house)
        for _ in range(3):
            house.clock.move(LAG)
            await house.recover()
        with pytest.raises(AlreadyCreated):
            await create(house)
        assert len(listed(house)) == 2


class TestAll:
    async def test_what_fails_for_one_application_stops_no_other(self, house: House) -> None:
        await left_pending(house, is_made=True)
        elsewhere = application(secret(7), client_id=OTHER_CLIENT)
        house.holds(elsewhere)
        house.directory.fail_next("add_secret", OutcomeUnknown("lost"), applied=True)
        with pytest.raises(OutcomeUnknown):
            await house.create(principal(), OTHER_CLIENT, WISH)
        house.clock.move(UNDER_WAY)
        house.directory.fail_next("application", DirectoryUnavailable("x"))
        await house.recover()
        assert len(listed(house)) == 2
        assert len(house.directory.held(elsewhere.object_id).secrets) == 1

    async def test_pointers_that_cannot_be_read_are_left_to_the_next_firing(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        house.store.fail_next("unfinished", StoreUnavailable("away"))
        await house.recover()
        assert "left undone" in caplog.text
