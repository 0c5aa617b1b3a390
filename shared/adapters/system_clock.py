"""The system's clock and its random ids: the one place that asks for either."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4  # noqa: TID251 - the one place that makes ids


class SystemClock:
    """The wall clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class RandomIds:
    """Random GUIDs (version 4)."""

    def new(self) -> str:
        return str(uuid4())
