"""The leak tests' own tools find what they are meant to find, and strike where they say."""

import asyncio
import base64
import json
import logging
from urllib.parse import quote

import pytest

from tests.leaks.canaries import canary, disguises, leaks, shown
from tests.leaks.ears import ears_open, nobody_asked
from tests.leaks.interruptions import Interruption, interrupted, tasks_interruptible

SECRET = canary()
LEAKS = {
    "a log": f"secretText={SECRET}",
    "a body": json.dumps({"a": [SECRET]}),
    "a body in a body": json.dumps({"a": json.dumps({"b": SECRET})}),
    "a link": f"https://127.0.0.1/?q={quote(SECRET)}",
    "a header": base64.b64encode(f"user:{SECRET}:x".encode()).decode(),
    "a longer header": base64.b64encode(f"users:{SECRET}:x".encode()).decode(),
    "a claim": base64.urlsafe_b64encode(f"userss:{SECRET}".encode()).decode(),
    "a dump": f"x{SECRET}y".encode().hex(),
    "a row": f"x{SECRET}y".encode("utf-16-le").hex(),
    "a repr": repr({"value": SECRET.encode()}),
    "a cut": SECRET[:30],
    "an end": SECRET[-20:],
    "a mirror": f"x{SECRET}"[::-1],
}


@pytest.mark.parametrize("place", LEAKS)
def test_a_leak_is_found_whatever_it_wears(place: str) -> None:
    assert len(shown(SECRET, {place: LEAKS[place]})) == 1


@pytest.mark.parametrize("place", LEAKS.keys() - {"an end"})
def test_a_leak_of_one_of_a_family_is_found_by_the_family(place: str) -> None:
    family = SECRET[6:21]
    assert canary(family).startswith(SECRET[:21])
    assert len(shown(family, {place: LEAKS[place]})) == 1


def test_another_value_and_a_hint_are_no_leaks() -> None:
    places = {**LEAKS, "a hint": SECRET[:3]}
    assert leaks([canary()], places) == []
    assert shown(SECRET, {"a hint": SECRET[:3]}) == []


def test_no_disguise_is_so_short_that_it_shows_by_chance() -> None:
    assert min(map(len, disguises(SECRET).values())) >= 15


def test_the_ears_hear_loggers_that_were_told_to_be_quiet() -> None:
    logging.getLogger("tests.quiet").setLevel(logging.CRITICAL)
    with ears_open() as ears:
        logging.getLogger("tests.quiet").debug("%s", SECRET)
        logging.getLogger("tests.new").error("failed", exc_info=ValueError(SECRET))
    assert [len(shown(SECRET, {"heard": heard})) for heard in ears.heard] == [1, 1]
    assert logging.getLogger("tests.quiet").level == logging.CRITICAL


async def test_the_ears_hear_of_a_task_that_nobody_asked() -> None:
    async def fails() -> None:
        raise ValueError(SECRET)

    with ears_open() as ears:
        asyncio.create_task(fails())  # noqa: RUF006 - nobody is to keep it
        await nobody_asked()
    assert shown(SECRET, {"heard": ears.take()})


async def test_each_await_is_interrupted_in_its_turn_also_in_a_task_of_the_call() -> None:
    reached: list[str] = []

    async def aside() -> None:
        await asyncio.sleep(0)
        reached.append("aside")

    async def call() -> None:
        for number in range(2):
            await asyncio.sleep(0)
            reached.append(f"{number}")
        await asyncio.wait({asyncio.create_task(aside())})
        reached.append("end")

    with tasks_interruptible():
        came: list[list[str]] = []
        for at in range(1, 6):
            reached.clear()
            interruption = Interruption(error=lambda: ValueError("here"), at=at)
            interruption.begin()
            await asyncio.gather(interrupted(call, interruption), return_exceptions=True)
            came.append([*reached])
    # Told later, in the middle of the parser, of the task that failed, Python 3.11 loses its way.
    await nobody_asked()
    whole = ["0", "1", "aside", "end"]
    assert came == [[], ["0"], ["0", "1", "end"], ["0", "1", "aside"], whole]


async def test_nothing_is_interrupted_before_it_has_begun() -> None:
    interruption = Interruption(error=lambda: ValueError("here"), at=1)
    with tasks_interruptible():
        await interrupted(lambda: asyncio.sleep(0), interruption)
    assert not interruption.happened
