"""What all Suppressions promise: an address that bounced is left alone for a while."""

import asyncio
from datetime import timedelta

from shared.domain.delivery import FORGIVEN_AFTER, SUPPRESSIONS, Suppression, digest
from shared.ports.ledger import Suppressions
from tests.contract.ledger_scene import LATER, OnBooks
from tests.fakes.system import MORNING

JANE, JOHN = digest("jane.doe@example.org"), digest("john@example.org")
DAY = timedelta(days=1)


class SuppressionsContract(OnBooks):
    async def test_nobody_is_left_alone_at_first(self, suppressions: Suppressions) -> None:
        assert await suppressions.suppressed(MORNING) == frozenset()

    async def test_an_address_is_left_alone_until_its_time_is_over(
        self, suppressions: Suppressions
    ) -> None:
        made = await suppressions.suppress(JANE, LATER)
        assert made == Suppression(since=LATER, level=1)
        assert await suppressions.suppressed(LATER) == {JANE}
        assert await suppressions.suppressed(made.until - timedelta(microseconds=1)) == {JANE}
        assert await suppressions.suppressed(made.until) == frozenset()

    async def test_each_address_has_its_own_time(self, suppressions: Suppressions) -> None:
        await suppressions.suppress(JANE, MORNING)
        await suppressions.suppress(JOHN, MORNING + DAY / 2)
        assert await suppressions.suppressed(MORNING + DAY / 2) == {JANE, JOHN}
        assert await suppressions.suppressed(MORNING + DAY) == {JOHN}

    async def test_bounces_in_a_row_last_longer_and_longer(
        self, suppressions: Suppressions
    ) -> None:
        bounced_at = MORNING
        for level, lasts in enumerate((*SUPPRESSIONS, SUPPRESSIONS[-1]), 1):
            made = await suppressions.suppress(JANE, bounced_at)
            assert made.level == min(level, len(SUPPRESSIONS))
            assert made.until == bounced_at + lasts
            bounced_at = made.until

    async def test_a_long_silence_is_forgiven(self, suppressions: Suppressions) -> None:
        first = await suppressions.suppress(JANE, MORNING)
        again = first.until + FORGIVEN_AFTER + timedelta(microseconds=1)
        assert (await suppressions.suppress(JANE, again)).level == 1

    async def test_the_same_bounce_again_changes_nothing(self, suppressions: Suppressions) -> None:
        first = await suppressions.suppress(JANE, MORNING)
        assert await suppressions.suppress(JANE, MORNING) == first
        assert await suppressions.suppressed(first.until) == frozenset()

    async def test_an_earlier_bounce_that_is_reported_later_changes_nothing(
        self, suppressions: Suppressions
    ) -> None:
        known = await suppressions.suppress(JANE, LATER)
        assert await suppressions.suppress(JANE, MORNING) == known

    async def test_one_bounce_reported_many_times_at_once_counts_once(
        self, suppressions: Suppressions
    ) -> None:
        made = await asyncio.gather(*(suppressions.suppress(JANE, LATER) for _ in range(6)))
        assert set(made) == {Suppression(since=LATER, level=1)}
        assert await suppressions.suppress(JANE, LATER) == made[0]

    async def test_bounces_at_once_count_as_one(self, suppressions: Suppressions) -> None:
        times = [MORNING + timedelta(minutes=each) for each in range(5)]
        await asyncio.gather(*(suppressions.suppress(JANE, each) for each in times))
        known = await suppressions.suppress(JANE, MORNING)
        assert (known.level, known.since in times) == (1, True)
