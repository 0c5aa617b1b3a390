"""NCRONTAB: six fields, seconds first, UTC."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from croniter import croniter

SETTING: Final = re.compile(r"%([^%]+)%")
FIELDS: Final = 6


class ScheduleError(Exception):
    """A schedule that can't be followed; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a timer is due."""

    expression: str

    @classmethod
    def of(cls, text: str, settings: Mapping[str, str], now: datetime) -> "Schedule":
        """Read an expression or `%SETTING%`; ScheduleError if it can't be followed."""
        expression = SETTING.sub(lambda found: _value(found[1], settings), text).strip()
        schedule = cls(expression=expression)
        try:
            if len(expression.split()) != FIELDS:
                raise ScheduleError(f"'{expression}' has not six fields.")
            schedule.after(now)
        except ValueError as fault:
            raise ScheduleError(f"'{expression}' is no NCRONTAB expression.") from fault
        return schedule

    def after(self, instant: datetime) -> datetime:
        """Return the first occurrence after an instant (aware, UTC)."""
        # NCRONTAB wants day of month *and* day of week to match; cron is content with one.
        occurrences = croniter(
            self.expression, instant, ret_type=datetime, second_at_beginning=True, day_or=False
        )
        following: datetime = occurrences.get_next()
        return following


def _value(name: str, settings: Mapping[str, str]) -> str:
    if not settings.get(name):
        raise ScheduleError(f"'%{name}%' does not resolve to a value: set {name}.")
    return settings[name]
