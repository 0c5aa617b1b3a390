"""The days' records in memory."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from shared.domain.ids import ClientId
from shared.ports.ledger import CompleteRun, Run
from tests.fakes.faults import Faulty


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A day. `managed` and `at` are those of the last completion, if there was any."""

    is_complete: bool
    managed: frozenset[ClientId] = frozenset()
    at: datetime | None = None
    version: str


class FakeRuns(Faulty):
    """The Runs in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[date, RunRecord] = {}
        self._run_writes = count(1)

    async def run(self, day: date) -> Run:
        async with self.called("run"):
            record = self.runs.get(day)
            if record is None:
                return Run(day=day, is_complete=False)
            return Run(day=day, is_complete=record.is_complete, version=record.version)

    async def complete(self, run: Run, *, managed: frozenset[ClientId], at: datetime) -> bool:
        async with self.called("complete"):
            record = self.runs.get(run.day)
            if record is not None and record.is_complete:
                return True
            if run.version != (record.version if record else ""):
                return False
            self.runs[run.day] = RunRecord(
                is_complete=True, managed=managed, at=at, version=self._run_version()
            )
            return True

    async def reopen(self, day: date, *, at: datetime) -> None:
        async with self.called("reopen"):
            record = self.runs.get(day) or RunRecord(is_complete=False, at=at, version="")
            self.runs[day] = replace(record, is_complete=False, version=self._run_version())

    async def last_complete(self, before: date) -> CompleteRun | None:
        async with self.called("last_complete"):
            first = before - timedelta(days=14)
            days = [d for d, each in self.runs.items() if first <= d < before and each.is_complete]
            if not days:
                return None
            return CompleteRun(day=max(days), managed=self.runs[max(days)].managed)

    def _run_version(self) -> str:
        return f"run {next(self._run_writes)}"
