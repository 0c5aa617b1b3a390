"""When a day is done, and what is compared with the day before."""

from asyncio import Task, create_task, gather
from datetime import timedelta

import pytest

from shared.domain.errors import StoreUnavailable
from shared.ports.secret_store import AuditEntry
from shared.use_cases.run_reminders import RunResult
from tests.fakes.system import MORNING
from tests.support.builders import (
    CLIENT,
    OTHER_CLIENT,
    TODAY,
    application,
    principal,
    secret,
)
from tests.unit.use_cases.conftest import House
from tests.unit.use_cases.reminding import DUE, live, told


async def test_applications_that_are_managed_no_more_are_named_in_an_alarm(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(secret(1, days_left=300)), application(DUE, client_id=OTHER_CLIENT))
    await live(house, 1)
    assert "alarm" not in caplog.text
    house.holds(application(DUE, client_id=OTHER_CLIENT, owners=[]))
    assert await house.run() is RunResult.COMPLETE
    assert "not managed any more" in caplog.text
    assert OTHER_CLIENT in caplog.text
    assert CLIENT not in caplog.text
    house.clock.move(timedelta(days=1))
    caplog.clear()
    await house.run()
    assert "alarm" not in caplog.text


async def test_a_reopened_day_is_evaluated_again(house: House) -> None:
    house.holds(application(DUE))
    await house.run()
    await house.ledger.reopen(TODAY, at=MORNING)
    assert await house.run() is RunResult.COMPLETE
    assert await house.run() is RunResult.ALREADY_COMPLETE
    assert len(told(house)) == 1


async def test_a_day_that_is_reopened_during_a_firing_is_not_completed_by_it(
    house: House,
) -> None:
    house.holds(application(DUE))
    reports: list[Task[None]] = []
    house.mailer.before_post(
        lambda: reports.append(create_task(house.ledger.reopen(TODAY, at=MORNING)))
    )
    assert await house.run() is RunResult.OPEN
    await gather(*reports)
    assert await house.run() is RunResult.COMPLETE


async def test_old_rows_go_when_a_day_is_complete(house: House) -> None:
    house.holds(application(DUE))
    await house.run()
    house.directory.drop(application(DUE).object_id)
    house.holds(application(secret(2, days_left=3000)))
    house.clock.move(timedelta(days=500))
    assert await house.run() is RunResult.COMPLETE
    assert (house.ledger.messages, house.ledger.claims) == ({}, {})


async def test_a_day_is_complete_though_old_rows_cannot_be_deleted(house: House) -> None:
    house.holds(application(DUE))
    house.ledger.fail_next("forget", StoreUnavailable("x"))
    assert await house.run() is RunResult.COMPLETE


async def test_audit_rows_go_when_their_time_is_over(house: House) -> None:
    house.holds(application(DUE))
    for age in (729, 731):
        await house.trail.record(audited(age))
    assert await house.run() is RunResult.COMPLETE
    assert [entry.entry_id for entry in house.trail.entries] == ["729"]


def audited(days_ago: int) -> AuditEntry:
    return AuditEntry(
        instant=MORNING - timedelta(days=days_ago),
        entry_id=str(days_ago),
        action="create_secret",
        outcome="created",
        reason=None,
        client_id=None,
        key_id=None,
        principal=principal(),
        trace_id="trace",
    )
