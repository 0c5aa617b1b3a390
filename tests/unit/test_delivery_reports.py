import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import azure.functions as func
import pytest

from functions import background, delivery_reports
from shared.adapters.system_clock import RandomIds
from shared.domain.delivery import Report
from shared.domain.errors import StoreUnavailable
from shared.domain.ids import MessageId
from tests.fakes.telemetry import FakeTelemetry
from tests.unit.test_border import TRACE, context

if TYPE_CHECKING:
    from shared.bootstrap import Composition

ID = "7d9a1c5e-0000-4000-8000-00000000000a"
AT = datetime(2026, 11, 21, 9, 0, 20, 285574, tzinfo=UTC)
EVENT_TIME = datetime(2026, 11, 21, 9, 1, tzinfo=UTC)
DATA: dict[str, object] = {
    "sender": "donotreply@example.org",
    "recipient": "jane.doe@example.org",
    "messageId": ID,
    "status": "Bounced",
    "deliveryStatusDetails": {"statusMessage": "550 5.1.1 jane.doe@example.org is not known"},
    "deliveryAttemptTimestamp": "2026-11-21T09:00:20.2855749+00:00",
}
REPORT = "Microsoft.Communication.EmailDeliveryReportReceived"


@dataclass
class Product:
    """Stands in for the composition: records what it is told, or raises."""

    fault: Exception | None = None
    told: list[tuple[MessageId, Report, datetime]] = field(default_factory=list)
    ids: RandomIds = field(default_factory=RandomIds)
    telemetry: FakeTelemetry = field(default_factory=FakeTelemetry)

    async def record_delivery(self, message_id: MessageId, report: Report, at: datetime) -> None:
        if self.fault is not None:
            raise self.fault
        self.told.append((message_id, report, at))


def event(
    data: object = DATA,
    *,
    event_type: str = REPORT,
    event_time: datetime | None = EVENT_TIME,
) -> func.EventGridEvent:
    return func.EventGridEvent(
        id="e1",
        data=cast("dict[str, object]", data),
        topic="",
        subject="",
        event_type=event_type,
        event_time=event_time,
        data_version="1.0",
    )


def changed(**changes: object) -> Mapping[str, object]:
    """Return the data with these members replaced; None takes one away."""
    return {name: value for name, value in (DATA | changes).items() if value is not None}


async def received(product: Product, raised: func.EventGridEvent) -> None:
    app = func.FunctionApp()
    app.register_functions(delivery_reports.blueprint(cast("Composition", product)))
    (trigger,) = app.get_functions()
    handler: Callable[[func.EventGridEvent, Any], Awaitable[None]] = trigger.get_user_function()
    await handler(raised, context())


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return our own records: the functions library has its own to say of an app."""
    return [record for record in caplog.records if record.name.startswith("functions.")]


@pytest.mark.parametrize(
    ("status", "report"),
    [
        ("Delivered", Report.DELIVERED),
        ("Expanded", Report.DELIVERED),
        ("Bounced", Report.BOUNCED),
        ("Suppressed", Report.BOUNCED),
        ("Failed", Report.LOST),
        ("FilteredSpam", Report.LOST),
        ("Quarantined", Report.LOST),
    ],
)
async def test_what_became_of_a_mail_is_recorded(status: str, report: Report) -> None:
    product = Product()
    await received(product, event(changed(status=status, messageId=ID.upper())))
    assert product.told == [(ID, report, AT)]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-21T09:00:20Z", AT.replace(microsecond=0)),
        ("2026-11-21T10:00:20.285574+01:00", AT),
        (None, EVENT_TIME),
        ("2026-11-21T10:00:20", EVENT_TIME),
        ("0001-01-01T00:00:00+14:00", EVENT_TIME),
        ("soon", EVENT_TIME),
        (1_795_000_000, EVENT_TIME),
    ],
)
async def test_the_instant_is_the_attempts_or_else_the_events(written: object, at: object) -> None:
    product = Product()
    await received(product, event(changed(deliveryAttemptTimestamp=written)))
    assert [(told[2], told[2].tzinfo) for told in product.told] == [(at, UTC)]


@pytest.mark.parametrize("event_time", [None, EVENT_TIME.replace(tzinfo=None)])
async def test_a_report_of_no_known_instant_is_ignored(event_time: datetime | None) -> None:
    product = Product()
    timeless = changed(deliveryAttemptTimestamp=None)
    await received(product, event(timeless, event_time=event_time))
    assert product.told == []


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        changed(messageId=None),
        changed(messageId=7),
        changed(messageId=[ID]),
        changed(messageId="<jane.doe@example.org>"),
        changed(status=None),
        changed(status="delivered"),
        changed(status=["Delivered"]),
        changed(status={"jane.doe@example.org": 1}),
        changed(status="jane.doe@example.org\nERROR forged"),
    ],
)
async def test_a_malformed_report_is_ignored_in_one_record_that_repeats_nothing(
    data: object, caplog: pytest.LogCaptureFixture
) -> None:
    product = Product()
    with caplog.at_level(logging.DEBUG):
        await received(product, event(data))
    (record,) = logged(caplog)
    said = json.loads(record.getMessage())
    assert product.told == []
    assert record.levelname == "WARNING"
    assert (said["event"], said["type"]) == ("delivery report ignored", REPORT)
    assert said["trace_id"] == TRACE
    assert "example.org" not in caplog.text


@pytest.mark.parametrize(
    ("event_type", "shown"),
    [
        ("Microsoft.Communication.EmailEngagementTrackingReportReceived", True),
        ("jane.doe@example.org", False),
        ("x" * 81, False),
    ],
)
async def test_another_event_is_ignored_by_its_type(
    event_type: str, caplog: pytest.LogCaptureFixture, *, shown: bool
) -> None:
    product = Product()
    await received(product, event(event_type=event_type))
    assert product.told == []
    (record,) = logged(caplog)
    said = json.loads(record.getMessage())
    assert said.get("type") == (event_type if shown else None)
    assert said["status"] == "Bounced"


@pytest.mark.parametrize(
    ("fault", "word"),
    [(StoreUnavailable("why"), "store_unavailable"), (ValueError("hush"), "ValueError")],
)
async def test_what_could_not_be_recorded_fails_by_a_word_so_that_it_comes_again(
    fault: Exception, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(background.InvocationFailed) as failed:
        await received(Product(fault=fault), event())
    assert str(failed.value) == word
    assert failed.value.__suppress_context__
    assert [record.levelname for record in logged(caplog)] == ["ERROR"]
    assert TRACE in caplog.text
    assert "hush" not in caplog.text
    assert "example.org" not in caplog.text
