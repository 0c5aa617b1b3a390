"""The monthly report to support: what is wrong with which applications, frozen for its mail."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.domain.ids import ClientId
from shared.domain.reminders import Claim

REPORTING_DAYS = 7
"""The month's report is due on the first; a run that fails is made up for within these days."""

MAX_NAMED = 20
"""Applications that a mail names under one kind; the API lists them all."""

MAX_DETAILS = 3
"""That a mail tells of one application under one kind."""


class Kind(StrEnum):
    """What may be wrong, in the order of the report: what cuts somebody off comes first."""

    NO_SUCCESSOR = "noSuccessor"
    NO_MANAGER = "noManager"
    ONE_MANAGER = "oneManager"
    NOT_OWNED = "notOwned"
    OTHER_OWNERS = "otherOwners"
    EXCESSIVE_GRANTS = "excessiveGrants"
    NOT_GRANTED = "notGranted"
    ALTERNATIVE_BEYOND_SANDBOX = "alternativeBeyondSandbox"
    LONG_LIVED = "longLived"
    MADE_ELSEWHERE = "madeElsewhere"
    EXPIRED_LEFTOVER = "expiredLeftover"
    OFF_PATTERN = "offPattern"
    RETIRED = "retired"
    MFA_NOT_EVIDENCED = "mfaNotEvidenced"


class Unread(StrEnum):
    """What the directory does not let the portal read, so that nothing is known of it."""

    APPLICATION_GRANTS = "applicationGrants"
    DELEGATED_GRANTS = "delegatedGrants"
    DIRECTORY_ROLES = "directoryRoles"
    GROUPS = "groups"
    """The members of some groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedApplication:
    """One application under one kind, with what is concerned of it in words."""

    client_id: ClientId
    application: str
    details: tuple[str, ...]
    more_details: int = 0
    """How many are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedKind:
    """The applications under one kind; `total` counts those that are not named, too."""

    kind: Kind
    total: int
    applications: tuple[ReportedApplication, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """What was found in a month (its first day). Kinds under which nothing was found are absent."""

    month: date
    examined: int
    kinds: tuple[ReportedKind, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def claim(self) -> Claim:
        return claim_of(self.month)


def claim_of(day: date) -> Claim:
    """Return what is claimed once for the month of a day."""
    return Claim(f"coverage|{day:%Y-%m}")


def is_reporting_day(day: date) -> bool:
    return day.day <= REPORTING_DAYS
