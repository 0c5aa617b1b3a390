"""One firing of the timer: its fixed instant, what it has come to, and when it has to stop."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from shared.domain.delivery import AddressDigest, digest
from shared.domain.errors import PortalError
from shared.log_records import line
from shared.ports.mail import Posted, Posting
from shared.ports.system import Clock

if TYPE_CHECKING:
    from shared.domain.ids import MessageId

log = logging.getLogger(__name__)

Item = TypeVar("Item")

WORKERS = 4
"""Mails under way at once: more would only meet the quota earlier."""

LONGEST_PAUSE = 60
"""Seconds: whoever is asked for more patience than that stops, and the next firing goes on."""

PAUSES = {Posting.NOT_NOW: 60, Posting.UNKNOWN: 10}
"""Seconds, where the mail service does not say: its quota is one of minutes."""

MAX_PAUSES = 2
"""In a row, without a mail in between that was taken, or refused for its recipient."""

MAX_REFUSALS = 3
"""In a row: so many messages are not refused for what is in them, but for whose they are."""

MAX_FAULTS = 5
"""In a row: a store or a directory that fails so often fails for everybody."""

SENDING_TIME = timedelta(minutes=20)
"""A firing sends no longer: the platform ends it after half an hour."""


class Firing:
    """What the parts of one firing share. Without patience it stops where it would have to wait."""

    def __init__(self, clock: Clock, *, is_patient: bool = True) -> None:
        self._clock = clock
        self._is_patient = is_patient
        self.now = clock.now()
        """Fixed: what is due is judged at this instant throughout."""
        self.left_alone: frozenset[AddressDigest] = frozenset()
        """Addresses to which nothing is sent."""
        self.outcomes: Counter[str] = Counter()
        self.unsent: dict[MessageId, datetime] = {}
        """What it knows of and has not brought to an end, by when it was claimed."""
        self.is_open = False
        """Something is not final: the day goes on."""
        self._is_stopped = False
        self._not_before = self.now
        self._pauses = 0
        self._refusals = 0
        self._faults = 0

    @property
    def is_over(self) -> bool:
        """Nothing more is to be claimed or sent: midnight makes what is due another day's."""
        now = self._clock.now()
        is_late = now.date() != self.now.date() or now - self.now > SENDING_TIME
        return self._is_stopped or is_late

    def leaves_alone(self, address: str) -> bool:
        return digest(address) in self.left_alone

    def stop(self) -> None:
        self.is_open = self._is_stopped = True

    async def turn(self) -> bool:
        """Wait until the mail service may be asked again; return False if nothing more may be."""
        while not self.is_over:
            pause = (self._not_before - self._clock.now()).total_seconds()
            if pause <= 0:
                return True
            await self._clock.sleep(pause)
        self.is_open = True
        return False

    def heed(self, posted: Posted, *, is_first: bool) -> None:
        """Take what the mail service answered as a word on when, and whether, to go on.

        What befell a message before, and befalls it again, says nothing about the others.
        """
        self.outcomes[posted.posting.name.lower()] += 1
        if posted.posting is Posting.NOT_NOW or (posted.posting is Posting.UNKNOWN and is_first):
            wanted = posted.retry_after
            self._pause(PAUSES[posted.posting] if wanted is None else max(wanted, 1))
        elif posted.posting is Posting.REFUSED_FOR_SENDER:
            log.error(line("alarm: the mail service refuses us as a sender"))
            self._refusals += is_first
            if self._refusals >= MAX_REFUSALS:
                self.stop()
        elif posted.posting is Posting.UNWRITTEN:
            log.error(line("alarm: a mail cannot be written"))
        elif posted.posting is not Posting.UNKNOWN:
            self._pauses = self._refusals = 0

    def _pause(self, seconds: int) -> None:
        now = self._clock.now()
        if now >= self._not_before:
            # Mails that were under way together are refused together: that counts once.
            self._pauses += 1
        if not self._is_patient or seconds > LONGEST_PAUSE or self._pauses > MAX_PAUSES:
            self.stop()
        self._not_before = max(self._not_before, now + timedelta(seconds=seconds))

    async def work_off(
        self,
        items: Iterable[Item],
        work: Callable[[Item], Awaitable[None]],
        *,
        at_once: int = WORKERS,
    ) -> None:
        """Do the work on every item, a few at a time in their order, until the firing is over.

        What fails for one is left to the next firing, and keeps nobody else waiting.
        """

        async def attempt(item: Item) -> None:
            await self.attempt(partial(work, item))

        await self.side_by_side(items, attempt, at_once=at_once)

    async def side_by_side(
        self,
        items: Iterable[Item],
        work: Callable[[Item], Awaitable[None]],
        *,
        at_once: int = WORKERS,
    ) -> list[Exception]:
        """Do the same for the parts of one work; return their faults, for the caller to judge."""
        waiting = iter(items)
        faults: list[Exception] = []

        async def worker() -> None:
            for item in waiting:
                if self.is_over:
                    self.is_open = True
                    return
                faults.extend(await faults_of(work(item)))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(worker())
        return faults

    async def attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something that may fail without harm to the rest of the firing."""
        try:
            await work()
        except PortalError as error:
            log.warning(line("left to the next firing", code=error.code, reason=str(error)))
            self.is_open = True
            self._faults += 1
            if self._faults >= MAX_FAULTS:
                self.stop()
        except Exception as error:  # noqa: BLE001 - one row that cannot be read silences nobody else
            log.error(line("alarm: a reminder cannot be handled", error=type(error).__qualname__))
            self.is_open = True
        else:
            self._faults = 0


async def faults_of(work: Awaitable[None]) -> list[Exception]:
    """Wait for something; return the fault in which it ended, if it did."""
    try:
        await work
    except Exception as fault:  # noqa: BLE001 - whoever asks for it judges it
        return [fault]
    return []
