"""What may become of a request, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random
from typing import Protocol, TypeVar

Answer_co = TypeVar("Answer_co", covariant=True)


class Service(Enum):
    """Whom a process talks to."""

    TABLES = auto()
    MAIL = auto()
    DIRECTORY = auto()


class Fate(Enum):
    """What becomes of one request. All but the first are faults."""

    FINE = auto()
    REFUSED = auto()
    """Answered: surely not done."""
    NEVER_SENT = auto()
    """Not done, which nobody is told."""
    LOST = auto()
    """Done, which nobody is told."""
    LATE = auto()
    """Given up on, and done minutes later, whoever is still there by then."""
    SLOW = auto()
    """Done, and answered after more time than most have patience for."""
    CRASH_BEFORE = auto()
    """The process ends, and the request never was."""
    CRASH_AFTER = auto()
    """The process ends, and the request is done."""


LATEST = 9 * 60
"""Seconds after which a late request has arrived: WAIT is made of this and of the status's lag."""

Rates = Mapping[Fate, float]
"""How probable each fault is, for one request."""


class Answers(Protocol[Answer_co]):
    """How a service says no, and what is seen of it where it says nothing."""

    def refusal(self, rng: Random) -> Answer_co | Exception:
        """Return what is seen of a request that surely was not done."""

    def silence(self, rng: Random) -> Answer_co | Exception:
        """Return what is seen of a request whose answer is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How things go for one process: faults, and the seconds that a request takes on its way."""

    rates: Mapping[Service, Rates] = field(default_factory=dict)
    fastest: float = 0.005
    slowest: float = 0.05

    def fate(self, service: Service, rng: Random) -> Fate:
        rates = self.rates.get(service)
        if not rates:
            return Fate.FINE
        drawn = rng.random()
        for fate, rate in rates.items():
            if drawn < rate:
                return fate
            drawn -= rate
        return Fate.FINE

    def seconds(self, rng: Random) -> float:
        return self.fastest + rng.random() * (self.slowest - self.fastest)


FAIR = Weather()
"""No faults at all."""
