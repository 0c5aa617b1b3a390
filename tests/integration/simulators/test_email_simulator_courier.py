"""How the email simulator brings its delivery reports to whoever asked for them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from local.azurite import free_port
from local.simulators.common import serving
from tests.integration.simulators.email_client import JANE, OTHER_ID, running
from tests.integration.simulators.report_receiver import PATH, Receiver, Told, telling


@pytest.fixture
async def told() -> AsyncIterator[Told]:
    async with telling() as it:
        yield it


async def test_it_is_posted_as_event_grid_does(told: Told) -> None:
    await told.mail.send()

    await told.mail.reports()

    ((path, headers, events),) = told.receiver.posts
    assert path == PATH
    assert headers["aeg-event-type"] == "Notification"
    assert headers["content-type"].startswith("application/json")
    assert len(events) == 1


async def test_a_refused_report_comes_again_until_it_is_taken() -> None:
    async with telling(refusals=[500, 404], pauses=[0, 0, 0, 0]) as told:
        await told.mail.send()

        (report,) = await told.mail.reports()

    assert (report["answers"], report["ended"]) == ([500, 404, 202], True)
    assert [headers["aeg-delivery-count"] for _, headers, _ in told.receiver.posts] == [
        "0",
        "1",
        "2",
    ]
    assert len({event["id"] for event in told.receiver.events}) == 1


async def test_a_report_that_nobody_takes_is_given_up() -> None:
    async with telling(refusals=[500] * 5, pauses=[0, 0]) as told:
        await told.mail.send()

        (report,) = await told.mail.reports()

    assert (report["answers"], report["ended"]) == ([500, 500, 500], True)


async def test_a_receiver_that_is_away_holds_up_no_send() -> None:
    async with running(pauses=[60]) as mail:
        await mail.tell(f"http://127.0.0.1:{free_port()}/events")

        await mail.send()
        await mail.send(id=OTHER_ID)

        assert await mail.status(OTHER_ID) == "Succeeded"


async def test_a_receiver_that_does_not_answer_is_tried_as_often() -> None:
    async with running(pauses=[0, 0]) as mail:
        await mail.tell(f"http://127.0.0.1:{free_port()}/events")
        await mail.send()

        (report,) = await mail.reports()

    assert (report["answers"], report["ended"]) == ([None, None, None], True)


async def test_a_receiver_with_another_address_gets_what_the_first_one_refused() -> None:
    second = Receiver()
    async with (
        telling(refusals=[500] * 1000, pauses=[0.01] * 1000) as told,
        serving(second.application()) as address,
    ):
        await told.mail.send()
        await asyncio.wait_for(told.receiver.came.wait(), timeout=30)

        await told.mail.tell(address + PATH)

        (report,) = await told.mail.reports()
    assert report["answers"][-1] == 202
    assert second.told == [(JANE, "Delivered")]


async def test_with_nobody_to_tell_a_report_is_listed_without_an_answer() -> None:
    async with running() as mail:
        await mail.send()

        (report,) = await mail.reports()

    assert (report["status"], report["answers"], report["ended"]) == ("Delivered", [], True)


async def subscribed(told: Told) -> str:
    """Return whom the service tells."""
    async with told.mail.session.get(f"{told.mail.address}/dev/reports") as answer:
        return str((await answer.json())["url"])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "events",
        7,
        "https://127.0.0.1/events",
        "http://example.org/events",
        "http://127.0.0.1@example.org/events",
        "http://[127.0.0.1",
    ],
)
async def test_reports_go_nowhere_but_to_this_machine(told: Told, url: object) -> None:
    before = await subscribed(told)
    address = f"{told.mail.address}/dev/reports"
    async with told.mail.session.put(address, json={"url": url}) as answer:
        assert answer.status == 400
    assert await subscribed(told) == before
