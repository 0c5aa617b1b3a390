"""What kind of a world a run takes place in: every seed has its own troubles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from tests.simulation.faults import Fate, Rates, Service, Weather
from tests.simulation.mail_service import REMEMBERED, Habits
from tests.simulation.population import Size

LEVELS = {
    Service.TABLES: (0.01, 0.03, 0.06, 0.12),
    Service.DIRECTORY: (0.0, 0.02, 0.05, 0.1),
    Service.MAIL: (0.0, 0.1, 0.3, 0.6),
}
"""Faults per request: a firing sends many to the tables, and few mails."""

LONGEST_LAG = timedelta(minutes=9)
"""After so long the mail service tells what it has taken: WAIT is made of this and of LATEST."""

MOST_SKEW = 300.0
"""Seconds that a clock is ahead or behind at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """How often what happens; probabilities are per day or per firing, as their names say."""

    days: int
    size: Size
    habits: Habits
    rates: Mapping[Service, Rates]
    slowest: float
    read_lag: timedelta
    most_skew: float
    doubles: float
    survives: float
    events: int
    """Changes in the directory on one day, at most."""
    calm_evenings: float
    lockouts: float
    mute_days: float
    bounces: float
    changes: float
    """Creations and deletions through the portal."""
    downtimes: float

    def weather(self, rng: Random) -> Weather:
        """Return how things go for one process: some firings meet much, others little."""
        share = rng.choice((0.3, 1.0, 1.0, 1.5))
        rates = {
            service: {fate: rate * share for fate, rate in rates.items()}
            for service, rates in self.rates.items()
        }
        return Weather(rates=rates, slowest=self.slowest if rng.random() < 0.5 else 0.05)


def character(rng: Random) -> Character:
    return Character(
        days=rng.randint(4, 7),
        size=Size(
            organisations=rng.choice((1, 2, 2, 3)),
            managers=rng.choice((1, 2, 5)),
            applications=rng.choice((1, 2, 2)),
            secrets=rng.choice((1, 2, 3)),
            crowd=rng.choice((22, 45)) if rng.random() < 0.015 else 0,
        ),
        habits=habits(rng),
        rates={service: _rates(rng, service) for service in Service},
        slowest=rng.choice((0.05, 0.5, 4.0)),
        read_lag=timedelta(seconds=rng.choice((0, 0, 5, 60))),
        most_skew=rng.choice((0.0, 0.0, 30.0, MOST_SKEW)),
        doubles=rng.choice((0.0, 0.3, 0.8)),
        survives=rng.choice((0.0, 0.5, 1.0)),
        events=rng.choice((0, 3, 6)),
        calm_evenings=rng.choice((0.2, 0.5, 0.8)),
        lockouts=rng.choice((0.0, 0.0, 0.3)),
        mute_days=rng.choice((0.0, 0.3, 0.8)),
        bounces=rng.choice((0.0, 0.4, 1.0)),
        changes=rng.choice((0.0, 0.5, 1.0)),
        downtimes=rng.choice((0.0, 0.2, 0.5)),
    )


def habits(rng: Random) -> Habits:
    return Habits(
        dedupes=rng.random() < 0.3,
        says_conflict=rng.random() < 0.5,
        remembers=rng.choice((REMEMBERED, REMEMBERED, timedelta(days=30))),
        status_lag=rng.choice((timedelta(0), timedelta(minutes=1), LONGEST_LAG)),
        per_minute=rng.choice((30, 2, 1)),
        per_hour=rng.choice((100, 100, 8)),
        says_when=rng.random() < 0.7,
        refuses_suppressed=rng.random() < 0.6,
        report_delay=rng.choice(((1.0, 60.0), (1.0, 900.0), (60.0, 6 * 3600.0))),
        reported=rng.choice((0.0, 0.5, 1.0)),
        repeats_reports=rng.random() < 0.3,
        shuffles_reports=rng.random() < 0.3,
    )


def _rates(rng: Random, service: Service) -> Rates:
    """Return the faults of one service: some kinds often, some not at all."""
    level = rng.choice(LEVELS[service])
    weights = [rng.choice((0, 1, 4)) for _ in FAULTS]
    total = sum(weights) or 1
    return {
        fate: level * weight / total for fate, weight in zip(FAULTS, weights, strict=True) if weight
    }


FAULTS = tuple(fate for fate in Fate if fate is not Fate.FINE)
