"""Fires timers when the host's clock says so."""

import asyncio
from collections.abc import Sequence
from typing import Final

from azure.functions.timer import TimerRequest

from local.hosting.clock import HostClock
from local.hosting.index import TimerTrigger
from local.hosting.invocation import InvocationContext, InvocationError, invoke, nothing

# The clock can be moved at any moment, so nobody sleeps until an occurrence. Real seconds.
LOOK_EVERY: Final = 0.2


class Timer:
    """One timer and its next occurrence."""

    def __init__(self, trigger: TimerTrigger, clock: HostClock) -> None:
        self.name = trigger.function.name
        self._trigger = trigger
        self._clock = clock
        self.reschedule()

    def reschedule(self) -> None:
        """Forget what was due: the next occurrence is the first after now."""
        self.due = self._trigger.schedule.after(self._clock.now())

    async def look(self) -> None:
        """Run if it is due: once, however many occurrences were missed or the run outlasted."""
        if self._clock.now() < self.due:
            return
        past_due = self._trigger.schedule.after(self.due) <= self._clock.now()
        await self.run(past_due=past_due)
        self.reschedule()

    async def run(self, *, past_due: bool = False) -> bool:
        """Run now; return whether it succeeded. A failed run advances the schedule too."""
        context = InvocationContext(self.name)
        argument = TimerRequest(past_due=past_due)
        try:
            await invoke(self._trigger.function, argument, context, nothing)
        except InvocationError:
            return False
        return True

    async def run_forever(self) -> None:
        """Look again and again; ends by cancellation."""
        if self._trigger.run_on_startup:
            await self.run()
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)


class Timers:
    """All timers of an app."""

    def __init__(self, triggers: Sequence[TimerTrigger], clock: HostClock) -> None:
        self._timers = {t.function.name: Timer(t, clock) for t in triggers}

    def get(self, name: str) -> Timer | None:
        """Return the timer of that name; function names ignore case, as in the real host."""
        return {known.lower(): timer for known, timer in self._timers.items()}.get(name.lower())

    def reschedule(self) -> None:
        """Take the clock's new time as if nothing had been due in between."""
        for timer in self._timers.values():
            timer.reschedule()

    async def run_forever(self) -> None:
        """Keep all schedules; ends by cancellation."""
        async with asyncio.TaskGroup() as group:
            for timer in self._timers.values():
                group.create_task(timer.run_forever())
