"""What operators are told is what the code says: alarms, records and metrics by their names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider

from shared.adapters.otel_telemetry import OpenTelemetry

ROOT = Path(__file__).parents[2]
DOCS = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("telemetry", "reminders")}
ALARM = "alarm: "


def events() -> Iterator[str]:
    """Yield the name of every record that the product makes."""
    for folder in ("shared", "functions"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "line":
                    yield from (
                        each.value
                        for each in node.args
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    )


def explained(page: str) -> set[str]:
    """Return what the first column of a page's tables names."""
    rows = [line for line in DOCS[page].splitlines() if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_every_alarm_is_explained() -> None:
    alarms = {event.removeprefix(ALARM) for event in events() if event.startswith(ALARM)}
    assert len(alarms) > 10
    assert alarms - explained("reminders") - explained("telemetry") == set()


def test_no_rule_looks_for_a_record_that_nobody_makes() -> None:
    looked_for = set(re.findall(r"""startswith '\{"event": "([^"']+)"?'""", DOCS["telemetry"]))
    made = {*events(), "run failed", "delivery report failed"}  # named where they are begun
    assert looked_for - made == {ALARM}
    for name in ("run failed", "delivery report failed"):
        assert any(name in path.read_text() for path in (ROOT / "functions").glob("*.py"))


def test_every_metric_is_explained_and_no_other() -> None:
    reader, names = InMemoryMetricReader(), set[str]()
    meters = MeterProvider(metric_readers=[reader])
    made = OpenTelemetry(TracerProvider(), meters)
    for instrument in vars(made).values():
        name = getattr(instrument, "name", "")
        if name.startswith("portal."):
            names.add(name.removeprefix("portal."))
    section = DOCS["telemetry"].partition("## Metrics")[2].partition("## Records")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == names
