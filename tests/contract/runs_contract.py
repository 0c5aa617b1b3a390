"""What all Runs promise: a day is done once it is said to be, until it is reopened."""

import asyncio

from shared.domain.ids import ClientId
from shared.ports.ledger import CompleteRun, Run, Runs
from tests.contract.ledger_scene import LATER, OnBooks
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, TODAY, day, numbered

MANAGED = frozenset({CLIENT, OTHER_CLIENT})


async def done(runs: Runs, offset: int = 0, managed: frozenset[ClientId] = MANAGED) -> bool:
    """Complete a day as it stands."""
    return await runs.complete(await runs.run(day(offset)), managed=managed, at=MORNING)


async def is_complete(runs: Runs, offset: int = 0) -> bool:
    return (await runs.run(day(offset))).is_complete


class CompletionContract(OnBooks):
    async def test_a_day_has_no_record_at_first(self, runs: Runs) -> None:
        assert await runs.run(TODAY) == Run(day=TODAY, is_complete=False, version="")

    async def test_a_day_is_complete_once_it_is_said_to_be(self, runs: Runs) -> None:
        assert await done(runs)
        assert [await is_complete(runs, offset) for offset in (-1, 0, 1)] == [False, True, False]

    async def test_a_day_is_completed_with_nothing_managed(self, runs: Runs) -> None:
        assert await done(runs, managed=frozenset())
        assert await runs.last_complete(day(1)) == CompleteRun(day=TODAY, managed=frozenset())

    async def test_doing_it_twice_changes_nothing(self, runs: Runs) -> None:
        run = await runs.run(TODAY)
        assert await runs.complete(run, managed=MANAGED, at=MORNING)
        before = await runs.run(TODAY)
        for again in (run, before):
            assert await runs.complete(again, managed=frozenset(), at=LATER) is True
        assert await runs.run(TODAY) == before
        assert await runs.last_complete(day(1)) == CompleteRun(day=TODAY, managed=MANAGED)

    async def test_many_may_complete_a_day_at_once(self, runs: Runs) -> None:
        run = await runs.run(TODAY)
        sets = [
            frozenset(ClientId(numbered(1000 * first + each)) for each in range(first * 300))
            for first in range(1, 5)
        ]
        done = await asyncio.gather(
            *(runs.complete(run, managed=managed, at=MORNING) for managed in sets)
        )
        assert done == [True] * 4
        last = await runs.last_complete(day(1))
        assert last is not None
        assert last.managed in sets


class ReopeningContract(OnBooks):
    async def test_a_reopened_day_is_not_complete(self, runs: Runs) -> None:
        await done(runs)
        await runs.reopen(TODAY, at=LATER)
        assert not await is_complete(runs)
        assert await done(runs)
        assert await is_complete(runs)

    async def test_only_the_day_itself_is_reopened(self, runs: Runs) -> None:
        await done(runs)
        await runs.reopen(day(-1), at=LATER)
        assert await is_complete(runs)

    async def test_a_day_that_was_reopened_before_its_first_record_is_not_completed(
        self, runs: Runs
    ) -> None:
        run = await runs.run(TODAY)
        await runs.reopen(TODAY, at=LATER)
        assert await runs.complete(run, managed=MANAGED, at=LATER) is False
        assert not await is_complete(runs)

    async def test_a_day_that_was_reopened_since_it_was_read_is_not_completed(
        self, runs: Runs
    ) -> None:
        await done(runs)
        complete = await runs.run(TODAY)
        await runs.reopen(TODAY, at=LATER)
        opened = await runs.run(TODAY)
        await runs.reopen(TODAY, at=LATER)
        for outdated in (complete, opened):
            assert await runs.complete(outdated, managed=MANAGED, at=LATER) is False
        assert not await is_complete(runs)
        assert await done(runs)

    async def test_a_day_that_another_completed_and_a_report_reopened_is_not_completed(
        self, runs: Runs
    ) -> None:
        run = await runs.run(TODAY)
        await done(runs)
        await runs.reopen(TODAY, at=LATER)
        assert await runs.complete(run, managed=MANAGED, at=LATER) is False

    async def test_however_they_fall_together_a_reopened_day_stays_open(self, runs: Runs) -> None:
        for offset in range(5):
            run = await runs.run(day(offset))
            await asyncio.gather(
                runs.complete(run, managed=MANAGED, at=MORNING),
                runs.reopen(day(offset), at=LATER),
                runs.complete(run, managed=MANAGED, at=MORNING),
            )
            assert not await is_complete(runs, offset)


class LastCompleteContract(OnBooks):
    async def test_there_is_none_at_first(self, runs: Runs) -> None:
        assert await runs.last_complete(TODAY) is None

    async def test_the_last_complete_day_before_is_told(self, runs: Runs) -> None:
        await done(runs, -5, frozenset({OTHER_CLIENT}))
        await done(runs, -3, frozenset({CLIENT}))
        await done(runs, 0)
        expected = CompleteRun(day=day(-3), managed=frozenset({CLIENT}))
        assert await runs.last_complete(TODAY) == expected

    async def test_a_reopened_day_does_not_count(self, runs: Runs) -> None:
        await done(runs, -5)
        await done(runs, -3)
        await runs.reopen(day(-3), at=LATER)
        await runs.reopen(day(-2), at=LATER)
        assert await runs.last_complete(TODAY) == CompleteRun(day=day(-5), managed=MANAGED)

    async def test_a_day_counts_for_two_weeks(self, runs: Runs) -> None:
        await done(runs, 0)
        assert await runs.last_complete(day(14)) == CompleteRun(day=TODAY, managed=MANAGED)
        assert await runs.last_complete(day(15)) is None

    async def test_what_was_managed_last_counts(self, runs: Runs) -> None:
        await done(runs, 0, frozenset(ClientId(numbered(each)) for each in range(1000)))
        await runs.reopen(TODAY, at=LATER)
        await done(runs, 0, frozenset({CLIENT}))
        last = await runs.last_complete(day(1))
        assert last == CompleteRun(day=TODAY, managed=frozenset({CLIENT}))

    async def test_thousands_of_applications_are_remembered(self, runs: Runs) -> None:
        managed = frozenset(ClientId(numbered(each)) for each in range(4001))
        await done(runs, 0, managed)
        assert await runs.last_complete(day(1)) == CompleteRun(day=TODAY, managed=managed)


class RunsContract(CompletionContract, ReopeningContract, LastCompleteContract):
    """All of it."""
