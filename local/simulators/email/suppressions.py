"""The addresses that the service drops mails to, since earlier ones came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LEASES = (
    timedelta(hours=24),
    timedelta(hours=48),
    timedelta(hours=96),
    timedelta(days=7),
    timedelta(days=14),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lease:
    since: datetime
    until: datetime
    level: int


class SuppressionList:
    """Addresses, in any case, and until when each is on the list."""

    def __init__(self) -> None:
        self._leases: dict[str, _Lease] = {}

    def holding(self, addresses: Iterable[str], at: datetime) -> frozenset[str]:
        """Return those of the addresses that are on the list at an instant."""
        return frozenset(each for each in addresses if self._holds(each, at))

    def add(self, address: str, at: datetime) -> None:
        """Begin anew after a bounce or an attempt in vain, for longer than the time before."""
        known = self._leases.get(address.lower())
        level = min(known.level + 1 if known else 1, len(LEASES))
        until = at + LEASES[level - 1]
        self._leases[address.lower()] = _Lease(since=at, until=until, level=level)

    def clear(self) -> None:
        """Forget every address."""
        self._leases.clear()

    def _holds(self, address: str, at: datetime) -> bool:
        lease = self._leases.get(address.lower())
        return lease is not None and lease.since <= at < lease.until
