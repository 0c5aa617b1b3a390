from datetime import timedelta

import pytest

from shared.domain.errors import DirectoryUnavailable, OutcomeUnknown, StoreUnavailable
from shared.domain.ids import ClientId, UserId
from shared.ports.mail import Posting
from shared.use_cases.create_secret import Wish
from tests.fakes.system import MORNING
from tests.support.builders import (
    CLIENT,
    GROUP,
    OTHER_CLIENT,
    OTHER_GROUP,
    application,
    day,
    numbered,
    principal,
    secret,
)
from tests.unit.use_cases.conftest import House

WISH = Wish(idempotency_key=numbered(1), display_name="new", expires_on=day(300))


async def keys(house: House) -> list[str]:
    (listed,) = (await house.list(principal())).applications
    return [each.secret.key_id for each in listed.secrets]


async def test_ones_own_are_listed_with_secrets_by_their_end(house: House) -> None:
    house.holds(
        application(secret(1, days_left=200), secret(2, days_left=3)),
        application(client_id=OTHER_CLIENT, groups=[OTHER_GROUP]),
    )
    listing = await house.list(principal())
    assert listing.now == MORNING
    assert [each.application.client_id for each in listing.applications] == [CLIENT]
    assert await keys(house) == [secret(2).key_id, secret(1).key_id]


async def test_it_costs_one_read_one_look_at_the_records_and_one_at_the_reminders(
    house: House,
) -> None:
    house.holds(application(), application(client_id=OTHER_CLIENT))
    await house.list(principal())
    assert (house.directory.calls, house.store.calls) == (["applications_of"], ["records"])
    assert house.ledger.calls == ["of_recipient"]


async def test_the_reminders_are_read_while_the_directory_is_asked(house: House) -> None:
    house.holds(application())
    before: list[str] = []
    house.ledger.before("of_recipient", lambda: before.extend(house.store.calls))
    await house.list(principal())
    assert before == []
    assert house.ledger.calls == ["of_recipient"]


async def test_the_last_reminder_that_was_mailed_to_the_caller_is_told(house: House) -> None:
    house.holds(application(secret(1, days_left=8, age=200), secret(2)))
    mailed = []
    for _ in range(3):
        await house.run()
        (listed,) = (await house.list(principal())).applications
        first, second = listed.secrets
        assert second.last_reminder is None
        assert first.last_reminder is not None
        mailed.append((first.last_reminder.stage.value, first.last_reminder.sent_at.day))
        house.clock.move(timedelta(days=1))
    assert mailed == [("threeWeeks", 21), ("daily", 22), ("daily", 23)]


async def test_a_reminder_that_was_not_taken_or_went_to_others_is_not_told(house: House) -> None:
    house.holds(application(secret(1, days_left=8, age=200)))
    house.mailer.answer_next(Posting.UNKNOWN)
    await house.run()
    (listed,) = (await house.list(principal())).applications
    assert listed.secrets[0].last_reminder is None
    colleague = UserId(numbered(0xD2))
    (listed,) = (await house.list(principal(user_id=colleague))).applications
    assert listed.secrets[0].last_reminder is None


async def test_who_made_a_secret_here_is_named(house: House) -> None:
    house.holds(application(secret(1)))
    await house.create(principal(), CLIENT, WISH)
    (listed,) = (await house.list(principal())).applications
    assert [each.created_by for each in listed.secrets] == [None, "Jane Doe"]


async def test_for_a_quarter_of_an_hour_a_creation_is_listed_although_the_directory_lags(
    house: House,
) -> None:
    house.holds(application(secret(1)))
    created = await house.create(principal(), CLIENT, WISH)
    house.holds(application(secret(1)))
    house.clock.move(timedelta(minutes=14, seconds=59))
    assert await keys(house) == [secret(1).key_id, created.secret.key_id]
    house.clock.move(timedelta(seconds=1))
    assert await keys(house) == [secret(1).key_id]


async def test_for_a_quarter_of_an_hour_a_deletion_is_hidden_although_the_directory_lags(
    house: House,
) -> None:
    old, new = secret(1, days_left=10), secret(2)
    house.holds(application(old, new))
    await house.delete(principal(), CLIENT, old.key_id, confirm_last=False)
    house.holds(application(old, new))
    house.clock.move(timedelta(minutes=14, seconds=59))
    assert await keys(house) == [new.key_id]
    house.clock.move(timedelta(seconds=1))
    assert await keys(house) == [old.key_id, new.key_id]


async def test_a_creation_that_was_deleted_since_is_not_listed_again(house: House) -> None:
    house.holds(application(secret(1)))
    created = await house.create(principal(), CLIENT, WISH)
    await house.delete(principal(), CLIENT, created.secret.key_id, confirm_last=False)
    assert await keys(house) == [secret(1).key_id]


@pytest.mark.parametrize("away", ["directory", "store", "ledger"])
async def test_half_an_answer_is_no_answer(house: House, away: str) -> None:
    house.holds(application())
    if away == "directory":
        house.directory.fail_next("applications_of", DirectoryUnavailable("x"))
    elif away == "store":
        house.store.fail_next("records", StoreUnavailable("x"))
    else:
        house.ledger.fail_next("of_recipient", StoreUnavailable("x"))
    with pytest.raises((DirectoryUnavailable, StoreUnavailable)):
        await house.list(principal())


async def test_a_deletion_under_way_hides_nothing(house: House) -> None:
    old = secret(1, days_left=10)
    house.holds(application(old, secret(2)))
    house.directory.fail_next("remove_secret", OutcomeUnknown("lost"))
    with pytest.raises(OutcomeUnknown):
        await house.delete(principal(), CLIENT, old.key_id, confirm_last=False)
    assert old.key_id in await keys(house)


async def test_what_the_directory_matched_by_mistake_is_not_listed(house: House) -> None:
    mine = application(tags=[f"credential-managers:{GROUP}"])
    house.holds(
        application(owners=[], client_id=OTHER_CLIENT),
        application(groups=[OTHER_GROUP], client_id=ClientId(numbered(0xC3))),
    )
    house.directory.matches_everything = True
    house.holds(mine)
    listed = (await house.list(principal())).applications
    assert [each.application.client_id for each in listed] == [CLIENT]
