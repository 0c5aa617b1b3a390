"""What the mail service knows: operations, what it accepted, what is still on its way to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.simulators.common import Clock, RequestLog, real_now
from local.simulators.email.errors import SUPPRESSED, EmailError, conflict, not_found
from local.simulators.email.messages import Message
from local.simulators.email.outcomes import Outcome
from local.simulators.email.reports import Reports
from local.simulators.email.trap_table import MailTraps

# Opens nothing: it is known to everybody, and holds on this machine only.
ACCESS_KEY = "bG9jYWwtbWFpbC1zaW11bGF0b3I="


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an operation ends; `error` is a code and a message."""

    status: str = "Succeeded"
    error: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A send that the service has taken; it is not mailed to the `dropped` addresses."""

    id: str
    message: Message
    at: datetime
    ending: Ending
    dropped: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    operation_id: str
    message: Message
    at: datetime


class State:
    """The service, its clock, traps and log. `real` is the time that requests are dated by."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        access_key: str = ACCESS_KEY,
        real: Callable[[], datetime] = real_now,
        reports_to: str | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.access_key = access_key
        self.real = real
        self.traps = MailTraps()
        self.reports = Reports(self.clock, self.traps, reports_to)
        self.log = RequestLog()
        self._operations: dict[str, Operation] = {}
        self._accepted: list[dict[str, Any]] = []
        self._under_way: list[_Arrival] = []

    def accepted(self) -> list[dict[str, Any]]:
        """Return what was accepted, one entry for each recipient, in the order of acceptance."""
        self.settle()
        return self._accepted

    def take(self, operation_id: str, message: Message) -> Operation:
        """Accept a message; EmailError if the id stands for another one."""
        self.settle()
        return self._take(operation_id, message, self.clock.now())

    def take_later(self, operation_id: str, message: Message, seconds: int) -> None:
        """Accept a message once the clock has moved so far."""
        at = self.clock.now() + timedelta(seconds=seconds)
        self._under_way.append(_Arrival(operation_id=operation_id, message=message, at=at))

    def status(self, operation_id: str) -> dict[str, Any]:
        """Return an operation as a status read shows it; EmailError if it is not known."""
        self.settle()
        operation = self._operations.get(operation_id)
        if operation is None or self.traps.fire("forget_status"):
            raise not_found(operation_id)
        lagging = self._lag(operation)
        if lagging == "NotFound":
            raise not_found(operation_id)
        ending = Ending(status=lagging) if lagging else operation.ending
        error = {"code": ending.error[0], "message": ending.error[1]} if ending.error else None
        return {"id": operation.id, "status": ending.status, "error": error}

    def _lag(self, operation: Operation) -> str | None:
        lag = self.traps.value("status_lag")
        if lag is None or self.clock.now() - operation.at >= timedelta(seconds=lag["seconds"]):
            return None
        self.traps.fire("status_lag")
        return str(lag["shown"])

    def report(self, operation_id: str, status: str) -> None:
        """Report something of a known operation, by hand; EmailError if it is not known."""
        operation = self._operations.get(operation_id)
        if operation is None:
            raise not_found(operation_id)
        for recipient in operation.message.recipients.addresses:
            outcome = _outcome(operation, recipient, status, self.clock.now())
            self._suppress(outcome)
            self.reports.tell_by_hand(outcome)

    def settle(self) -> None:
        """Accept what has arrived by now."""
        now = self.clock.now()
        due = [each for each in self._under_way if each.at <= now]
        self._under_way = [each for each in self._under_way if each.at > now]
        for arrival in sorted(due, key=lambda each: each.at):
            try:
                self._take(arrival.operation_id, arrival.message, arrival.at)
            except EmailError:
                continue  # its id stands for another message by now, and nobody is there to hear

    def _take(self, operation_id: str, message: Message, at: datetime) -> Operation:
        known = self._operations.get(operation_id)
        if known and self.traps.value("dedupe"):
            if known.message != message:
                raise conflict()
            self.traps.fire("dedupe")
            return known
        dropped = self._dropped(message, at)
        ending = self._ending(message, dropped)
        operation = Operation(
            id=operation_id, message=message, at=at, ending=ending, dropped=dropped
        )
        self._operations[operation_id] = operation
        if ending.error is None:
            self._accepted += _entries(operation)
        if ending.error in {None, SUPPRESSED}:
            self._report_all(operation)
        return operation

    def _dropped(self, message: Message, at: datetime) -> frozenset[str]:
        addresses = message.recipients.addresses
        if self.traps.struck("suppressed", addresses):
            return frozenset(addresses)
        return self.traps.suppressions.holding(addresses, at)

    def _ending(self, message: Message, dropped: frozenset[str]) -> Ending:
        if dropped.issuperset(message.recipients.addresses):
            return Ending(status="Failed", error=SUPPRESSED)
        failing = self.traps.fire("failed_operation")
        if failing:
            return Ending(status=failing["status"], error=(failing["code"], "The send failed."))
        return Ending()

    def _report_all(self, operation: Operation) -> None:
        for recipient in operation.message.recipients.addresses:
            outcome = _outcome(operation, recipient, self._status(operation, recipient))
            self._suppress(outcome)
            self.reports.tell(outcome)

    def _status(self, operation: Operation, recipient: str) -> str:
        if recipient in operation.dropped:
            return "Suppressed"
        wanted = self.traps.struck("report_status", [recipient])
        return str(wanted["status"]) if wanted else "Delivered"

    def _suppress(self, outcome: Outcome) -> None:
        if outcome.suppresses and self.traps.value("suppression_list") is not None:
            self.traps.suppressions.add(outcome.recipient, outcome.at)


def _outcome(
    operation: Operation, recipient: str, status: str, at: datetime | None = None
) -> Outcome:
    """Return what became of an operation at a recipient, as it was accepted unless told `at`."""
    return Outcome(
        operation_id=operation.id,
        sender=operation.message.sender_address,
        recipient=recipient,
        status=status,
        at=at or operation.at,
    )


def _entries(operation: Operation) -> list[dict[str, Any]]:
    message = operation.message
    shown = message.model_dump(by_alias=True, include={"attachments", "reply_to"})
    attachments = [
        {name: each[name] for name in ("name", "contentType", "contentInBase64")}
        for each in shown["attachments"]
    ]
    return [
        {
            "operationId": operation.id,
            "acceptedAt": f"{operation.at:%Y-%m-%dT%H:%M:%SZ}",
            "sender": message.sender_address,
            "recipient": recipient,
            "subject": message.content.subject,
            "text": message.content.plain_text,
            "html": message.content.html,
            "attachments": attachments,
            "headers": message.headers,
            "replyTo": shown["replyTo"],
        }
        for recipient in message.recipients.addresses
        if recipient not in operation.dropped
    ]
