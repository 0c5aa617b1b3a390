"""What a day will bring: the run's own rules, on a copy of the ledger, without a trace."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from shared.domain.delivery import digest
from shared.domain.drafts import Due
from shared.domain.errors import InvalidInput, StoreUnavailable
from shared.domain.ids import ClientId, KeyId
from shared.domain.messages import Message, State, Unreachable
from shared.domain.reminders import Stage
from shared.domain.standing import Audiences, Standing
from shared.use_cases.forecast import Forecast
from shared.use_cases.reminding import Options, Reminding
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import (
    GROUP,
    OTHER_CLIENT,
    OTHER_GROUP,
    PORTAL,
    TODAY,
    application,
    numbered,
    secret,
)
from tests.unit.use_cases.conftest import SUPPORT_ADDRESS, House, manager
from tests.unit.use_cases.reminding import OTHER_USER

JANE = "jane.doe@example.org"
JOHN = "john.roe@example.org"
READS = {
    "every_application",
    "groups_with_role",
    "members",
    "run",
    "of_recipient",
    "suppressed",
}
Told = Counter[tuple[str, str]]
"""How often an address is told of a claim; the report's is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Audiences):
    """Says when it judges an application."""

    judging: Callable[[], None]

    def dues(self, standing: Standing, now: datetime) -> list[Due]:
        self.judging()
        return Audiences.dues(self, standing, now)


async def forecast(house: House, ahead: int) -> Forecast:
    return await house.reminding.forecast(house.clock.now().date() + timedelta(days=ahead))


def foreseen(day: Forecast) -> Told:
    told = Counter(
        (each.recipient.address, line.claim) for each in day.mails for line in each.lines
    )
    return told + Counter({(day.support_address, ""): int(day.has_report)})


def mailed(messages: list[Message]) -> Told:
    return Counter(
        (each.recipient.address, line.claim if line else "")
        for each in messages
        for line in (each.lines or [None])
    )


@pytest.fixture
def house() -> House:
    made = House(reports=True)
    made.directory.set_group(GROUP, manager(), manager(OTHER_USER, JOHN))
    made.directory.set_group(OTHER_GROUP)
    made.holds(
        application(*(secret(number, days_left=13 * number) for number in range(1, 6))),
        application(
            secret(9, days_left=25),
            secret(10, days_left=-3),
            client_id=OTHER_CLIENT,
            groups=[OTHER_GROUP],
        ),
    )
    return made


async def test_every_day_comes_as_it_was_foreseen(house: House) -> None:
    days = [foreseen(await forecast(house, ahead)) for ahead in range(75)]
    assert house.mailer.posts == 0
    for ahead, day in enumerate(days):
        before = len(house.mailer.accepted)
        while await house.run() is RunResult.OPEN:
            house.clock.move(timedelta(minutes=10))
        assert mailed(house.mailer.accepted[before:]) == day, f"day {ahead}"
        house.clock.set(house.clock.now().replace(hour=9, minute=0) + timedelta(days=1))
    assert sum(day.total() for day in days) > 100


async def test_it_reads_and_writes_nothing(house: House) -> None:
    await house.run()
    house.clock.move(timedelta(days=1))
    before = (dict(house.ledger.messages), dict(house.ledger.claims), dict(house.ledger.entries))
    house.ledger.calls.clear()
    house.directory.calls.clear()
    await forecast(house, 14)
    assert {*house.ledger.calls, *house.directory.calls} <= READS
    assert before == (house.ledger.messages, house.ledger.claims, house.ledger.entries)


async def test_others_on_the_event_loop_come_between_the_days(house: House) -> None:
    turn = 0

    async def others() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    judged: list[int] = []
    audiences = Watched(portal=PORTAL, support_address="", judging=lambda: judged.append(turn))
    foresee = Reminding(house.outside, audiences, Options(sends=True, notifies=False)).forecast
    waiting = asyncio.create_task(others())
    await foresee(TODAY + timedelta(days=30))
    waiting.cancel()
    applications = 2
    assert len(judged) > 30 * applications
    assert max(Counter(judged).values()) <= applications


async def test_each_recipient_is_read_once_and_suppressions_for_two_weeks_at_most(
    house: House,
) -> None:
    await forecast(house, 60)
    calls = Counter(house.ledger.calls)
    assert calls["of_recipient"] == 3
    assert calls["suppressed"] == 0
    house.ledger.calls.clear()
    await forecast(house, 30)
    assert Counter(house.ledger.calls)["suppressed"] == 15


async def test_what_a_run_has_sent_is_not_foreseen_and_a_complete_day_has_no_more(
    house: House,
) -> None:
    assert foreseen(await forecast(house, 0))
    await house.run()
    assert not foreseen(await forecast(house, 0))
    # Managed since: today's run is over.
    house.holds(application(secret(77, days_left=5), client_id=ClientId(numbered(0xC7))))
    assert not foreseen(await forecast(house, 0))
    assert (JANE, f"{numbered(77)}|day:{TODAY + timedelta(days=1)}") in foreseen(
        await forecast(house, 1)
    )


async def test_an_address_that_bounced_is_left_alone_and_support_told_until_it_is_not(
    house: House,
) -> None:
    await house.ledger.suppress(digest(JANE), house.clock.now())
    day = foreseen(await forecast(house, 0))
    assert JANE not in {address for address, _ in day}
    assert any(claim.endswith(Unreachable.BOUNCED) for _, claim in day)
    # A stage that was not announced for its sake is made up for.
    later = foreseen(await forecast(house, 2))
    assert (JANE, f"{numbered(3)}|{Stage.SIX_WEEKS}") in later
    assert (JOHN, f"{numbered(3)}|{Stage.SIX_WEEKS}") not in later


async def test_support_that_bounced_hears_later_and_no_alarm_is_raised(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.ledger.suppress(digest(SUPPORT_ADDRESS), house.clock.now())
    assert SUPPORT_ADDRESS not in {address for address, _ in foreseen(await forecast(house, 0))}
    later = foreseen(await forecast(house, 2))
    assert any(f"{numbered(9)}|{Stage.SIX_WEEKS}" in claim for _, claim in later)
    assert "alarm" not in caplog.text


async def test_what_exceeds_one_mail_is_foreseen_for_the_same_day(house: House) -> None:
    many = [secret(0x100 + number, days_left=5) for number in range(50)]
    house.holds(application(*many, client_id=ClientId(numbered(0xC7))))
    day = await forecast(house, 0)
    told = [line for each in day.mails for line in each.lines if each.recipient.address == JANE]
    assert {KeyId(secret.key_id) for secret in many} <= {
        KeyId(line.claim.partition("|")[0]) for line in told
    }
    assert max(len(each.lines) for each in day.mails) <= 40


async def test_the_months_report_is_foreseen_on_its_first_day_alone(house: House) -> None:
    ahead = [(await forecast(house, each)).has_report for each in range(9, 20)]
    assert ahead == [on == date(2026, 12, 1) for on in days(9, 20)]
    house.clock.move(timedelta(days=11))
    assert (await forecast(house, 0)).has_report
    assert not (await forecast(house, 1)).has_report
    await house.run()
    assert not (await forecast(house, 1)).has_report


def days(first: int, end: int) -> list[date]:
    return [TODAY + timedelta(days=ahead) for ahead in range(first, end)]


@pytest.mark.parametrize("ahead", [-1, 366])
async def test_a_day_past_or_too_far_is_refused_before_anything_is_read(
    house: House, ahead: int
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await forecast(house, ahead)
    assert [each.pointer for each in refused.value.faults] == ["/on"]
    assert house.directory.calls == house.ledger.calls == []


async def test_a_ledger_that_does_not_answer_is_no_forecast(house: House) -> None:
    house.ledger.fail_next("of_recipient", StoreUnavailable("away"))
    with pytest.raises(StoreUnavailable):
        await forecast(house, 0)


async def test_what_is_under_way_is_not_foreseen_again(house: House) -> None:
    await house.run()
    for place, known in list(house.ledger.messages.items()):
        house.ledger.messages[place] = replace(known, state=State.READY)
    assert not foreseen(await forecast(house, 0))
