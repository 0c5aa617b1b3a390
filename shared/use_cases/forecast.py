"""What would be mailed to whom on a day to come, by the run's own evaluation and planning.

Nothing is claimed, sent or written: days are lived on a copy of what the ledger says by now. Days
between now and then are lived too, since what they announce is not announced again.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from shared.domain.delivery import LONGEST_SUPPRESSION, AddressDigest, digest
from shared.domain.drafts import Draft, Due, by_recipient
from shared.domain.errors import Fault, InvalidInput
from shared.domain.ids import MessageId
from shared.domain.messages import SUPPORT, Message, Partition
from shared.domain.reminders import SIX_WEEKS, Claim
from shared.domain.reports import claim_of, is_reporting_day
from shared.domain.standing import Audiences, Standings
from shared.ports.ledger import Ledger, RecipientLedger, Runs, Suppressions
from shared.ports.system import Clock
from shared.use_cases.evaluation import Evaluation
from shared.use_cases.firing import Firing
from shared.use_cases.planning import Planning

MAX_AHEAD = timedelta(days=365)
"""No secret of the portal's lives longer."""

FIRST_FIRING = time(6, tzinfo=UTC)
"""Of a day to come, as the timer is meant to be set."""

AT_ONCE = 8
"""Recipients whose ledger is read at the same time."""

FORESEEN = MessageId("foreseen")
"""Carries what is claimed in memory."""

FIRINGS = 15
"""A day's: what exceeds the limits of one mail is left to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The mails of a day, as of `at`: reminders, and whether support gets the monthly report."""

    on: date
    at: datetime
    mails: tuple[Draft, ...]
    has_report: bool
    support_address: str


class ForecastDay:
    """Reads what a run reads, and the ledger of everyone concerned; once each.

    Requests: those of an evaluation; one for the day's run record; one a page for each recipient,
    and for the suppressions as long as any may last.
    """

    def __init__(
        self,
        *,
        evaluation: Evaluation,
        ledger: Ledger,
        runs: Runs,
        suppressions: Suppressions,
        audiences: Audiences,
        clock: Clock,
    ) -> None:
        self._evaluation = evaluation
        self._ledger = ledger
        self._runs = runs
        self._suppressions = suppressions
        self._audiences = audiences
        self._clock = clock

    async def __call__(self, on: date) -> Forecast:
        """Return the mails of a day; raise InvalidInput for one that is past or too far ahead."""
        now = self._clock.now()
        today = now.date()
        if not today <= on <= today + MAX_AHEAD:
            detail = f"must be from {today} to {today + MAX_AHEAD}"
            raise InvalidInput(Fault(pointer="/on", detail=detail))
        evaluated = await self._evaluation(_instant(on, now))
        is_done = (await self._runs.run(today)).is_complete
        book = Book(self._ledger)
        lived = Lived()
        for day in _days(today, on):
            if not (is_done and day == today):
                due = self._due(evaluated.standings, _instant(day, now))
                lived = await self._lived(_instant(day, now), due, book)
        return Forecast(
            on=on,
            at=now,
            mails=tuple(lived.mails),
            has_report=lived.has_report,
            support_address=self._audiences.support_address,
        )

    def _due(self, standings: Standings, now: datetime) -> list[Due]:
        return [each for known in standings.values() for each in self._audiences.dues(known, now)]

    async def _lived(self, now: datetime, due: Sequence[Due], book: "Book") -> "Lived":
        """Claim in the book what a day's firings would mail, and return it."""
        await book.read(due)
        planning = Planning(ledger=book, audiences=self._audiences)
        left_alone = await self._left_alone(now)
        support = digest(self._audiences.support_address)
        lived = Lived()
        for _ in range(FIRINGS):
            firing = Firing(Standstill(now))
            # That support cannot be mailed is a run's to raise an alarm about.
            firing.left_alone = left_alone - {support}
            planned = [
                each
                for each in (await planning(due, firing)).mails
                if support not in left_alone or each.recipient.partition != SUPPORT
            ]
            if not planned:
                break
            book.claim(planned)
            lived.mails += planned
        if is_reporting_day(now.date()) and support not in left_alone:
            lived.has_report = book.claim_for_support(claim_of(now.date()))
        return lived

    async def _left_alone(self, now: datetime) -> frozenset[AddressDigest]:
        if now - self._clock.now() > LONGEST_SUPPRESSION:
            return frozenset()
        return await self._suppressions.suppressed(now)


@dataclass(slots=True)
class Lived:
    """What a day came to."""

    mails: list[Draft] = field(default_factory=list)
    has_report: bool = False


class Book:
    """The ledger as it is now, and what was claimed in it since, in memory alone."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._messages: dict[Partition, Mapping[MessageId, Message]] = {}
        self._claims: dict[Partition, dict[Claim, MessageId]] = {}

    async def read(self, due: Iterable[Due]) -> None:
        """Read everyone to whom something is due, and support, once; raise where that fails."""
        places = asyncio.Semaphore(AT_ONCE)

        async def read(partition: Partition) -> None:
            async with places:
                known = await self._ledger.of_recipient(partition)
            self._messages[partition] = known.messages
            self._claims[partition] = dict(known.claims)

        unread = {SUPPORT, *by_recipient(due)} - self._claims.keys()
        await asyncio.gather(*map(read, unread))

    async def of_recipient(self, partition: Partition) -> RecipientLedger:
        return RecipientLedger(claims=self._claims[partition], messages=self._messages[partition])

    def claim(self, drafts: Iterable[Draft]) -> None:
        for draft in drafts:
            claims = dict.fromkeys((each.claim for each in draft.lines), FORESEEN)
            self._claims[draft.recipient.partition].update(claims)

    def claim_for_support(self, claim: Claim) -> bool:
        """Claim something for support; return False if it is claimed already."""
        if claim in self._claims[SUPPORT]:
            return False
        self._claims[SUPPORT][claim] = FORESEEN
        return True


class Standstill:
    """A clock that shows one instant: a forecast takes none of that day's time."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let no time pass."""


def _days(today: date, on: date) -> Iterator[date]:
    """Yield the days to be lived: no reminder is due earlier than six weeks before an end."""
    day = max(today, on - timedelta(days=SIX_WEEKS))
    while day <= on:
        yield day
        day += timedelta(days=1)


def _instant(day: date, now: datetime) -> datetime:
    return now if day == now.date() else datetime.combine(day, FIRST_FIRING)
