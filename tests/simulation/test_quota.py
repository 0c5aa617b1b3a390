"""A thousand people are due a mail on one day, and the service takes 30 a minute, 100 an hour."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from shared.adapters.quiet_telemetry import QUIET
from shared.domain.ids import ClientId, GroupId, UserId
from shared.domain.messages import Member, Message
from shared.domain.standing import Audiences
from shared.ports.mail import Posted, Posting
from shared.use_cases.reminding import Options, Outside, Reminding
from shared.use_cases.run_reminders import RunResult
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.fakes.mailer import FakeMailer
from tests.fakes.secret_store import FakeAuditTrail, FakeSecretStore
from tests.fakes.system import FakeIds
from tests.simulation.virtual_time import Time, VirtualLoop, simulate
from tests.support.builders import PORTAL, application, numbered, secret

SIX = datetime(2026, 11, 21, 6, tzinfo=UTC)
RECIPIENTS = 1_000
OF_ONE_APPLICATION = 20
A_MINUTE = (30, timedelta(minutes=1))
AN_HOUR = (100, timedelta(hours=1))


class MeteredMailer(FakeMailer):
    """Takes as many mails as the quota allows; refused ones count as well."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self.taken_at: list[datetime] = []
        self._asked_at: list[datetime] = []
        self._time = time

    async def post(self, message: Message) -> Posted:
        now = self._time.now()
        waits = [
            (self._asked_at[-most] + period - now).total_seconds()
            for most, period in (A_MINUTE, AN_HOUR)
            if len(self._asked_at) >= most
        ]
        self._asked_at.append(now)
        if any(wait > 0 for wait in waits):
            self.posts += 1
            return Posted(posting=Posting.NOT_NOW, retry_after=int(max(waits)) + 1)
        await asyncio.sleep(0.2)
        self.taken_at.append(now)
        return await super().post(message)


class LoopClock:
    """The virtual time, as the use cases see it."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def now(self) -> datetime:
        return self._time.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def crowd() -> FakeDirectory:
    """Return a thousand managers of fifty applications, of which each ends on another day."""
    directory = FakeDirectory()
    for number in range(RECIPIENTS // OF_ONE_APPLICATION):
        first = number * OF_ONE_APPLICATION
        group = GroupId(numbered(0xB000 + number))
        directory.set_group(
            group,
            *(
                Member(
                    user_id=UserId(numbered(0xD000 + user)),
                    address=f"m{user}@example.org",
                    enabled=True,
                )
                for user in range(first, first + OF_ONE_APPLICATION)
            ),
        )
        directory.put(
            application(
                secret(number, days_left=number % 42),
                client_id=ClientId(numbered(0xC000 + number)),
                name=f"Partner-NL-Org{number}-SMC",
                groups=[group],
            )
        )
    return directory


def test_everybody_is_told_once_over_the_days_firings_the_most_urgent_first() -> None:
    loop = VirtualLoop()
    time = Time(loop, SIX)
    mailer, ledger, directory = MeteredMailer(time), FakeLedger(), crowd()
    outside = Outside(
        applications=directory,
        managers=directory,
        store=FakeSecretStore(),
        ledger=ledger,
        runs=ledger,
        suppressions=ledger,
        notices=ledger,
        retention=ledger,
        trail=FakeAuditTrail(),
        mailer=mailer,
        meters=QUIET,
        clock=LoopClock(time),
        ids=FakeIds(),
    )
    audiences = Audiences(portal=PORTAL, support_address="support@example.org")
    options = Options(sends=True, notifies=False)

    async def a_day() -> list[RunResult]:
        results = []
        for hour in range(15):
            await time.reach(SIX + timedelta(hours=hour))
            results.append(await Reminding(outside, audiences, options).run())
        return results

    results = simulate(a_day(), loop)
    told = Counter(message.recipient.partition for message in mailer.accepted)
    assert (len(told), set(told.values())) == (RECIPIENTS, {1})
    assert results[-1] is RunResult.ALREADY_COMPLETE
    ends = [message.lines[0].ends_at for message in mailer.accepted]
    hourly = [
        [end for end, at in zip(ends, mailer.taken_at, strict=True) if at.hour == hour]
        for hour in range(6, 21)
    ]
    for earlier, later in pairwise(hourly):
        assert not later or max(earlier) <= min(later)
    assert RECIPIENTS / 100 <= sum(map(bool, hourly)) <= 12
    assert mailer.posts < RECIPIENTS * 1.2
    assert not any(ledger.open.values())
