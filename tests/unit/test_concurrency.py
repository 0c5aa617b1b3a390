"""Two things at once: both answers, or the first fault and nothing left behind."""

import asyncio

import pytest

from shared.concurrency import both
from shared.domain.errors import DirectoryUnavailable


async def fail(error: Exception) -> None:
    await asyncio.sleep(0)
    raise error


async def test_both_are_under_way_at_the_same_time() -> None:
    asked = asyncio.Event()

    async def wait() -> str:
        await asked.wait()
        return "answered"

    async def ask() -> str:
        asked.set()
        return "asked"

    assert await both(wait(), ask()) == ("answered", "asked")


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_fault_of_one_is_raised_as_it_is_and_ends_the_other(*, is_first: bool) -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    works = (fail(DirectoryUnavailable("x")), wait())
    with pytest.raises(DirectoryUnavailable) as raised:
        await both(*(works if is_first else reversed(works)))
    assert raised.value.__cause__ is None
    assert ended.is_set()


async def test_whoever_is_cancelled_ends_both() -> None:
    waits = [asyncio.Event(), asyncio.Event()]
    task = asyncio.create_task(both(waits[0].wait(), waits[1].wait()))
    await asyncio.sleep(0)
    before = len(asyncio.all_tasks())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(asyncio.all_tasks()) == before - 3


async def test_the_first_of_two_faults_is_raised() -> None:
    with pytest.raises(KeyError):
        await both(fail(KeyError("first")), fail(ValueError("second")))
