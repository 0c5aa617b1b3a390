"""What is counted and traced, for those who operate the portal.

No method raises or waits, and nothing that is told may name a person, a secret or a tenant's
object: words are enums' members or ours, numbers are counts, seconds and days.
"""

from contextlib import AbstractContextManager
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from shared.domain.messages import State
from shared.ports.mail import Posting


class RunMeters(Protocol):
    """Counts what the reminders come to."""

    def mail(self, subject: StrEnum, state: State) -> None:
        """Count a mail that has come to a state from which it is never sent again."""

    def posted(self, posting: Posting) -> None:
        """Count one attempt to post a mail."""

    def evaluated(self, *, due: int, managed: int) -> None:
        """Note what the directory showed: how many reminders are due, and what is managed."""

    def backlog(self, *, unsent: int, oldest: timedelta) -> None:
        """Note how many mails a firing left unsent, and since when the first of them waits."""

    def days_behind(self, days: int) -> None:
        """Note how many days ago the last complete day was; 0: today is complete."""

    def fired(self, result: StrEnum, took: timedelta) -> None:
        """Count a firing."""


class DirectoryMeters(Protocol):
    """Counts what is asked of the directory."""

    def directory_asked(self, method: str, status: int | None) -> None:
        """Count one request by its HTTP method; None: there was no answer."""


class KeyMeters(Protocol):
    """Counts attempts to fetch the tenant's signing keys."""

    def keys_fetched(self, *, is_good: bool, age: timedelta | None) -> None:
        """Count an attempt; `age` of the set that is served now, None where there is none."""


class AnswerMeters(Protocol):
    """Counts answers to requests."""

    def answered(self, function: str, status: int, code: str) -> None:
        """Count an answer; `code` is the problem's, or `ok`."""


class Traced(Protocol):
    """What is traced now."""

    def came_to(self, status: int, code: str) -> None:
        """Note the answer's status and its code, or `ok`; from 500 on it has failed."""

    def failed(self, code: str) -> None:
        """Note for which reason it failed."""


class Tracing(Protocol):
    """Traces invocations."""

    def invocation(self, function: str, trace_parent: str | None) -> AbstractContextManager[Traced]:
        """Trace the block, and what is asked of other services in it.

        `trace_parent`: the W3C header of the trace that it belongs to, if any.
        """

    def hand_over(self) -> None:
        """Begin to send what was noted so far: this process may soon be stopped."""


class Telemetry(RunMeters, DirectoryMeters, KeyMeters, AnswerMeters, Tracing, Protocol):
    """All of it."""

    async def close(self) -> None:
        """Send what is left; nothing is noted from then on."""
