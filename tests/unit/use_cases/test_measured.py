"""What the operators learn of a run, and that no address is in it."""

import json
from datetime import timedelta

import pytest

from shared.domain.delivery import HORIZON, WAIT, Report
from shared.domain.errors import DirectoryUnavailable
from shared.ports.mail import Posting, Status
from shared.use_cases.firing import LONGEST_PAUSE
from shared.use_cases.run_reminders import RunResult
from tests.support.builders import CLIENT, application, principal, secret
from tests.unit.use_cases.conftest import House
from tests.unit.use_cases.reminding import DUE

LATE = secret(2, days_left=40)


def events(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, object]]:
    """Return the records of an event, without its name."""
    records = [json.loads(each.getMessage()) for each in caplog.records]
    return [
        {name: value for name, value in record.items() if name != "event"}
        for record in records
        if record["event"] == event
    ]


async def test_a_mail_is_counted_by_its_most_urgent_stage_and_its_state(house: House) -> None:
    house.holds(application(DUE, LATE))
    await house.run()
    assert house.telemetry.counts == {
        ("mails", "daily", "accepted"): 1,
        ("posts", "accepted"): 1,
        ("firings", "complete"): 1,
    }


async def test_a_digest_to_support_is_counted_apart(house: House) -> None:
    house.holds(application(LATE, owners=[]))
    await house.run()
    assert house.telemetry.counts["mails", "support", "accepted"] == 1


async def test_a_notice_is_counted_apart(house: House) -> None:
    house.notifies = True
    house.holds(application(LATE, secret(3, days_left=300)))
    await house.delete(principal(), CLIENT, LATE.key_id, confirm_last=False)
    assert house.telemetry.counts == {("mails", "notice", "accepted"): 1, ("posts", "accepted"): 1}


async def test_an_evaluation_is_told_with_what_it_saw(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    house.holds(application(DUE, LATE))
    await house.run()
    assert events(caplog, "evaluated") == [{"due": 2, "managed": 1}]
    assert events(caplog, "firing") == [
        {"result": "complete", "seconds": 0, "unsent": 0, "oldest_hours": 0.0}
    ]
    assert house.telemetry.levels == {
        "reminders.due": 2,
        "applications.managed": 1,
        "mails.unsent": 0,
        "mails.oldest_unsent": 0,
        "run.days_behind": 0,
        "firings": 0,
    }


async def test_a_run_in_report_mode_is_an_evaluation_too(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    house.holds(application(DUE))
    await house.reminding_as(sends=False).run()
    assert events(caplog, "evaluated") == [{"due": 1, "managed": 1}]
    assert house.telemetry.counts == {("firings", "reported"): 1}


async def test_a_directory_that_cannot_be_read_is_a_failed_firing_and_no_evaluation(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    house.directory.fail_next("every_application", DirectoryUnavailable("x"))
    with pytest.raises(DirectoryUnavailable):
        await house.run()
    assert events(caplog, "evaluated") == []
    assert [each["result"] for each in events(caplog, "firing")] == ["failed"]
    assert house.telemetry.counts == {("firings", "failed"): 1}


@pytest.mark.parametrize(("hours", "is_alarm"), [(8, False), (8.1, True)])
async def test_a_mail_that_stays_unsent_for_eight_hours_is_an_alarm(
    house: House, caplog: pytest.LogCaptureFixture, hours: float, *, is_alarm: bool
) -> None:
    house.holds(application(DUE))
    for waited in (timedelta(), timedelta(hours=hours)):
        house.clock.move(waited)
        house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE + 1)
        assert await house.run() is RunResult.OPEN
    assert house.telemetry.levels["mails.unsent"] == 1
    assert house.telemetry.levels["mails.oldest_unsent"] == hours * 3600
    found = events(caplog, "alarm: mails are unsent for hours")
    assert found == ([{"count": 1, "oldest_hours": 8.1}] if is_alarm else [])


async def test_what_an_earlier_day_left_is_no_alarm_once_it_is_sent(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(LATE))
    house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE + 1)
    await house.run()
    house.clock.move(timedelta(hours=12))
    assert await house.run() is RunResult.COMPLETE
    assert house.telemetry.levels["mails.unsent"] == 0
    assert "alarm" not in caplog.text


async def test_days_without_a_complete_run_are_counted(house: House) -> None:
    house.holds(application(DUE))
    await house.run()
    for behind in (1, 2):
        house.clock.move(timedelta(days=1))
        house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE + 1)
        assert await house.run() is RunResult.OPEN
        assert house.telemetry.levels["run.days_behind"] == behind
    assert await house.run() is RunResult.COMPLETE
    assert house.telemetry.levels["run.days_behind"] == 0


async def test_a_mail_to_a_refused_address_is_named_by_its_id_alone(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.REFUSED_FOR_RECIPIENT)
    await house.run()
    [failed] = house.ledger.messages.values()
    told = {"state": "failed", "about": "daily", "message": failed.message_id}
    assert events(caplog, "undelivered") == [told]
    assert "jane.doe" not in caplog.text


async def test_a_mail_that_nobody_knows_of_is_named_once_it_is_given_up(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(LATE))
    house.mailer.answer_next(Posting.UNKNOWN)
    await house.run()
    [lost] = house.ledger.messages.values()
    house.mailer.knows(lost.message_id, Status.NO_ANSWER)
    house.clock.move(WAIT)
    await house.run()
    assert events(caplog, "undelivered") == []
    house.clock.move(HORIZON)
    await house.run()
    assert [each["state"] for each in events(caplog, "undelivered")] == ["uncertain"]
    assert house.telemetry.counts["mails", "sixWeeks", "uncertain"] == 1


async def test_a_bounce_is_counted_and_named_once_however_often_it_is_reported(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.holds(application(DUE))
    await house.run()
    [sent] = house.mailer.accepted
    for _ in range(2):
        await house.reminding.record_delivery(sent.message_id, Report.BOUNCED, house.clock.now())
    assert house.telemetry.counts["mails", "daily", "bounced"] == 1
    assert [each["state"] for each in events(caplog, "undelivered")] == ["bounced"]


async def test_a_mail_that_says_what_holds_no_more_is_counted_as_void(house: House) -> None:
    house.holds(application(DUE))
    house.mailer.answer_next(Posting.NOT_NOW, retry_after=LONGEST_PAUSE + 1)
    await house.run()
    house.holds(application(secret(9, days_left=300)))
    await house.run()
    assert house.telemetry.counts["mails", "daily", "void"] == 1
