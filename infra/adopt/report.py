"""The report: one line for each step, on the terminal and in a CSV file."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.adopt.planning import (
    Action,
    AddMember,
    AddOwner,
    AddTags,
    AssignRole,
    MakeGroup,
    SetUniqueName,
    Step,
)
from infra.adopt.tenant import Registration
from shared.domain.plain_text import plain

HEADS = ("outcome", "step", "what", "lines", "why")
_FORMULA = ("=", "+", "-", "@")


class Outcome(StrEnum):
    """What became of a step."""

    DONE = "done"
    ALREADY = "already so"
    TO_DO = "to do"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A step, what became of it, and why."""

    step: Step
    outcome: Outcome
    why: str = ""


class Report:
    """Writes each line as soon as it is known, so that a run that was killed has one too."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(HEADS)
        self._counts: Counter[Outcome] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def written(self) -> int:
        """Count the lines so far."""
        return self._counts.total()

    def write(self, line: Line) -> None:
        """Write a line to both."""
        self._counts[line.outcome] += 1
        what, why = described(line.step.action), line.why or line.step.note
        lines = " ".join(map(str, line.step.lines))
        cells = (line.outcome.value, type(line.step.action).__name__, what, lines, why)
        self._csv.writerow(map(_harmless, cells))
        self._file.flush()
        say(f"{line.outcome.value:<10}  {what}" + (f"  ({why})" if why else ""))

    def count(self, outcome: Outcome) -> int:
        """Count the lines of an outcome."""
        return self._counts[outcome]

    def summary(self) -> str:
        """Return how many steps came to what."""
        return ", ".join(f"{self._counts[outcome]} {outcome.value}" for outcome in Outcome)


def described(action: Action) -> str:
    """Return what a step does, in one line without control characters."""
    match action:
        case MakeGroup(group=group):
            return f"make group {_shown(group.name)}"
        case AssignRole(group=group):
            return f"assign the role to group {_shown(group.name)}"
        case AddMember(group=group, called=called):
            return f"add {_shown(called)} to group {_shown(group.name)}"
        case AddOwner(registration=registration):
            return f"make the identity an owner of {_application(registration)}"
        case SetUniqueName(registration=registration, name=name):
            return f"set uniqueName of {_application(registration)} to {_shown(name)}"
        case AddTags(registration=registration, groups=groups):
            names = ", ".join(_shown(group.name) for group in groups)
            return f"tag {_application(registration)} with group {names}"


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(texts: Iterable[str]) -> None:
    """Print lines to standard error."""
    sys.stderr.writelines(f"{text}\n" for text in texts)


def _application(registration: Registration) -> str:
    application = registration.application
    return f"{_shown(application.display_name)} {application.client_id}"


def _shown(name: str) -> str:
    return plain(name) or "(nameless)"


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
