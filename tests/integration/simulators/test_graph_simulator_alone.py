"""The Graph simulator as a process of its own, with the sample world."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process

from aiohttp import ClientSession

GRAPH = "local.simulators.graph"


async def started(port: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", GRAPH, "--port", str(port), stdout=PIPE, stderr=PIPE
    )


async def test_it_serves_the_sample_world_until_it_is_ended() -> None:
    process = await started(port=0)
    try:
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().split()[-1]
        async with (
            ClientSession() as session,
            session.get(
                f"{address}/v1.0/applications", params={"$select": "displayName"}
            ) as listed,
        ):
            names = [each["displayName"] for each in (await listed.json())["value"]]
        second = await started(port=int(address.rpartition(":")[2]))
        _, complaint = await second.communicate()
    finally:
        process.terminate()
        status = await process.wait()

    assert any(name.startswith("Partner-NL-") for name in names)
    assert complaint.decode().strip().endswith("can't be used: Address already in use")
    assert (status, second.returncode) == (0, 1)
