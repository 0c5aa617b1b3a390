"""Delivery reports: what became of each mail, as events for whoever asked to hear of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from local.simulators.common import Clock, new_guid
from local.simulators.email.outcomes import DETAILS, Outcome
from local.simulators.email.trap_table import MailTraps

EVENT_TYPE: Final = "Microsoft.Communication.EmailDeliveryReportReceived"
TOPIC: Final = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"
    "/providers/Microsoft.Communication/communicationServices/local"
)


@dataclass(slots=True, kw_only=True)
class Report:
    """An event that was raised; `answers` has the status of each try, null where none came."""

    event: dict[str, Any]
    answers: list[int | None] = field(default_factory=list)
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    outcome: Outcome
    due: datetime


class Reports:
    """All reports, by the service's clock; `url` is where they go, None for nowhere."""

    def __init__(self, clock: Clock, traps: MailTraps, url: str | None = None) -> None:
        self.url = url
        self._clock = clock
        self._traps = traps
        self._late: list[_Late] = []
        self._raised: list[Report] = []
        self._last: dict[tuple[str, str], str] = {}
        self._untried = 0

    def tell(self, outcome: Outcome) -> None:
        """Raise the report of a mail, in whatever way the traps want it."""
        if self._traps.fire("reports_off"):
            return
        late = self._traps.struck("reports_late", [outcome.recipient])
        if late:
            due = outcome.at + timedelta(seconds=late["seconds"])
            self._late.append(_Late(outcome=outcome, due=due))
            return
        self._raise(outcome, outcome.at)

    def tell_by_hand(self, outcome: Outcome) -> None:
        """Raise one report, whatever traps are on."""
        self._add(outcome, outcome.at, copies=1)

    def fresh(self) -> list[Report]:
        """Return each raised report once, so that it is delivered."""
        now = self._clock.now()
        due = [each for each in self._late if each.due <= now]
        self._late = [each for each in self._late if each.due > now]
        for each in sorted(due, key=lambda late: late.due):
            self._raise(each.outcome, each.due)
        fresh = self._raised[self._untried :]
        self._untried = len(self._raised)
        return fresh

    def last(self, operation_id: str, recipient: str) -> str | None:
        """Return the last status that was reported of a mail; None before the first."""
        return self._last.get((operation_id, recipient))

    def settled(self) -> bool:
        """Tell whether every report that is due was taken or given up."""
        now = self._clock.now()
        due = any(each.due <= now for each in self._late)
        return not due and all(each.ended for each in self._raised)

    def described(self) -> dict[str, Any]:
        """Return what `GET /dev/reports` shows, in the order in which the reports were raised."""
        return {"url": self.url, "reports": [_described(each) for each in self._raised]}

    def _raise(self, outcome: Outcome, at: datetime) -> None:
        self._add(outcome, at, copies=2 if self._traps.fire("reports_twice") else 1)
        if self._traps.fire("reports_foreign"):
            self._add(replace(outcome, operation_id=new_guid()), at, copies=1)

    def _add(self, outcome: Outcome, at: datetime, *, copies: int) -> None:
        event = _event(outcome, at)
        self._raised += [Report(event=event) for _ in range(copies)]
        self._last[outcome.operation_id, outcome.recipient] = outcome.status


def _event(outcome: Outcome, at: datetime) -> dict[str, Any]:
    return {
        "id": new_guid(),
        "topic": TOPIC,
        "subject": f"sender/{outcome.sender}/message/{outcome.operation_id}",
        "data": {
            "sender": outcome.sender,
            "recipient": outcome.recipient,
            "messageId": outcome.operation_id,
            "status": outcome.status,
            "deliveryStatusDetails": {"statusMessage": DETAILS[outcome.status]},
            "deliveryAttemptTimestamp": f"{_ticks(outcome.at)}+00:00",
        },
        "eventType": EVENT_TYPE,
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "eventTime": f"{_ticks(at)}Z",
    }


def _ticks(instant: datetime) -> str:
    """Write an instant as the service does: with seven digits of a second."""
    return f"{instant:%Y-%m-%dT%H:%M:%S.%f}0"


def _described(report: Report) -> dict[str, Any]:
    data = report.event["data"]
    return {
        "id": report.event["id"],
        "operationId": data["messageId"],
        "recipient": data["recipient"],
        "status": data["status"],
        "raisedAt": report.event["eventTime"],
        "answers": report.answers,
        "ended": report.ended,
    }
