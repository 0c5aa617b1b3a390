"""The email simulator's delivery reports."""

from collections.abc import AsyncIterator

import pytest
from azure.core.exceptions import ServiceRequestError

from tests.integration.simulators.email_client import ID, JANE, OTHER_ID, message
from tests.integration.simulators.report_receiver import Told, telling

STATUSES = (
    "Delivered",
    "Expanded",
    "Bounced",
    "Suppressed",
    "Failed",
    "FilteredSpam",
    "Quarantined",
)


@pytest.fixture
async def told() -> AsyncIterator[Told]:
    async with telling() as it:
        yield it


async def test_a_mail_is_reported_as_delivered_in_the_service_s_own_shape(told: Told) -> None:
    await told.mail.send()

    await told.mail.reports()

    (event,) = told.receiver.events
    assert event == {
        "id": event["id"],
        "topic": event["topic"],
        "subject": f"sender/donotreply@example.org/message/{ID}",
        "data": {
            "sender": "donotreply@example.org",
            "recipient": JANE,
            "messageId": ID,
            "status": "Delivered",
            "deliveryStatusDetails": {"statusMessage": "250 2.0.0 OK"},
            "deliveryAttemptTimestamp": "2026-11-21T09:00:00.0000000+00:00",
        },
        "eventType": "Microsoft.Communication.EmailDeliveryReportReceived",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": "2026-11-21T09:00:00.0000000Z",
    }
    assert event["topic"].endswith("/Microsoft.Communication/communicationServices/local")


async def test_each_recipient_of_a_mail_is_reported(told: Told) -> None:
    await told.mail.trap("report_status", addresses=["c@example.org"], status="Failed")
    await told.mail.send(
        message(recipients={"to": [{"address": JANE}], "cc": [{"address": "c@example.org"}]})
    )

    await told.mail.reports()

    assert sorted(told.receiver.told) == [("c@example.org", "Failed"), (JANE, "Delivered")]


async def test_a_repeated_send_is_reported_as_often_as_it_mails(told: Told) -> None:
    await told.mail.send()
    await told.mail.send()
    assert len(await told.statuses()) == 1

    await told.mail.no_trap("dedupe")
    await told.mail.send()

    assert len(await told.statuses()) == len(await told.mail.accepted()) == 2


async def test_what_is_reported_is_listed_with_its_answers(told: Told) -> None:
    await told.mail.send()

    (report,) = await told.mail.reports()

    assert report == {
        "id": told.receiver.events[0]["id"],
        "operationId": ID,
        "recipient": JANE,
        "status": "Delivered",
        "raisedAt": "2026-11-21T09:00:00.0000000Z",
        "answers": [202],
        "ended": True,
    }


@pytest.mark.parametrize("status", STATUSES)
async def test_another_status_is_reported_of_the_listed_addresses(told: Told, status: str) -> None:
    await told.mail.trap("report_status", addresses=[JANE.upper()], status=status)
    await told.mail.send()
    await told.mail.send(message(recipients={"to": [{"address": "a@example.org"}]}), OTHER_ID)

    await told.mail.reports()

    assert sorted(told.receiver.told) == [("a@example.org", "Delivered"), (JANE, status)]
    assert len(await told.mail.accepted()) == 2


async def test_a_status_that_the_service_has_not_is_refused(told: Told) -> None:
    address = f"{told.mail.address}/dev/traps/report_status"
    async with told.mail.session.put(address, json={"status": "Read"}) as answer:
        assert answer.status == 400


async def test_reports_may_come_twice_as_the_same_event(told: Told) -> None:
    await told.mail.trap("reports_twice", times=1)
    await told.mail.send()
    await told.mail.send(id=OTHER_ID)

    assert len(await told.mail.reports()) == 3

    ids = [each["id"] for each in told.receiver.events if each["data"]["messageId"] == ID]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_report_may_be_of_an_operation_that_nobody_knows(told: Told) -> None:
    await told.mail.trap("reports_foreign")
    await told.mail.send()

    own, foreign = await told.mail.reports()

    assert own["operationId"] == ID
    assert await told.mail.status(foreign["operationId"]) == "NotFound"
    assert len(told.receiver.events) == 2


async def test_reports_may_be_left_out(told: Told) -> None:
    await told.mail.trap("reports_off", times=1)
    await told.mail.send()
    await told.mail.send(id=OTHER_ID)

    assert [each["operationId"] for each in await told.mail.reports()] == [OTHER_ID]


async def test_a_late_report_comes_once_the_clock_has_moved(told: Told) -> None:
    await told.mail.trap("reports_late", addresses=[JANE], seconds=3600, times=1)
    await told.mail.send()
    await told.mail.send(id=OTHER_ID)
    assert [each["operationId"] for each in await told.mail.reports()] == [OTHER_ID]

    await told.mail.later(7200)

    _, late = await told.mail.reports()
    assert (late["operationId"], late["raisedAt"]) == (ID, "2026-11-21T10:00:00.0000000Z")
    (event,) = [each for each in told.receiver.events if each["data"]["messageId"] == ID]
    assert event["data"]["deliveryAttemptTimestamp"] == "2026-11-21T09:00:00.0000000+00:00"


async def test_a_late_mail_is_reported_once_it_is_accepted(told: Told) -> None:
    await told.mail.trap("late_accept", seconds=60, times=1)
    with pytest.raises(ServiceRequestError):
        await told.mail.send()
    assert await told.statuses() == []

    await told.mail.later(60)

    assert await told.statuses() == ["Delivered"]


async def test_a_mail_whose_operation_failed_is_not_reported(told: Told) -> None:
    await told.mail.trap("failed_operation")
    await told.mail.send()

    assert await told.statuses() == []


async def test_a_report_can_be_raised_by_hand_whatever_traps_are_on(told: Told) -> None:
    await told.mail.trap("reports_off")
    await told.mail.trap("reports_twice")
    await told.mail.send()

    for status in ("Bounced", "Delivered"):
        assert await told.mail.report(status, ID.upper()) == 204

    assert await told.statuses() == ["Bounced", "Delivered"]
    assert sorted(told.receiver.told) == [(JANE, "Bounced"), (JANE, "Delivered")]


@pytest.mark.parametrize(
    ("status", "operation_id", "told_so"), [("Read", ID, 400), ("Delivered", OTHER_ID, 404)]
)
async def test_what_can_not_be_reported_is_refused(
    told: Told, status: str, operation_id: str, told_so: int
) -> None:
    await told.mail.send()
    assert await told.mail.report(status, operation_id) == told_so
    assert await told.statuses() == ["Delivered"]


async def test_the_inbox_shows_what_was_reported_last(told: Told) -> None:
    await told.mail.trap("reports_off", times=1)
    await told.mail.send()
    before, _ = await told.mail.page("/inbox/1")
    await told.mail.report("Delivered")
    await told.mail.report("Bounced")

    mail, _ = await told.mail.page("/inbox/1")
    inbox, _ = await told.mail.page("/")

    assert "<dt>Reported</dt><dd>nothing yet</dd>" in before
    assert "<dt>Reported</dt><dd>Bounced</dd>" in mail
    assert ", reported Bounced\n" in inbox
