"""Telemetry that goes nowhere: on a laptop, in tests, and wherever no setting says where to."""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from enum import StrEnum
from typing import Final

from shared.domain.messages import State
from shared.ports.mail import Posting
from shared.ports.telemetry import Traced


class QuietTelemetry:
    """The Telemetry that notes nothing."""

    def mail(self, subject: StrEnum, state: State) -> None: ...

    def posted(self, posting: Posting) -> None: ...

    def evaluated(self, *, due: int, managed: int) -> None: ...

    def backlog(self, *, unsent: int, oldest: timedelta) -> None: ...

    def days_behind(self, days: int) -> None: ...

    def fired(self, result: StrEnum, took: timedelta) -> None: ...

    def directory_asked(self, method: str, status: int | None) -> None: ...

    def keys_fetched(self, *, is_good: bool, age: timedelta | None) -> None: ...

    def answered(self, function: str, status: int, code: str) -> None: ...

    def came_to(self, status: int, code: str) -> None: ...

    def failed(self, code: str) -> None: ...

    def invocation(
        self,
        function: str,  # noqa: ARG002 - the port's
        trace_parent: str | None,  # noqa: ARG002 - the port's
    ) -> AbstractContextManager[Traced]:
        return nullcontext(self)

    def hand_over(self) -> None: ...

    async def close(self) -> None: ...


QUIET: Final = QuietTelemetry()
