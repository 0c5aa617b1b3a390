"""What kind of a world a run takes place in: every seed has its own troubles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from tests.simulation.credentials.directory import Lag
from tests.simulation.credentials.tenant import Habits
from tests.simulation.faults import Fate, Rates, Service, Weather

LEVELS: Final = {Service.TABLES: (0.0, 0.01, 0.03, 0.08), Service.DIRECTORY: (0.0, 0.1, 0.25, 0.5)}
"""Faults per request: one create or delete sends ten to the tables, and three to the directory."""

MOST_SKEW: Final = 30.0
"""Seconds that a clock is ahead or behind at most."""

LONGEST_LAG: Final = 600.0

FAULTS: Final = tuple(fate for fate in Fate if fate is not Fate.FINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """How often what happens."""

    applications: int
    users: int
    secrets: int
    names: int
    """Different names for secrets that people think of."""
    habits: Habits
    lag: Lag
    rates: Mapping[Service, Rates]
    freezes: float
    skew: float
    moments: int
    """At which people come, several at once."""
    crowd: int
    closeness: float
    """Seconds within which they all begin."""
    pauses: tuple[float, ...]
    """Seconds between two moments."""
    outside: float
    """How probable it is that an administrator acts at a moment."""
    kills: float

    def weather(self) -> Weather:
        return Weather(rates=self.rates)


def character(rng: Random) -> Character:
    return Character(
        applications=rng.choice((1, 1, 2)),
        users=rng.choice((2, 3, 4)),
        secrets=rng.choice((1, 1, 1, 2, 2, 3, 3, 14)),
        names=rng.choice((1, 1, 3)),
        habits=Habits(
            slowest_write=rng.choice((0.1, 1.0, 8.0)),
            notices_overlaps=rng.choice((0.0, 0.0, 0.5)),
            invisible=rng.choice((0.0, 5.0, 18.0)),
            longest_lifetime=timedelta(days=rng.choice((366, 366, 120))),
        ),
        lag=Lag(
            usual=rng.choice((0.0, 2.0, 20.0)),
            longest=rng.choice((60.0, LONGEST_LAG)),
            rarely=rng.choice((0.0, 0.1, 0.4)),
        ),
        rates={service: _rates(rng, service) for service in LEVELS},
        freezes=rng.choice((0.0, 0.003, 0.01, 0.03)),
        skew=rng.choice((0.0, MOST_SKEW)),
        moments=rng.choice((2, 3)),
        crowd=rng.choice((2, 3, 4)),
        closeness=rng.choice((0.3, 3.0, 60.0)),
        pauses=rng.choice(((5.0, 60.0), (250.0, 400.0), (500.0, 800.0), (30.0, 1800.0))),
        outside=rng.choice((0.0, 0.0, 0.3)),
        kills=rng.choice((0.0, 0.0, 0.3)),
    )


def _rates(rng: Random, service: Service) -> Rates:
    """Return the faults of one service: some kinds often, some not at all."""
    level = rng.choice(LEVELS[service])
    weights = [rng.choice((0, 1, 4)) for _ in FAULTS]
    total = sum(weights) or 1
    return {
        fate: level * weight / total for fate, weight in zip(FAULTS, weights, strict=True) if weight
    }
