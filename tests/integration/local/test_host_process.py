"""`python -m local.host` starts, says what is wrong, and ends cleanly."""

import contextlib
import re
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest

from local.azurite import free_port
from local.simulators.common import Clock
from tests.integration.local.processes import ended, line_with, started

SAMPLE = "tests.integration.local.sample_app"


@contextlib.asynccontextmanager
async def running(*options: str, **settings: str) -> AsyncIterator[tuple[Process, str]]:
    command = ("local.host", "--app", SAMPLE, "--port", str(free_port()), *options)
    async with started(*command, **{"HOURLY": "0 0 6 * * *", **settings}) as process:
        line = await line_with(process.stderr, "functions found")
        address = re.search(r"http://\S+", line)
        assert address is not None
        yield process, address[0]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_host_without_a_word(ending: signal.Signals) -> None:
    async with running() as (process, _):
        process.send_signal(ending)
        assert await ended(process) == (0, "")


async def test_the_host_can_end_with_whoever_started_it() -> None:
    async with running("--end-with-stdin") as (process, _):
        assert process.stdin is not None
        process.stdin.close()
        assert await ended(process) == (0, "")


async def test_the_clock_can_be_ahead_from_the_start() -> None:
    async with (
        running("--clock-offset", str(86_400 * 10)) as (_, address),
        aiohttp.ClientSession(address) as http,
        http.get("/api/time") as answer,
    ):
        ahead = datetime.fromisoformat(await answer.text()) - Clock().now()
    assert timedelta(days=9) < ahead <= timedelta(days=10)


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        ({"LOCAL_CORS": "https://a.example, https://b.example/"}, "https://b.example"),
        ({}, "http://localhost:5173"),
    ],
    ids=["from the environment", "from the settings file"],
)
async def test_the_origins_that_may_call_are_a_setting(
    settings: dict[str, str], origin: str
) -> None:
    async with (
        running(**settings) as (_, address),
        aiohttp.ClientSession(address) as http,
        http.get("/api/threaded", headers={"Origin": origin}) as answer,
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == origin


async def test_a_function_in_error_is_named_in_the_log_and_the_rest_is_served() -> None:
    command = ("local.host", "--app", SAMPLE, "--port", str(free_port()))
    async with started(*command, HOURLY="") as process:
        assert "'hourly' function is in error" in await line_with(process.stderr, "set HOURLY")
        address = (await line_with(process.stderr, "functions found")).split()[-1]
        async with (
            aiohttp.ClientSession(address) as http,
            http.get("/admin/host/status") as status,
            http.get("/api/threaded") as answer,
        ):
            (error,) = (await status.json())["errors"]
            assert "set HOURLY" in error
            assert answer.status == 200


async def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = ("local.host", "--app", SAMPLE, "--port", str(port))
        async with started(*command, HOURLY="0 0 6 * * *") as process:
            code, stderr = await ended(process)
    assert code == 1
    assert stderr.splitlines() == [f"Port {port} can't be used: Address already in use"]


async def test_an_app_that_cannot_be_imported_is_told_as_by_the_real_host() -> None:
    async with started("local.host", "--app", "no_such_app") as process:
        code, stderr = await ended(process)
    assert code == 1
    assert stderr.splitlines()[-2:] == [
        "0 functions found.",
        "no_such_app can't be imported: ModuleNotFoundError: No module named 'no_such_app'",
    ]
