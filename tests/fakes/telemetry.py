"""Telemetry that remembers what it was told."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum

from shared.domain.messages import State
from shared.ports.mail import Posting

Words = tuple[str | int, ...]


class FakeTraced:
    """One invocation; `code` is what became of it."""

    def __init__(self, function: str, trace_parent: str | None) -> None:
        self.function = function
        self.trace_parent = trace_parent
        self.status: int | None = None
        self.code: str | None = None
        self.has_failed = False
        self.is_over = False

    def came_to(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        self.has_failed = status >= 500

    def failed(self, code: str) -> None:
        self.code, self.has_failed = code, True


class FakeTelemetry:
    """Counts by metric and words; `levels` holds what was noted last."""

    def __init__(self) -> None:
        self.counts: Counter[Words] = Counter()
        self.levels: dict[str, float] = {}
        self.traced: list[FakeTraced] = []
        self.handed_over = 0
        """So many invocations were over when what was noted was last handed over."""

    def mail(self, subject: StrEnum, state: State) -> None:
        self.counts["mails", subject.value, state.value] += 1

    def posted(self, posting: Posting) -> None:
        self.counts["posts", posting.name.lower()] += 1

    def evaluated(self, *, due: int, managed: int) -> None:
        self.levels |= {"reminders.due": due, "applications.managed": managed}

    def backlog(self, *, unsent: int, oldest: timedelta) -> None:
        seconds = oldest.total_seconds()
        self.levels |= {"mails.unsent": unsent, "mails.oldest_unsent": seconds}

    def days_behind(self, days: int) -> None:
        self.levels["run.days_behind"] = days

    def fired(self, result: StrEnum, took: timedelta) -> None:
        self.counts["firings", result.value] += 1
        self.levels["firings"] = took.total_seconds()

    def directory_asked(self, method: str, status: int | None) -> None:
        self.counts["directory.requests", method, status or "none"] += 1

    def keys_fetched(self, *, is_good: bool, age: timedelta | None) -> None:
        self.counts["keys.fetches", "good" if is_good else "failed"] += 1
        if age is not None:
            self.levels["keys.age"] = age.total_seconds()

    def answered(self, function: str, status: int, code: str) -> None:
        self.counts["answers", function, status, code] += 1

    @contextmanager
    def invocation(self, function: str, trace_parent: str | None) -> Iterator[FakeTraced]:
        traced = FakeTraced(function, trace_parent)
        self.traced.append(traced)
        try:
            yield traced
        finally:
            traced.is_over = True

    def hand_over(self) -> None:
        self.handed_over = sum(traced.is_over for traced in self.traced)

    async def close(self) -> None:
        self.hand_over()
