"""Long computing on the event loop, in parts: whoever waited meanwhile comes in between."""

import asyncio
from typing import Final

_ROUNDS: Final = 3
"""Rounds of the loop: in the first it learns what came due, in the second that wakes its task, and
the task runs before whoever steps back for a third."""


async def step_back() -> None:
    """Let tasks run first whose answer or time has come meanwhile, not only those ready before."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)
