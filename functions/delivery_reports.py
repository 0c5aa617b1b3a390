"""Event Grid: what became of a mail, as the mail service reports it at least once."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import azure.functions as func

from functions import background
from shared.bootstrap import Composition
from shared.domain.delivery import Report
from shared.domain.ids import MessageId, guid
from shared.log_records import line

log = logging.getLogger(__name__)

EVENT_TYPE: Final = "Microsoft.Communication.EmailDeliveryReportReceived"
REPORTS: Final = {
    "Delivered": Report.DELIVERED,
    "Expanded": Report.DELIVERED,
    "Bounced": Report.BOUNCED,
    "Suppressed": Report.BOUNCED,
    "Failed": Report.LOST,
    "FilteredSpam": Report.LOST,
    "Quarantined": Report.LOST,
}
_WORD: Final = re.compile(r"[A-Za-z.]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    message_id: MessageId
    report: Report
    at: datetime


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("delivery_reports")
    @triggers.event_grid_trigger(arg_name="event")
    async def delivery_reports(event: func.EventGridEvent, context: func.Context) -> None:
        with background.failing_by_a_word("delivery report failed", product, context) as trace:
            delivery = _delivery(event)
            if delivery is None:
                _log_ignored(event, trace)
                return
            await product.record_delivery(delivery.message_id, delivery.report, delivery.at)

    return triggers


def _delivery(event: func.EventGridEvent) -> _Delivery | None:
    """Return what an event reports; None if it is of another type or does not say enough."""
    data = event.get_json()
    if event.event_type != EVENT_TYPE or not isinstance(data, dict):
        return None
    message_id = guid(_text(data.get("messageId")))
    report = REPORTS.get(_text(data.get("status")))
    at = _instant(_text(data.get("deliveryAttemptTimestamp"))) or _utc(event.event_time)
    if message_id is None or report is None or at is None:
        return None
    return _Delivery(message_id=MessageId(message_id), report=report, at=at)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _instant(text: str) -> datetime | None:
    try:
        return _utc(datetime.fromisoformat(text))
    except (OverflowError, ValueError):
        return None


def _utc(moment: datetime | None) -> datetime | None:
    """Return an instant in UTC; None for a time that could be anywhere's."""
    if moment is None or moment.tzinfo is None:
        return None
    return moment.astimezone(UTC)


def _log_ignored(event: func.EventGridEvent, trace: str) -> None:
    """Log that an event was ignored: an error would bring the same one again for a day."""
    data = event.get_json()
    status = data.get("status") if isinstance(data, dict) else None
    words = {"type": _word(event.event_type), "status": _word(status)}
    log.warning(line("delivery report ignored", **words, trace_id=trace))


def _word(value: object) -> str | None:
    """Return a plain word; None for whatever else a stranger wrote there."""
    text = _text(value)
    return text if _WORD.fullmatch(text) else None
