"""Timers fire by the host's clock, once, and by hand."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from local.hosting.index import TimerTrigger
from local.hosting.schedule import Schedule, ScheduleError
from local.hosting.server import application
from local.hosting.timers import Timer
from local.simulators.common import Clock, serving
from tests.integration.local.conftest import Indexed, RunningHost, sample

SATURDAY = datetime(2026, 11, 21, 5, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "following"),
    [
        ("0 0 6-20 * * *", datetime(2026, 11, 21, 6, tzinfo=UTC)),
        ("*/30 * * * * *", datetime(2026, 11, 21, 6, tzinfo=UTC)),
        ("15 5 0 * * MON", datetime(2026, 11, 23, 0, 5, 15, tzinfo=UTC)),
        ("0 0 0 29 2 *", datetime(2028, 2, 29, tzinfo=UTC)),
        # Day of month and day of week must both match, unlike in cron.
        ("0 0 0 13 * FRI", datetime(2027, 8, 13, tzinfo=UTC)),
    ],
)
def test_a_schedule_has_seconds_first_and_runs_on_utc(expression: str, following: datetime) -> None:
    assert Schedule.of(expression, {}, SATURDAY).after(SATURDAY) == following


def test_an_occurrence_is_strictly_after() -> None:
    schedule = Schedule.of("0 0 * * * *", {}, SATURDAY)
    six = datetime(2026, 11, 21, 6, tzinfo=UTC)
    assert schedule.after(six) == six + timedelta(hours=1)


def test_a_schedule_may_be_a_setting() -> None:
    assert Schedule.of("%WHEN%", {"WHEN": "0 0 6 * * *"}, SATURDAY).expression == "0 0 6 * * *"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("%WHEN%", "set WHEN"),
        ("%EMPTY%", "set EMPTY"),
        ("0 6 * * *", "six fields"),
        ("0 0 25 * * *", "no NCRONTAB"),
        ("0 0 0 30 2 *", "no NCRONTAB"),
        ("a b c d e f", "no NCRONTAB"),
    ],
)
def test_a_schedule_that_cannot_be_followed_says_why(text: str, reason: str) -> None:
    with pytest.raises(ScheduleError, match=reason):
        Schedule.of(text, {"EMPTY": ""}, SATURDAY)


def hourly(app: Indexed) -> TimerTrigger:
    return next(trigger for trigger in app.functions.timers if trigger.function.name == "hourly")


def move_to(clock: Clock, instant: datetime) -> None:
    clock.offset += instant - clock.now()


def timer_at(instant: datetime) -> tuple[Timer, Indexed]:
    app = sample()
    move_to(app.clock, instant)
    return Timer(hourly(app), app.clock), app


async def test_a_timer_runs_when_it_is_due_and_not_before() -> None:
    timer, app = timer_at(SATURDAY - timedelta(minutes=1))
    await timer.look()
    assert app.recorder.runs["hourly"] == 0
    move_to(app.clock, SATURDAY + timedelta(seconds=2))
    await timer.look()
    await timer.look()
    assert app.recorder.runs["hourly"] == 1
    assert app.recorder.past_due == [False]
    assert timer.due == datetime(2026, 11, 21, 7, tzinfo=UTC)


async def test_however_many_occurrences_were_missed_one_run_makes_up_for_them() -> None:
    timer, app = timer_at(SATURDAY)
    move_to(app.clock, SATURDAY + timedelta(days=3))
    await timer.look()
    await timer.look()
    assert app.recorder.runs["hourly"] == 1
    assert app.recorder.past_due == [True]


async def test_a_failed_run_advances_the_schedule_too() -> None:
    app = sample()
    move_to(app.clock, SATURDAY)
    failing = next(t for t in app.functions.timers if t.function.name == "failing")
    timer = Timer(failing, app.clock)
    move_to(app.clock, SATURDAY + timedelta(seconds=2))
    await timer.look()
    await timer.look()
    assert app.recorder.runs["failing"] == 1


async def test_the_running_host_keeps_the_schedule() -> None:
    app = sample(hourly="* * * * * *")
    async with serving(application(app.functions, app.clock, [])):
        await asyncio.wait_for(app.recorder.ran.wait(), timeout=10)


async def test_a_timer_without_its_setting_is_left_out_and_the_rest_runs() -> None:
    functions = sample(hourly=None).functions
    assert [trigger.function.name for trigger in functions.timers] == ["failing", "talkative"]
    assert functions.errors == (
        "The 'hourly' function is in error: '%HOURLY%' does not resolve to a value: set HOURLY.",
    )
    assert functions.http


async def run(host: RunningHost, name: str) -> tuple[int, bytes]:
    async with host.http.post(f"/admin/functions/{name}", json={"input": ""}) as answer:
        return answer.status, await answer.read()


async def test_a_timer_is_run_by_hand_to_its_end(host: RunningHost) -> None:
    assert await run(host, "hourly") == (202, b"")
    assert host.recorder.runs["hourly"] == 1


@pytest.mark.parametrize("name", ["failing", "talkative"])
async def test_a_run_that_fails_or_returns_something_is_a_500(host: RunningHost, name: str) -> None:
    assert await run(host, name) == (500, b"")
    assert host.recorder.runs[name] == 1


@pytest.mark.parametrize("name", ["unknown", "about_3"])
async def test_what_is_no_timer_is_not_found(host: RunningHost, name: str) -> None:
    assert await run(host, name) == (404, b"")


async def test_the_host_says_that_it_runs(host: RunningHost) -> None:
    async with host.http.get("/admin/host/status") as answer:
        assert await answer.json() == {"state": "Running"}


async def move(host: RunningHost, seconds: object) -> int:
    async with host.http.post("/dev/clock", json={"offsetSeconds": seconds}) as answer:
        return answer.status


async def test_the_clock_that_the_app_got_can_be_moved(host: RunningHost) -> None:
    assert await move(host, 40 * 86_400) == 204
    async with host.http.get("/api/time") as answer:
        moved = datetime.fromisoformat(await answer.text())
    assert moved - Clock().now() > timedelta(days=39, hours=23)


async def test_a_clock_moved_over_days_fires_nothing_of_what_lay_between() -> None:
    app = sample(hourly="* * * * * *")
    noon_in_forty_days = app.clock.now().replace(hour=12) + timedelta(days=40)
    seconds = (noon_in_forty_days - app.clock.now()).total_seconds()
    async with (
        serving(application(app.functions, app.clock, [])) as address,
        aiohttp.ClientSession(address) as http,
        http.post("/dev/clock", json={"offsetSeconds": seconds}) as answer,
    ):
        assert answer.status == 204
        # Two runs of what is due each second: everything else has been looked at in between.
        for _ in range(2):
            app.recorder.ran.clear()
            await asyncio.wait_for(app.recorder.ran.wait(), timeout=10)
    assert app.recorder.runs["failing"] == 0


@pytest.mark.parametrize("seconds", [None, "1", True, 1e12])
async def test_an_offset_that_is_none_is_refused(host: RunningHost, seconds: object) -> None:
    assert await move(host, seconds) == 400


@pytest.mark.parametrize("path", ["/admin/functions/hourly", "/dev/clock"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
    ],
)
async def test_a_page_of_another_origin_can_neither_run_timers_nor_move_the_clock(
    host: RunningHost, path: str, headers: dict[str, str]
) -> None:
    body = {"input": "", "offsetSeconds": 86_400}
    async with host.http.post(path, json=body, headers=headers) as answer:
        assert answer.status == 403
    assert host.recorder.runs["hourly"] == 0
    assert host.clock.offset == timedelta()
