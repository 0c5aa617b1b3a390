from asyncio import gather
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.errors import (
    AlreadyCreated,
    ApplicationBusy,
    ApplicationNotFound,
    ApplicationPrivileged,
    CreateAborted,
    CreateInProgress,
    IdempotencyKeyReused,
    InvalidInput,
    PortalError,
    TooManySecrets,
)
from shared.domain.ids import UserId
from shared.ports.secret_store import IntentState
from shared.use_cases.create_secret import CreatedSecret, Wish
from tests.support.builders import (
    CLIENT,
    GROUP,
    MICROSOFT_GRAPH,
    OTHER_GROUP,
    USER,
    application,
    day,
    numbered,
    permission,
    principal,
    secret,
)
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.creating import WISH, create, states


async def test_the_value_is_handed_out_once_the_secret_is_recorded(house: House) -> None:
    house.holds(application())
    created = await create(house)
    assert created.value.reveal().startswith(created.secret.hint or "?")
    assert (created.created_by, created.secret.display_name) == ("Jane Doe", "Secret by JD")
    assert states(house) == [IntentState.CREATED]
    (record,) = house.store.kept.values()
    assert (record.key_id, record.created_by) == (created.secret.key_id, house_actor(house))
    assert house.store.pointers == {}


def house_actor(house: House) -> object:
    (intent,) = house.store.intents.values()
    return intent.actor


async def test_it_costs_one_read_one_membership_check_and_one_write(house: House) -> None:
    house.holds(application())
    await create(house)
    assert house.directory.calls == ["application", "confirm_membership", "add_secret"]


async def test_the_ticket_is_read_before_the_application_and_the_intent_before_the_lease(
    house: House,
) -> None:
    house.holds(application())
    await create(house)
    assert house.store.calls == [
        "lease_ticket",
        "history",
        "open_intent",
        "take_lease",
        "commit_intent",
        "release_lease",
    ]


async def test_two_secrets_of_one_second_and_one_name_start_apart(house: House) -> None:
    house.holds(application())
    await create(house)
    house.holds(application())  # the list lags: it shows none
    await create(house, replace(WISH, idempotency_key=numbered(2)))
    starts = [intent.request.start for intent in house.store.intents.values()]
    assert starts[1] - starts[0] == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        (replace(WISH, display_name="\u202e"), "/displayName"),
        (replace(WISH, expires_on=day(365)), "/expiresOn"),
    ],
)
async def test_a_broken_rule_reads_and_writes_nothing(
    house: House, wish: Wish, pointer: str
) -> None:
    house.holds(application())
    with pytest.raises(InvalidInput, match=pointer):
        await create(house, wish)
    assert (house.directory.calls, house.store.calls) == ([], [])


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (None, ApplicationNotFound),
        (application(groups=[OTHER_GROUP]), ApplicationNotFound),
        (application(owners=[]), ApplicationNotFound),
        (
            application(permissions=[permission(MICROSOFT_GRAPH)]),
            ApplicationPrivileged,
        ),
    ],
)
async def test_what_may_not_be_written_is_left_alone(
    house: House, found: object, error: type[PortalError]
) -> None:
    if found is not None:
        house.holds(found)  # type: ignore[arg-type]  # an application
    with pytest.raises(error):
        await create(house)
    assert house.store.calls == ["lease_ticket", "history"]


async def test_a_malformed_client_id_is_not_even_looked_up(house: House) -> None:
    with pytest.raises(ApplicationNotFound, match="malformed"):
        await house.create(principal(), "lease' or 'x", WISH)
    assert (house.directory.calls, house.store.calls) == ([], [])


async def test_whoever_left_the_group_since_the_token_was_issued_writes_nothing(
    house: House,
) -> None:
    house.holds(application())
    house.directory.set_group(GROUP, manager(UserId(numbered(0xD2))))
    with pytest.raises(ApplicationNotFound, match="no longer"):
        await create(house)
    assert house.store.calls == ["lease_ticket", "history"]


async def test_membership_of_another_tagged_group_does_not_stand_in(house: House) -> None:
    house.holds(application(groups=[GROUP, OTHER_GROUP]))
    house.directory.set_group(GROUP)
    house.directory.set_group(OTHER_GROUP, manager())
    with pytest.raises(ApplicationNotFound, match="no longer"):
        await create(house)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (IntentState.CREATED, AlreadyCreated),
        (IntentState.PENDING, CreateInProgress),
        (IntentState.ABORTING, CreateInProgress),
        (IntentState.ABORTED, CreateAborted),
    ],
)
async def test_a_key_used_before_is_answered_by_what_became_of_it(
    house: House, state: IntentState, error: type[PortalError]
) -> None:
    house.holds(application())
    await create(house)
    ((place, intent),) = house.store.intents.items()
    house.store.intents[place] = replace(intent, state=state)
    with pytest.raises(error):
        await create(house)
    for other in ({"display_name": "Another"}, {"expires_on": day(99)}):
        with pytest.raises(IdempotencyKeyReused):
            await create(house, replace(WISH, **other))
    assert house.directory.calls.count("add_secret") == 1


async def test_keys_belong_to_their_users(house: House) -> None:
    other = UserId(numbered(0xD2))
    house.holds(application())
    house.directory.set_group(GROUP, manager(), manager(other))
    await create(house)
    await house.create(principal(user_id=other), CLIENT, WISH)
    assert house.directory.calls.count("add_secret") == 2


async def test_the_eleventh_live_secret_is_refused_and_expired_ones_do_not_count(
    house: House,
) -> None:
    nine = [secret(number) for number in range(9)]
    house.holds(application(*nine, secret(20, days_left=-1)))
    await create(house)
    with pytest.raises(TooManySecrets):
        await create(house, replace(WISH, idempotency_key=numbered(2)))
    assert states(house) == [IntentState.CREATED, IntentState.ABORTED]


async def test_of_many_at_once_the_lease_lets_one_through_at_a_time(house: House) -> None:
    house.holds(application())
    wishes = [replace(WISH, idempotency_key=numbered(number)) for number in range(20)]
    results = await gather(*(create(house, wish) for wish in wishes), return_exceptions=True)
    created = [result for result in results if isinstance(result, CreatedSecret)]
    assert created
    assert all(isinstance(r, CreatedSecret | ApplicationBusy) for r in results)
    assert house.directory.calls.count("add_secret") == len(created)


async def test_one_key_at_once_makes_one_secret(house: House) -> None:
    house.holds(application())
    results = await gather(*(create(house) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, CreatedSecret) for result in results) == 1
    assert house.directory.calls.count("add_secret") == 1


async def test_the_owner_of_the_intent_is_its_user(house: House) -> None:
    house.holds(application())
    await create(house)
    (intent,) = house.store.intents.values()
    assert (intent.actor.user_id, intent.actor.name) == (USER, "Jane Doe")
