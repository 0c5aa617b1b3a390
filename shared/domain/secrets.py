"""Client secrets: what is known of one, and what a new one may be."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NoReturn

from shared.domain.errors import Fault, InvalidInput
from shared.domain.ids import KeyId

EXPIRING_DAYS = 30
"""A secret with fewer days left than this carries the guide's warning icon."""

MAX_LIFETIME = timedelta(days=365)
MAX_NAME_LENGTH = 64
MAX_SECRETS = 10
"""Live ones, per application. Graph's own limit is far above; this one keeps them readable."""

_LAST_SECOND = time(23, 59, 59, tzinfo=UTC)
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class SecretValue:
    """A secret's value, masked wherever it might be shown. Only the 201 body unwraps it."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the value; to be called in one place (an architecture test counts)."""
        return self.__value

    def __repr__(self) -> str:
        return "SecretValue(***)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret's value is not serialised")


class SecretStatus(StrEnum):
    """Where a secret stands in its life."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """A secret as the directory lists it: never its value. Instants are aware, in UTC."""

    key_id: KeyId
    display_name: str | None
    hint: str | None
    start: datetime
    end: datetime

    @property
    def expires_on(self) -> date:
        """The last UTC day on which the secret works."""
        return self.end.date()

    def days_left(self, today: date) -> int:
        """Days from `today` to the last day; negative once that is past."""
        return (self.expires_on - today).days

    def is_expired(self, now: datetime) -> bool:
        return self.end <= now

    def is_valid(self, now: datetime) -> bool:
        return self.start <= now < self.end

    def status(self, now: datetime) -> SecretStatus:
        if self.is_expired(now):
            return SecretStatus.EXPIRED
        if self.days_left(now.date()) < EXPIRING_DAYS:
            return SecretStatus.EXPIRING
        return SecretStatus.ACTIVE


def is_last_valid(secret: ClientSecret, secrets: Iterable[ClientSecret], now: datetime) -> bool:
    """Tell whether deleting the secret would leave its application without a valid one."""
    return not secret.is_expired(now) and not any(
        other.is_valid(now) for other in secrets if other.key_id != secret.key_id
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the expiry of a new secret may be: UTC days, both ends included."""

    earliest: date
    latest: date


def limits(now: datetime) -> Limits:
    """Return the expiry days that a secret made at `now` may have.

    A secret works until the last second of its last day, and at most 365 days may lie between now
    and then: so that a tenant policy of P365D accepts it too, the latest is 364 days ahead.
    """
    latest = (now + MAX_LIFETIME).date()
    if end_of(latest) > now + MAX_LIFETIME:
        latest -= timedelta(days=1)
    return Limits(earliest=now.date() + timedelta(days=1), latest=latest)


def end_of(day: date) -> datetime:
    return datetime.combine(day, _LAST_SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A wish for a secret that keeps the rules. Made by `new_secret` alone."""

    display_name: str
    expires_on: date

    @property
    def end(self) -> datetime:
        return end_of(self.expires_on)


def new_secret(*, display_name: str, expires_on: date, now: datetime) -> NewSecret:
    """Return the wish, its name trimmed and in NFC; raise InvalidInput naming every broken rule."""
    name = unicodedata.normalize("NFC", display_name.strip())
    faults = [*_name_faults(name), *_expiry_faults(expires_on, limits(now))]
    if faults:
        raise InvalidInput(*faults)
    return NewSecret(display_name=name, expires_on=expires_on)


def first_free_start(now: datetime, taken: Iterable[datetime], after: datetime | None) -> datetime:
    """Return the first whole second from `now` that no secret of the application starts at.

    `after` is the start last given out for the application: the directory's list lags, so that
    `taken` alone could hand the same start out twice, and (name, start, end) would no longer
    recognise one secret.
    """
    start = now.replace(microsecond=0)
    if after is not None:
        start = max(start, after + timedelta(seconds=1))
    occupied = set(taken)
    while start in occupied:
        start += timedelta(seconds=1)
    return start


def _name_faults(name: str) -> Iterable[Fault]:
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        detail = f"must have 1 to {MAX_NAME_LENGTH} characters"
        yield Fault(pointer="/displayName", detail=detail)
    if any(_is_refused(character) for character in name):
        detail = "must not hold control, line-breaking or bidirectional-override characters"
        yield Fault(pointer="/displayName", detail=detail)


def _is_refused(character: str) -> bool:
    return character in _BIDI_CONTROLS or unicodedata.category(character) in _REFUSED_CATEGORIES


def _expiry_faults(expires_on: date, allowed: Limits) -> Iterable[Fault]:
    if not allowed.earliest <= expires_on <= allowed.latest:
        detail = f"must be from {allowed.earliest} to {allowed.latest}"
        yield Fault(pointer="/expiresOn", detail=detail)
