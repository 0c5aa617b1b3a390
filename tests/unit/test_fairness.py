"""Long computing lets in between whoever waited for it."""

import asyncio
import os
from collections.abc import Callable, Coroutine

import pytest

from shared.adapters.acs_mailer import Letters
from shared.adapters.fairness import step_back
from shared.adapters.mail_rendering import ENDINGS, PARTS
from tests.support.builders import line, message
from tests.support.mails import SUPPORT_ADDRESS, WORDING, ending

Wait = Callable[[], Coroutine[None, None, None]]


async def an_answer() -> None:
    """Wait for what can be read as soon as the event loop looks."""
    loop = asyncio.get_running_loop()
    answered = asyncio.Event()
    reading, writing = os.pipe()
    loop.add_reader(reading, answered.set)
    os.write(writing, b"200")
    await answered.wait()
    loop.remove_reader(reading)
    os.close(reading)
    os.close(writing)


async def a_time() -> None:
    """Wait for what is due as soon as the event loop looks."""
    loop = asyncio.get_running_loop()
    due = loop.create_future()
    loop.call_at(loop.time(), due.set_result, None)
    await due


@pytest.mark.parametrize("wait", [an_answer, a_time])
async def test_who_was_answered_while_others_computed_comes_before_they_go_on(wait: Wait) -> None:
    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    # Here the others compute.
    await step_back()
    assert waiting.done()


async def test_who_was_answered_while_a_letter_was_written_comes_before_it_is_sent() -> None:
    letters = Letters("donotreply@example.org", SUPPORT_ADDRESS, WORDING)
    await letters.of(message())
    waiting = asyncio.create_task(a_time())
    await asyncio.sleep(0)
    await letters.of(message())
    assert waiting.done()


async def test_others_come_between_the_templates_of_the_first_letter() -> None:
    letters = Letters("donotreply@example.org", SUPPORT_ADDRESS, WORDING)
    waits = 0

    async def wait() -> None:
        nonlocal waits
        while True:
            await a_time()
            waits += 1

    others = asyncio.create_task(wait())
    await letters.of(message())
    first = waits
    await letters.of(message())
    others.cancel()
    assert first - 2 * (waits - first) >= len(PARTS["reminder"]) + len(ENDINGS) - 1


async def test_no_two_letters_are_written_in_one_round_of_the_loop() -> None:
    letters = Letters("donotreply@example.org", SUPPORT_ADDRESS, WORDING)
    happened: list[str] = []

    async def write() -> None:
        await letters.of(message(lines=[ending(42)]))
        happened.append("letter")

    async def serve() -> None:
        while happened.count("letter") < 4:
            happened.append("request")
            await asyncio.sleep(0)

    await asyncio.gather(write(), write(), write(), write(), serve())
    assert happened.count("letter") == 4
    assert "letter, letter" not in ", ".join(happened)


async def test_a_letter_that_cannot_be_written_keeps_no_other_waiting() -> None:
    letters = Letters("donotreply@example.org", SUPPORT_ADDRESS, WORDING)
    broken, whole = message(lines=[line(ends_at=None)]), message(lines=[ending(42)])
    answers = await asyncio.gather(
        letters.of(broken), letters.of(whole), letters.of(broken), return_exceptions=True
    )
    assert [type(each) for each in answers] == [AttributeError, dict, AttributeError]
