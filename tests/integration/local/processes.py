"""Programs of ours as child processes."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

from local.settings import ROOT, environment

SECONDS = 60


@contextlib.asynccontextmanager
async def started(*arguments: str, **settings: str) -> AsyncIterator[Process]:
    """Run `python -m …` at the top of the project; kill what is left of it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        cwd=ROOT,
        env={**environment(), **settings},
        start_new_session=True,  # so that a test can press Ctrl-C on it and its children alone
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_with(stream: asyncio.StreamReader | None, text: str) -> str:
    """Read to the first line that holds the text; AssertionError if it never comes."""
    assert stream is not None
    read = []
    async with asyncio.timeout(SECONDS):
        async for raw in stream:
            read.append(raw.decode())
            if text in read[-1]:
                return read[-1]
    raise AssertionError(f"no {text!r} in {read}")


async def ended(process: Process) -> tuple[int, str]:
    """Wait for the end; return the exit code and what stderr still held."""
    async with asyncio.timeout(SECONDS):
        _, stderr = await process.communicate()
    assert process.returncode is not None
    return process.returncode, stderr.decode()
