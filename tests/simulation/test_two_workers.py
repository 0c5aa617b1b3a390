"""Two firings at once: every order of their requests, with up to two faults.

The use cases and the table adapters are the real ones. What happens next is chosen at every request
to the mail service and to rows that both workers touch: whose is answered, whether it is refused,
its answer lost, it arrives late or never, or the worker ends. Requests about rows of nobody else's
are answered at once. A search is bounded by its faults and by its preemptions: how often the turn
is taken from a worker that could go on. Without a fault every order is gone through.

Each schedule ends with two firings, WAIT later, that nothing befalls.
"""

from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult

import pytest

from tests.simulation.interleavings import Bounds, Explored, Explorer
from tests.simulation.scenes import MANAGER, SCENES

UNBOUNDED = 1_000
SECONDS = 170

SEARCHES = {
    ("fresh", 0, UNBOUNDED): 1_000,
    ("fresh", 1, 2): 3_000,
    ("fresh", 2, 1): 10_000,
    ("left_ready", 1, 1): 500,
    ("left_unsent", 1, 1): 500,
    ("left_sent", 1, 1): 500,
}
"""The scene, the faults, the preemptions; and how many schedules there are at least."""

Search = tuple[str, int, int]


def explored(search: Search) -> Explored:
    scene, faults, preemptions = search
    bounds = Bounds(faults=faults, preemptions=preemptions)
    return Explorer(SCENES[scene], bounds=bounds, partition=MANAGER).explore()


@pytest.fixture(scope="module")
def searches() -> Iterator[dict[Search, AsyncResult[Explored]]]:
    """Begin all the searches, two at a time, the longest first."""
    with get_context("spawn").Pool(2) as pool:
        longest_first = sorted(SEARCHES, key=lambda search: -SEARCHES[search])
        yield {search: pool.apply_async(explored, [search]) for search in longest_first}


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("search", SEARCHES)
def test_in_every_order_the_mail_is_sent_once_and_comes_to_its_end(
    searches: dict[Search, AsyncResult[Explored]], search: Search
) -> None:
    found = searches[search].get()
    assert found.violations == []
    assert found.schedules >= SEARCHES[search]
