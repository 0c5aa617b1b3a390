"""Runs of many seeds, on as many processors as wanted."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

Outcome = TypeVar("Outcome")


def run_each(
    run: Callable[[int], Outcome], seeds: Iterable[int], jobs: int, *, batch: int
) -> Iterator[Outcome]:
    """Yield what the seeds come to, in their order.

    `batch`: runs of each job between two looks at whether it is enough.
    """
    if jobs == 1:
        yield from map(run, seeds)
        return
    waiting = iter(seeds)
    with get_context("spawn").Pool(jobs) as pool:
        while several := list(islice(waiting, jobs * batch)):
            yield from pool.imap(run, several)
