"""The report, on paper and on the terminal."""

import csv
from pathlib import Path

import pytest

from infra.adopt.planning import AddOwner, MakeGroup, Step
from infra.adopt.report import Line, Outcome, Report
from infra.adopt.tenant import Group, Registration
from tests.support.builders import application

STEP = Step(action=MakeGroup(group=Group(name="Some group", found=None)), lines=(2, 3), is_so=False)


def test_each_line_is_on_paper_at_once(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    with Report(path) as report:
        report.write(Line(step=STEP, outcome=Outcome.FAILED, why="403"))
        written = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert written == [
        ["outcome", "step", "what", "lines", "why"],
        ["failed", "MakeGroup", "make group Some group", "2 3", "403"],
    ]


def test_it_counts_what_came_to_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Report(tmp_path / "report.csv") as report:
        for outcome in (Outcome.DONE, Outcome.DONE, Outcome.TO_DO):
            report.write(Line(step=STEP, outcome=outcome))
    assert report.summary() == "2 done, 0 already so, 1 to do, 0 failed"
    assert report.written == 3
    assert capsys.readouterr().out.splitlines()[2] == "to do       make group Some group"


def test_a_name_can_neither_break_its_line_nor_be_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    hostile = application(name="=1+1\r\ndone  everything\x1b[2J")
    registration = Registration(application=hostile, unique_name=None)
    step = Step(action=AddOwner(registration=registration), lines=(2,), is_so=False)
    with Report(path) as report:
        report.write(Line(step=step, outcome=Outcome.TO_DO, why="=HYPERLINK()"))
    _, (_, _, what, _, why) = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert "\x1b" not in what
    assert why == "'=HYPERLINK()"
