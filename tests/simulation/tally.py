"""What one run, or many, came to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.faults import Fate


@dataclass(slots=True)
class Tally:
    """Counts. A firing that met a fault counts only if it had something to do."""

    runs: int = 0
    days: int = 0
    """Of the simulated time, also those on which nothing could happen."""
    firings: int = 0
    faulted: int = 0
    faults: int = 0
    mails: int = 0
    results: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)

    def note_firing(self, faults: Sequence[Fate], result: str | None) -> None:
        outcome = result or "cut short"
        self.firings += 1
        self.faults += len(faults)
        self.faulted += bool(faults) and outcome != "already_complete"
        self.results[outcome] += 1
        self.fates.update(fate.name for fate in faults)

    def add(self, other: "Tally") -> None:
        self.runs += other.runs
        self.days += other.days
        self.firings += other.firings
        self.faulted += other.faulted
        self.faults += other.faults
        self.mails += other.mails
        self.results.update(other.results)
        self.fates.update(other.fates)
