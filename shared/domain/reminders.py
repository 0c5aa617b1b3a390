"""When a secret is announced: six, three and one weeks before it ends, then daily.

The test is always *at or past*, never *equal*: a missed day is caught up, and only the tightest
stage is announced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from shared.domain.ids import KeyId
from shared.domain.secrets import ClientSecret

Claim = NewType("Claim", str)
"""What is mailed once per recipient: `<keyId>|<stage key>`, for support also `|<reason>`."""

SIX_WEEKS = 42
THREE_WEEKS = 21
ONE_WEEK = 7


class Stage(StrEnum):
    """How near the end is."""

    SIX_WEEKS = "sixWeeks"
    THREE_WEEKS = "threeWeeks"
    DAILY = "daily"
    EXPIRED = "expired"

    @property
    def repeats(self) -> bool:
        """Announced every day, so that the ledger's key names the day."""
        return self in {Stage.DAILY, Stage.EXPIRED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A secret that is to be announced on a day (UTC)."""

    secret: ClientSecret
    stage: Stage
    on: date
    successor: ClientSecret | None
    """The valid secret of the application that ends last, if it ends after this one."""

    @property
    def days_left(self) -> int:
        return self.secret.days_left(self.on)

    @property
    def claim(self) -> Claim:
        key = f"day:{self.on.isoformat()}" if self.stage.repeats else self.stage.value
        return Claim(f"{self.secret.key_id}|{key}")


def secret_of(claim: Claim) -> KeyId:
    """Return the secret that a claim is about."""
    return KeyId(claim.partition("|")[0])


def due(secrets: Iterable[ClientSecret], now: datetime) -> list[Reminder]:
    """Return the reminders of one application's secrets, the most urgent first."""
    known = sorted(secrets, key=lambda secret: (secret.end, secret.key_id))
    reminders = (_reminder(secret, known, now) for secret in known)
    return [reminder for reminder in reminders if reminder is not None]


def _reminder(
    secret: ClientSecret, secrets: Sequence[ClientSecret], now: datetime
) -> Reminder | None:
    others = [other for other in secrets if other is not secret and other.is_valid(now)]
    stage = _stage(secret, now, replaced=bool(others))
    if stage is None or _nominal_day(secret, stage, now) <= secret.start.date():
        return None
    later = [other for other in others if other.end > secret.end]
    successor = max(later, key=lambda other: other.end, default=None)
    return Reminder(secret=secret, stage=stage, on=now.date(), successor=successor)


def _stage(secret: ClientSecret, now: datetime, *, replaced: bool) -> Stage | None:
    days_left = secret.days_left(now.date())
    if secret.is_expired(now):
        return None if replaced else Stage.EXPIRED
    if days_left <= ONE_WEEK:
        return Stage.DAILY
    if days_left <= THREE_WEEKS:
        return Stage.THREE_WEEKS
    return Stage.SIX_WEEKS if days_left <= SIX_WEEKS else None


def _nominal_day(secret: ClientSecret, stage: Stage, now: datetime) -> date:
    """Return the day a stage is meant for.

    A stage meant for a day on or before the secret's first is skipped: a fresh ten-day secret is
    not announced as "six weeks", nor any secret on the day that it was made.
    """
    if stage.repeats:
        return now.date()
    weeks = SIX_WEEKS if stage is Stage.SIX_WEEKS else THREE_WEEKS
    return secret.expires_on - timedelta(days=weeks)
