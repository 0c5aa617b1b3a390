"""Notices: after a secret was made or deleted, every credential manager of its application hears.

A notice is written down as owed before its change is made, and forgotten once every recipient's
message is claimed: a crash in between is found by the next firing, which looks whether the change
came about.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.concurrency import both
from shared.domain.applications import Application
from shared.domain.errors import PortalError
from shared.domain.messages import Change, Message, Notice, Recipient
from shared.domain.standing import Audiences
from shared.log_records import line
from shared.ports.ledger import NoticeBook, Runs, Suppressions
from shared.ports.secret_store import RecordState, SecretRecord, SecretStore
from shared.ports.system import Clock
from shared.use_cases.dispatch import Dispatch, Sent
from shared.use_cases.firing import Firing, faults_of
from shared.use_cases.readings import Reader, Readings

log = logging.getLogger(__name__)

AT_MOST = 2.0
"""Seconds by which notices may delay an answer; they go on behind it."""

UNDER_WAY = timedelta(minutes=1)
"""So long whoever makes a change is left to announce it."""

GIVEN_UP_AFTER = timedelta(hours=1)
"""A change that has not come about by then never will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcing:
    """What a notice needs from outside."""

    notices: NoticeBook
    store: SecretStore
    suppressions: Suppressions
    runs: Runs
    reader: Reader


class Announcements:
    """Owes, sends and remembers notices. `is_on` is False where nobody wants any."""

    def __init__(
        self,
        *,
        announcing: Announcing,
        dispatch: Dispatch,
        audiences: Audiences,
        clock: Clock,
        is_on: bool,
        at_most: float,
    ) -> None:
        self._outside = announcing
        self._dispatch = dispatch
        self._audiences = audiences
        self._clock = clock
        self._is_on = is_on
        self._at_most = at_most
        self._behind: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Let what is still being announced come to its end."""
        await asyncio.gather(*self._behind)

    async def owe(self, notice: Notice) -> None:
        """Write down that a change is about to be made. No change waits for want of a notice."""
        if self._is_on:
            with _harmless():
                await self._outside.notices.owe(notice)

    async def withdraw(self, notice: Notice) -> None:
        """Forget a change that surely was not made."""
        if self._is_on:
            with _harmless():
                await self._outside.notices.settle(notice)

    async def announce(self, notice: Notice, application: Application, read_at: datetime) -> None:
        """Tell the managers of a change that was made, without delaying the answer for long."""
        if not self._is_on:
            return
        task = asyncio.create_task(self._announce(notice, application, read_at))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        await asyncio.wait({task}, timeout=self._at_most)

    async def _announce(self, notice: Notice, application: Application, read_at: datetime) -> None:
        """Never raises: what is left undone here is a firing's."""
        firing = Firing(self._clock, is_patient=False)
        readings = Readings(self._outside.reader, self._clock)
        is_told = False
        with _harmless():
            firing.left_alone, people = await both(
                self._outside.suppressions.suppressed(firing.now),
                self._outside.reader.people([application]),
            )
            readings.remember({application.client_id: people.standing(application, read_at)})
            await self._tell(notice, firing, readings)
            is_told = True
        if not is_told:
            # It may not have been written down before: the change was made all the same.
            await self.owe(notice)
        if firing.is_open or not is_told:
            with _harmless():
                now = self._clock.now()
                await self._outside.runs.reopen(now.date(), at=now)

    async def owed(self, firing: Firing, readings: Readings) -> None:
        """Send the notices of changes that came about, and forget those that did not."""
        if self._is_on:
            await firing.attempt(lambda: self._owed(firing, readings))

    async def _owed(self, firing: Firing, readings: Readings) -> None:
        notices = await self._outside.notices.owed()
        if not notices:
            return
        records = await self._outside.store.records({each.client_id for each in notices})

        async def settle(notice: Notice) -> None:
            of_secret = [
                record
                for record in records.get(notice.client_id, ())
                if record.key_id == notice.key_id
            ]
            await self._settle(notice, of_secret, firing, readings)

        # Its recipients are told side by side: more at once would only meet the quota earlier.
        await firing.work_off(notices, settle, at_once=1)

    async def _settle(
        self,
        notice: Notice,
        records: Sequence[SecretRecord],
        firing: Firing,
        readings: Readings,
    ) -> None:
        age = self._clock.now() - notice.at
        if age < UNDER_WAY:
            firing.is_open = True
        elif await self._came_about(notice, records, age, readings):
            await self._tell(notice, firing, readings)
        elif age >= GIVEN_UP_AFTER:
            await self._outside.notices.settle(notice)
        else:
            firing.is_open = True

    async def _came_about(
        self,
        notice: Notice,
        records: Sequence[SecretRecord],
        age: timedelta,
        readings: Readings,
    ) -> bool:
        if notice.change is Change.CREATED:
            return bool(records)
        if any(record.state is RecordState.DELETED for record in records):
            return True
        if age < GIVEN_UP_AFTER or not records:
            return False
        # Marked, and not known to be gone: the directory is the truth.
        standing = (await readings.of({notice.client_id}))[notice.client_id]
        application = standing.application
        listed = application.secrets if application else ()
        return all(secret.key_id != notice.key_id for secret in listed)

    async def _tell(self, notice: Notice, firing: Firing, readings: Readings) -> None:
        """Claim a message for everyone, then send, and forget the notice meanwhile.

        Faults keep no recipient waiting, and are raised in the end as one.
        """
        standing = (await readings.of({notice.client_id}))[notice.client_id]
        managers = self._audiences.managers(standing)
        recipients = [each for each in managers if not firing.leaves_alone(each.address)]
        claimed: list[Message | None] = []

        async def claim(recipient: Recipient) -> None:
            claimed.append(await self._dispatch.claim_notice(notice, recipient, firing))

        async def send(message: Message) -> None:
            if await self._dispatch.send(message, firing, readings) is Sent.OPEN:
                firing.is_open = True

        # A mail that is found void owes the notice again: only when what was read is 45 seconds
        # old, by when this is long done.
        async def forget() -> None:
            if standing.is_partial or len(claimed) < len(recipients):
                # Who is in a group that could not be read, or could not be claimed for, hears by a
                # later firing.
                firing.is_open = True
            else:
                await self._outside.notices.settle(notice)

        faults = await firing.side_by_side(recipients, claim)
        messages = [message for message in claimed if message is not None]
        unsent, unforgotten = await both(firing.side_by_side(messages, send), faults_of(forget()))
        faults += unsent + unforgotten
        if faults:
            raise faults[0]


@contextmanager
def _harmless() -> Iterator[None]:
    """Let nothing that happens to a notice harm the change that it tells of."""
    try:
        yield
    except PortalError as error:
        log.warning(line("a notice is left to the next firing", code=error.code))
    except Exception as error:  # noqa: BLE001 - the change was made, and its answer stands
        log.error(line("alarm: a notice failed", error=type(error).__qualname__))
