"""What is refused again and again, for whatever reason."""

import pytest

from shared.domain.delivery import MAX_ATTEMPTS, digest
from shared.domain.ids import UserId
from shared.domain.messages import SUPPORT, Partition, State
from shared.ports.mail import Posting
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import (
    GROUP,
    OTHER_CLIENT,
    OTHER_GROUP,
    TODAY,
    USER,
    application,
    numbered,
    secret,
)
from tests.unit.use_cases.conftest import SUPPORT_ADDRESS, House, manager
from tests.unit.use_cases.reminding import DUE, told
from tests.unit.use_cases.test_drain import left_of, left_ready

LATE = secret(2, days_left=20)


def rindex(calls: list[str], name: str) -> int:
    return len(calls) - 1 - calls[::-1].index(name)


async def test_what_is_refused_for_our_sake_is_tried_until_it_is_taken(
    house: House,
) -> None:
    house.holds(application(LATE))
    for _ in range(MAX_ATTEMPTS + 5):
        house.mailer.answer_next(Posting.REFUSED_FOR_SENDER)
        await house.run()
    assert await house.run() is RunResult.COMPLETE
    assert [address for address, _ in told(house)] == ["jane.doe@example.org"]


async def test_what_can_never_be_written_is_given_up_and_support_hears(
    house: House,
) -> None:
    house.holds(application(LATE))
    for _ in range(MAX_ATTEMPTS):
        house.mailer.answer_next(Posting.UNWRITTEN)
    for _ in range(MAX_ATTEMPTS):
        await house.run()
    assert await house.run() is RunResult.COMPLETE
    assert left_of(house, USER).state is State.FAILED
    assert house.mailer.accepted[0].recipient.partition == SUPPORT


@pytest.mark.parametrize("posting", [Posting.REFUSED_FOR_RECIPIENT, Posting.SUPPRESSED])
async def test_a_firing_that_has_evaluated_before_completes_no_day_of_which_support_has_to_hear(
    house: House, posting: Posting
) -> None:
    house.holds(application(LATE))
    evaluated = await house.ledger.run(TODAY)
    house.mailer.answer_next(posting)
    assert await house.run() is RunResult.OPEN
    assert not await house.ledger.complete(evaluated, managed=frozenset(), at=house.clock.now())
    assert await house.run() is RunResult.COMPLETE
    assert house.mailer.accepted[0].recipient.partition == SUPPORT


async def test_the_day_is_open_before_a_failure_can_be_seen(house: House) -> None:
    house.holds(application(LATE))
    house.mailer.answer_next(Posting.SUPPRESSED)
    await house.run()
    assert house.ledger.calls.index("reopen") < rindex(house.ledger.calls, "advance")
    assert left_of(house, USER).state is State.FAILED


async def test_what_befalls_one_message_again_keeps_no_other_waiting(
    house: House,
) -> None:
    poisoned = [UserId(numbered(0xE0 + number)) for number in range(6)]
    house.directory.set_group(
        GROUP, *(manager(user, f"m{n}@example.org") for n, user in enumerate(poisoned))
    )
    house.holds(application(DUE))
    house.mailer.refuse_for({Partition(user) for user in poisoned})
    for _ in range(3):
        await house.run()
    house.directory.set_group(OTHER_GROUP, manager())
    late = application(LATE, client_id=OTHER_CLIENT, groups=[OTHER_GROUP])
    house.holds(late)
    await house.run()
    assert ("jane.doe@example.org", [20]) in told(house)


async def test_an_address_that_bounced_meanwhile_is_not_tried(house: House) -> None:
    house.holds(application(DUE))
    await left_ready(house)
    await house.ledger.suppress(digest("jane.doe@example.org"), house.clock.now())
    await house.run()
    assert [address for address, _ in told(house)] == [SUPPORT_ADDRESS]
