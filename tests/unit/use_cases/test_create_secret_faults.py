"""Creating a secret when the directory or the store is busy, refuses, or loses an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.errors import (
    AlreadyCreated,
    ApplicationBusy,
    CreateInProgress,
    DirectoryBusy,
    DirectoryRefused,
    DirectoryUnavailable,
    LifetimeRefused,
    OutcomeUnknown,
    PortalError,
    StoreUnavailable,
    Throttled,
    TooManySecrets,
)
from shared.ports.secret_store import IntentState
from tests.fakes.system import MORNING
from tests.support.builders import (
    application,
    numbered,
)
from tests.unit.use_cases.conftest import House
from tests.unit.use_cases.creating import WISH, create, states


async def test_more_patience_than_a_request_has_is_not_spent(house: House) -> None:
    house.holds(application())
    house.directory.fail_next("add_secret", Throttled("x", retry_after=120))
    with pytest.raises(DirectoryBusy) as busy:
        await create(house)
    assert busy.value.retry_after == 120
    assert house.directory.calls.count("add_secret") == 1


async def test_nothing_more_is_sent_once_the_lease_is_too_old_for_it(house: House) -> None:
    house.holds(application())
    house.directory.before("add_secret", lambda: house.clock.move(timedelta(seconds=60)))
    for _ in range(3):
        house.directory.fail_next("add_secret", Throttled("x", retry_after=10))
    with pytest.raises(DirectoryBusy):
        await create(house)
    assert house.directory.calls.count("add_secret") == 2


async def test_a_busy_directory_is_waited_for_as_long_as_it_asks(house: House) -> None:
    house.holds(application())
    house.directory.fail_next("add_secret", Throttled("x", retry_after=3))
    house.directory.fail_next("add_secret", DirectoryBusy("x", retry_after=10))
    await create(house)
    assert house.clock.now() - MORNING == timedelta(seconds=13)


async def test_a_refusal_is_told_even_if_it_cannot_be_written_down(house: House) -> None:
    house.holds(application())
    house.directory.fail_next("add_secret", LifetimeRefused())
    house.store.fail_next("abort_intent", StoreUnavailable("away"))
    with pytest.raises(LifetimeRefused):
        await create(house)
    await create(house, replace(WISH, idempotency_key=numbered(2)))


@pytest.mark.parametrize(
    "refusal",
    [
        LifetimeRefused(),
        TooManySecrets(),
        DirectoryRefused(),
        DirectoryUnavailable("refused connection"),
    ],
)
async def test_a_definite_refusal_aborts_the_intent_and_gives_the_lease_back(
    house: House, refusal: PortalError
) -> None:
    house.holds(application())
    house.directory.fail_next("add_secret", refusal)
    with pytest.raises(type(refusal)):
        await create(house)
    assert states(house) == [IntentState.ABORTED]
    assert house.store.pointers == {}
    await create(house, replace(WISH, idempotency_key=numbered(2)))


@pytest.mark.parametrize("busy", [Throttled("x", retry_after=3), DirectoryBusy("x")])
async def test_a_busy_directory_is_asked_three_times_and_no_more(
    house: House, busy: PortalError
) -> None:
    house.holds(application())
    for _ in range(2):
        house.directory.fail_next("add_secret", busy)
    await create(house)
    for _ in range(3):
        house.directory.fail_next("add_secret", busy)
    with pytest.raises(DirectoryBusy):
        await create(house, replace(WISH, idempotency_key=numbered(2)))
    assert house.directory.calls.count("add_secret") == 6
    assert states(house) == [IntentState.CREATED, IntentState.ABORTED]


@pytest.mark.parametrize("applied", [True, False])
async def test_a_lost_answer_leaves_the_intent_pending_and_the_lease_taken(
    house: House, *, applied: bool
) -> None:
    house.holds(application())
    house.directory.fail_next("add_secret", OutcomeUnknown("lost"), applied=applied)
    with pytest.raises(OutcomeUnknown):
        await create(house)
    assert states(house) == [IntentState.PENDING]
    assert house.store.pointers != {}
    assert house.directory.calls.count("add_secret") == 1
    with pytest.raises(ApplicationBusy):
        await create(house, replace(WISH, idempotency_key=numbered(2)))
    house.clock.move(timedelta(minutes=5))
    await create(house, replace(WISH, idempotency_key=numbered(3)))


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("fault", [StoreUnavailable("lost"), Throttled("table storage: 503")])
async def test_a_value_hangs_on_its_record_which_is_tried_again(
    house: House, fault: PortalError, *, applied: bool
) -> None:
    house.holds(application())
    for _ in range(2):
        house.store.fail_next("commit_intent", fault, applied=applied)
    assert (await create(house)).value.reveal()
    assert states(house) == [IntentState.CREATED]
    assert len(house.store.kept) == 1


@pytest.mark.parametrize("applied", [True, False])
async def test_a_value_whose_record_is_not_known_to_be_ours_is_not_revealed(
    house: House, *, applied: bool
) -> None:
    house.holds(application())
    for _ in range(3):
        house.store.fail_next("commit_intent", Throttled("lost"), applied=applied)
    with pytest.raises(OutcomeUnknown) as unknown:
        await create(house)
    assert unknown.value.key_id is not None
    with pytest.raises(AlreadyCreated if applied else CreateInProgress):
        await create(house)
    assert house.directory.calls.count("add_secret") == 1


async def test_an_intent_that_was_aborted_meanwhile_reveals_nothing(house: House) -> None:
    house.holds(application())

    def recover() -> None:
        ((place, intent),) = house.store.intents.items()
        house.store.intents[place] = replace(intent, state=IntentState.ABORTING)

    house.store.before("commit_intent", recover)
    with pytest.raises(OutcomeUnknown):
        await create(house)


async def test_a_lease_that_cannot_be_given_back_costs_nobody_the_value(house: House) -> None:
    house.holds(application())
    house.store.fail_next("release_lease", StoreUnavailable("away"))
    assert (await create(house)).value.reveal()
