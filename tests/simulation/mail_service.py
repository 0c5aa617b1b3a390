"""The mail service: what it takes, whom it refuses, what it remembers, and what it reports."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any, Final

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
FIRST_SUPPRESSION: Final = timedelta(hours=24)

REMEMBERED: Final = timedelta(hours=24, minutes=15)
"""So long it knows an operation at least: HORIZON, and what the clocks differ by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the documentation of the service leaves open, and what its owner has agreed on."""

    dedupes: bool = False
    says_conflict: bool = False
    """A repeat is refused where it is not taken again: it was taken before."""
    remembers: timedelta = timedelta(days=3650)
    status_lag: timedelta = timedelta(0)
    """A status is not found for up to so long."""
    per_minute: int = 30
    per_hour: int = 100
    says_when: bool = True
    """A refusal for the quota says after how many seconds to come back."""
    refuses_suppressed: bool = True
    """Else it takes the mail, and reports that it was dropped."""
    report_delay: tuple[float, float] = (1.0, 300.0)
    """Seconds until a mail is reported on."""
    reported: float = 1.0
    """The share of mails that are: the reports may be cut off."""
    repeats_reports: bool = False
    shuffles_reports: bool = False
    """A mail that came back is reported as delivered too, before or after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A status, a code where it is a refusal, and what else the answer holds."""

    status: int
    code: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None
    is_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A mail that was taken: it will be sent, whoever hears of it."""

    operation: str
    at: datetime
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What became of a mail, as it is told `due` or later."""

    operation: str
    status: str
    at: datetime
    due: datetime


class MailService:
    """Takes mails by their operations. `accepted` only ever grows: it is what was mailed."""

    def __init__(self, now: Callable[[], datetime], rng: Random, habits: Habits) -> None:
        self.habits = habits
        self.accepted: list[Acceptance] = []
        self.locks_out = False
        """Our key or sender is wrong: nothing is taken, and nothing told."""
        self.is_mute = False
        """It does not tell what became of a mail."""
        self.bouncing: set[str] = set()
        """Mailboxes that are not there at present."""
        self.suppressed: dict[str, datetime] = {}
        self.refused: set[str] = set()
        """The operations that were refused for their recipient, or failed later on."""
        self.on_post: Callable[[str, str], None] = lambda _operation, _digest: None
        """Called with the operation, and what the mail says, of every request that arrives."""
        self.on_accept: Callable[[Acceptance], None] = lambda _acceptance: None
        self.on_report: Callable[[DeliveryReport], None] = lambda _report: None
        self._now = now
        self._rng = rng
        self._known: dict[str, tuple[datetime, str]] = {}
        self._counted: deque[datetime] = deque()

    def post(self, operation: str, letter: Mapping[str, Any]) -> Answered:
        """Take a mail, or refuse it."""
        now, habits = self._now(), self.habits
        (recipient,) = (to["address"] for to in letter["recipients"]["to"])
        self.on_post(operation, sha256(repr(sorted(letter.items())).encode()).hexdigest())
        if self.locks_out:
            return self._rng.choice(LOCKED_OUT)
        if "@" not in recipient or ".." in recipient:
            self.refused.add(operation)
            return _refused(400, "InvalidEmailAddress")
        is_suppressed = self.suppressed.get(recipient, now) > now
        if is_suppressed and habits.refuses_suppressed:
            self.suppressed[recipient] = max(self.suppressed[recipient], now + FIRST_SUPPRESSION)
            self.refused.add(operation)
            return _refused(400, "EmailDroppedAllRecipientsSuppressed")
        wait = self._quota(now)
        if wait is not None:
            after = max(1, int(wait.total_seconds()) + 1) if habits.says_when else None
            return Answered(status=429, code="TooManyRequests", retry_after=after)
        if operation in self._known and habits.dedupes:
            return CONFLICT if habits.says_conflict else _taken(operation)
        self._take(operation, recipient, now)
        return _taken(operation)

    def _take(self, operation: str, recipient: str, now: datetime) -> None:
        self.accepted.append(Acceptance(operation=operation, at=now, recipient=recipient))
        self.on_accept(self.accepted[-1])
        self._counted.append(now)
        lag = self.habits.status_lag * self._rng.random()
        fate = self._fate(recipient, now)
        self._known.setdefault(
            operation, (now + lag, "Failed" if fate == "Failed" else "Succeeded")
        )
        if fate != "Delivered":
            self.refused.add(operation)
        self._report(operation, fate, now)

    def _fate(self, recipient: str, now: datetime) -> str:
        """Return what becomes of a mail that was taken."""
        if self.suppressed.get(recipient, now) > now:
            self.suppressed[recipient] = max(self.suppressed[recipient], now + FIRST_SUPPRESSION)
            return "Suppressed"
        if recipient in self.bouncing:
            self.suppressed[recipient] = now + FIRST_SUPPRESSION
            return "Bounced"
        lost = self._rng.random() < RARELY
        return self._rng.choice(("Quarantined", "Failed")) if lost else "Delivered"

    def _report(self, operation: str, fate: str, now: datetime) -> None:
        if self._rng.random() >= self.habits.reported:
            return
        statuses = [fate]
        if statuses != ["Delivered"] and self.habits.shuffles_reports:
            statuses.append("Delivered")
        if self.habits.repeats_reports:
            statuses.extend(statuses)
        for status in statuses:
            delay = timedelta(seconds=self._rng.uniform(*self.habits.report_delay))
            self.on_report(
                DeliveryReport(operation=operation, status=status, at=now, due=now + delay)
            )

    def tell(self, operation: str) -> Answered:
        """Return what became of an operation."""
        now = self._now()
        if self.is_mute:
            return self._rng.choice(MUTE)
        if self.locks_out:
            return self._rng.choice(LOCKED_OUT)
        seen_from, status = self._known.get(operation, (now, ""))
        if not status or now < seen_from or now > seen_from + self.habits.remembers:
            return _refused(404, "OperationNotFound")
        return Answered(status=200, body={"id": operation, "status": status})

    def _quota(self, now: datetime) -> timedelta | None:
        """Return for how long nothing more is taken; None if a mail is taken now."""
        while self._counted and self._counted[0] <= now - HOUR:
            self._counted.popleft()
        waits = [
            self._counted[-limit] + window - now
            for limit, window in (
                (self.habits.per_minute, MINUTE),
                (self.habits.per_hour, HOUR),
            )
            if len(self._counted) >= limit and self._counted[-limit] > now - window
        ]
        return max(waits, default=None)


RARELY: Final = 0.02


def _refused(status: int, code: str) -> Answered:
    return Answered(status=status, code=code)


def _taken(operation: str) -> Answered:
    return Answered(status=202, body={"id": operation, "status": "Running"})


CONFLICT: Final = _refused(409, "OperationIdExists")

LOCKED_OUT: Final = (
    _refused(401, "Unauthorized"),
    _refused(403, "Forbidden"),
    _refused(404, "DomainNotLinked"),
)

MUTE: Final = (
    _refused(429, "TooManyRequests"),
    _refused(503, "ServiceUnavailable"),
    Answered(status=404),
    Answered(status=404),
    Answered(status=200, body={"id": "another", "status": "Succeeded"}),
)
