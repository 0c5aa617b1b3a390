"""The identity simulator as a process of its own, with the sample world."""

import asyncio
import sys
from asyncio.subprocess import PIPE

from aiohttp import ClientSession


async def test_it_runs_with_sample_users_until_it_is_ended() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "local.simulators.identity", "--port", "0", stdout=PIPE
    )
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().split()[-1]
        async with ClientSession() as session, session.get(address + "/dev/users") as answer:
            listed = await answer.json()
    finally:
        process.terminate()
        status = await process.wait()

    assert listed["users"][0]["userPrincipalName"] == "jane.doe@example.org"
    assert status == 0
