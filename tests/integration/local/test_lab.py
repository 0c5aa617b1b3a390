"""The lab walks the clocks day by day, and leads to everything else."""

import asyncio
from datetime import datetime, timedelta

import pytest

from local.simulators.common import Clock
from tests.integration.local.lab_stack import DAY, Stack, around, page, submitted


async def test_every_day_of_a_walk_is_lived_through(stack: Stack) -> None:
    before = Clock().now()
    async with stack.http.post("/dev/clock", json={"days": 3}) as answer:
        content = await answer.json()
    assert (answer.status, content["runs"], content["failedRuns"]) == (200, 3, 0)
    ahead = datetime.fromisoformat(content["now"]) - before
    assert timedelta(days=2, hours=23) < ahead < timedelta(days=3, hours=1)
    assert stack.functions.runs == [(n * DAY, "run_reminders") for n in (1, 2, 3)]


async def test_the_clocks_of_product_and_simulators_move_together(stack: Stack) -> None:
    for _ in range(2):
        async with stack.http.post("/dev/clock", json={"days": 2}):
            pass
    for part in (stack.functions, stack.graph, stack.mail):
        assert part.clock.offset == timedelta(days=4)
    async with stack.http.get("/dev/clock") as answer:
        assert (await answer.json())["offsetSeconds"] == 4 * DAY


async def test_tokens_stay_valid_since_the_identity_stays_where_it_is(stack: Stack) -> None:
    async with stack.http.post("/dev/clock", json={"days": 40}):
        pass
    assert stack.identity.clock.offset == timedelta()


async def test_two_walks_at_once_are_walked_one_after_the_other(stack: Stack) -> None:
    async def walk() -> None:
        async with stack.http.post("/dev/clock", json={"days": 2}) as answer:
            assert answer.status == 200

    await asyncio.gather(walk(), walk())
    assert [seconds / DAY for seconds, _ in stack.functions.runs] == [1, 2, 3, 4]


async def test_a_failed_run_is_counted_and_the_walk_goes_on(stack: Stack) -> None:
    stack.functions.failing_days.add(2)
    async with stack.http.post("/dev/clock", json={"days": 3}) as answer:
        content = await answer.json()
    assert (content["runs"], content["failedRuns"]) == (3, 1)


@pytest.mark.parametrize(
    "body",
    ["", "x", "[]", "{}", *(f'{{"days": {n}}}' for n in ("0", "121", "-1", "1.5", '"1"', "true"))],
)
async def test_a_walk_that_is_none_is_refused(stack: Stack, body: str) -> None:
    async with stack.http.post("/dev/clock", data=body) as answer:
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"
        content = await answer.json()
        assert (content["status"], "from 1 to 120" in content["detail"]) == (400, True)
    assert stack.functions.runs == []


async def test_a_walk_that_nobody_waits_for_stops_after_the_day_it_is_in(stack: Stack) -> None:
    stack.functions.may_end.clear()
    walk = asyncio.create_task(stack.http.post("/dev/clock", json={"days": 5}))
    await stack.functions.started.wait()
    walk.cancel()
    await asyncio.wait([walk])
    async with stack.http.get("/dev/clock"):  # the lab has seen the caller go
        stack.functions.may_end.set()
    async with stack.http.post("/check"):
        pass
    assert stack.functions.runs == [(DAY, "run_reminders")] * 2


@pytest.mark.parametrize("part", ["graph", "mail", "functions"])
async def test_a_part_that_is_away_is_named(part: str) -> None:
    async with around(part) as stack, stack.http.post("/dev/clock", json={"days": 1}) as answer:
        assert answer.status == 502
        assert (await answer.json())["detail"].startswith(f"{part} does not answer")
        async with stack.http.get("/dev/clock") as clock:
            assert (await clock.json())["offsetSeconds"] == 0


async def test_the_buttons_do_the_same(stack: Stack) -> None:
    assert "A day has passed and brought no new mails." in await submitted(stack, "/walk", days="1")
    stack.mail.mails_a_day = 2
    assert "7 days have passed and brought 14 new mails." in await submitted(
        stack, "/walk", days="7"
    )
    assert "The daily check has run." in await submitted(stack, "/check")
    assert [seconds / DAY for seconds, _ in stack.functions.runs] == [*range(1, 9), 8]


async def test_the_way_back_to_today(stack: Stack) -> None:
    assert "8 days ahead" in await submitted(stack, "/walk", days="8")
    content = await submitted(stack, "/today")
    assert "The real time." in content
    assert "Mails already sent are not sent again" in content
    for part in (stack.functions, stack.graph, stack.mail):
        assert part.clock.offset == timedelta()


async def test_a_failed_check_is_said(stack: Stack) -> None:
    stack.functions.failing_days.add(0)
    assert "The daily check failed." in await submitted(stack, "/check")


async def test_a_note_is_shown_once(stack: Stack) -> None:
    assert 'role="status"' in await submitted(stack, "/check")
    assert 'role="status"' not in await page(stack)


async def test_the_page_leads_everywhere(stack: Stack) -> None:
    content = await page(stack)
    for path in ("/api/health", "/api/config", "/api/openapi.json", "/dev/world"):
        assert f'{path}"' in content


@pytest.mark.parametrize("path", ["/dev/clock", "/walk", "/check", "/today", "/traps"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Host": "[evil"},
        {"Origin": "http://[evil"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_origin_changes_nothing(
    stack: Stack, path: str, headers: dict[str, str]
) -> None:
    async with stack.http.post(path, data='{"days": 1}', headers=headers) as answer:
        assert answer.status == 403
    assert stack.functions.runs == []


async def test_the_labs_own_page_may_post(stack: Stack) -> None:
    headers = {"Origin": stack.address, "Sec-Fetch-Site": "same-origin"}
    async with stack.http.post("/check", headers=headers) as answer:
        assert answer.status == 200
    assert len(stack.functions.runs) == 1
