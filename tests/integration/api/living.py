"""Days of the running product that no other test lives."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count

from tests.support.stack import Stack
from tests.support.worlds import Record, World

REPORTING_DAYS = 7
"""Of a month: within them support gets its report, once."""

EPOCHS = count(1)


class Life:
    """Days that no other test lives: the ledger keeps one run record for each day."""

    def __init__(self, product: Stack) -> None:
        self.product = product
        now = product.now()
        self._start = _without_report(now + timedelta(days=400 * next(EPOCHS))) - now
        self._day = 0

    @property
    def now(self) -> datetime:
        return self.product.now() + self._start + timedelta(days=self._day)

    def since(self, before: int) -> list[Record]:
        """Return the mails after so many, but for monthly reports."""
        return [each for each in self.product.accepted()[before:] if not is_report(each)]

    def begin(self, world: World) -> None:
        self.product.load(world)
        self.go_to(0)

    def go_to(self, day: int) -> None:
        self._day = day
        self.product.move(self._start + timedelta(days=day))

    def live(self, days: Iterable[int]) -> None:
        """Fire once on each of these days."""
        for day in days:
            self.go_to(day)
            assert self.product.fire() == 202

    def mails_to(self, user: Record) -> list[Record]:
        """Return the reminders, and no notice, that a user was mailed."""
        return [
            mail
            for mail in self.product.accepted()
            if mail["recipient"] == user["mail"] and "expire" in mail["subject"]
        ]

    def later(self, by: timedelta) -> None:
        """Move the clock within the day."""
        self.product.move(self.now + by - self.product.now())


def is_report(mail: Record) -> bool:
    return " Client secrets in " in mail["subject"]


def _without_report(day: datetime) -> datetime:
    """Return the day, or the next one on which no monthly report can be due."""
    return day if day.day > REPORTING_DAYS else day.replace(day=REPORTING_DAYS + 1)


def managed(life: Life, *secrets: Record, members: Sequence[str] = ("Jane Doe",)) -> World:
    world = life.product.world()
    group = world.group(*(world.user(name) for name in members))
    world.application(group, secrets=secrets)
    return world
