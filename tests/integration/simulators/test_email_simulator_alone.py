"""The email simulator as a process of its own."""

import asyncio
import sys
from asyncio.subprocess import PIPE

from aiohttp import ClientSession

REPORTS_TO = "http://127.0.0.1:1/events?functionName=reports"


async def test_it_runs_with_an_empty_inbox_until_it_is_ended() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.simulators.email", "--port", "0"),
        *("--reports-to", REPORTS_TO),
        stdout=PIPE,
    )
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().split()[-1]
        async with ClientSession(address) as session:
            async with session.get("/dev/accepted") as answer:
                accepted = await answer.json()
            async with session.get("/dev/reports") as answer:
                reports = await answer.json()
    finally:
        process.terminate()
        status = await process.wait()

    assert accepted == {"accepted": []}
    assert reports == {"url": REPORTS_TO, "reports": []}
    assert status == 0
