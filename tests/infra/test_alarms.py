"""The alarms ask for words that the product really writes, and operations knows each of them."""

import re
from collections.abc import Mapping

import pytest

from tests.infra import bicep

ALARMS = (bicep.INFRA / "modules/alarms.bicep").read_text(encoding="utf-8")
OPERATIONS = (bicep.ROOT / "docs/operations.md").read_text(encoding="utf-8")
REMINDERS = (bicep.ROOT / "docs/reminders.md").read_text(encoding="utf-8")
TELEMETRY = (bicep.ROOT / "docs/telemetry.md").read_text(encoding="utf-8")
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("shared", "functions")
    for path in sorted((bicep.ROOT / folder).rglob("*.py"))
)
QUERY = re.compile(r"name: '([^']+)'[^{}]*?query: '''\n(.*?)'''", re.DOTALL)
DURATIONS = {
    "PT5M": 5,
    "PT15M": 15,
    "PT30M": 30,
    "PT1H": 60,
    "PT2H": 120,
    "PT6H": 360,
    "P1D": 1440,
    "P2D": 2880,
}
"""Minutes; two days is as far back as a rule may look."""


def rules() -> list[Mapping[str, bicep.Value]]:
    found = bicep.variables(ALARMS)["rules"]
    assert isinstance(found, list)
    return [rule for rule in found if isinstance(rule, Mapping)]


def queries() -> dict[str, str]:
    return dict(QUERY.findall(ALARMS))


def missing(query: str, sources: str) -> list[str]:
    """Return what a query looks for in the log that nothing writes there."""
    events = re.findall(r"""startswith '\{"event": "([^"']+)"?'""", query)
    words = re.findall(r"== '(\w+)'", query)
    words += [
        word
        for group in re.findall(r"in \(([^)]+)\)", query)
        for word in re.findall(r"'(\w+)'", group)
    ]
    metrics = re.findall(r"Name == '([\w.]+)'", query)
    return [
        *(event for event in events if f'"{event}' not in sources),
        *(word for word in words if not re.search(rf"\b{word.upper()} = ", sources)),
        *(metric for metric in metrics if f'"{metric}"' not in sources),
    ]


def test_every_rule_has_a_query() -> None:
    assert [str(rule["name"]) for rule in rules()] == [*queries()]


@pytest.mark.parametrize("name", queries())
def test_a_rule_asks_for_what_the_product_writes(name: str) -> None:
    assert missing(queries()[name], SOURCES) == []


def test_a_rule_that_asks_for_what_nobody_writes_is_noticed() -> None:
    asked = {name: query for name, query in queries().items() if "AppRequests" not in query}
    unheard = {name for name, query in asked.items() if missing(query, "")}
    assert unheard == {*asked}
    for word in ("bounced", "already_complete", "portal.firings", "evaluated"):
        (query,) = (each for each in asked.values() if word in each)
        assert missing(query.replace(word, f"{word}s"), SOURCES) != []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["name"]))
def test_a_rule_looks_as_far_back_as_it_says_and_is_allowed_to(
    rule: Mapping[str, bicep.Value],
) -> None:
    frequency, back = DURATIONS[str(rule["frequency"])], DURATIONS[str(rule["range"])]
    assert frequency <= back
    # A record that comes late is in the next window too; a day's count takes no harm.
    assert frequency < back or frequency == DURATIONS["P1D"]
    hours = re.search(r"ago\((\d+)h\)", queries()[str(rule["name"])])
    assert hours is None or int(hours[1]) * 60 <= back
    dimension = str(rule["dimension"])
    assert not dimension or f"by {dimension} = " in queries()[str(rule["name"])]


def test_the_rules_are_those_that_telemetry_tells_of() -> None:
    told = re.findall(r"^\*\*\d\. ([^.]+)\.\*\*", TELEMETRY, re.MULTILINE)
    assert [name.lower() for name in told] == [*queries()]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["name"]))
def test_a_rule_is_as_severe_as_telemetry_says(rule: Mapping[str, bicep.Value]) -> None:
    text = TELEMETRY.lower().partition(f". {rule['name']}.**")[2].partition("**")[0]
    severity = re.search(r"severity\s+(\d)", text)
    assert severity is not None
    assert severity[1] == rule["severity"]


@pytest.mark.parametrize("name", queries())
def test_operations_knows_what_to_do(name: str) -> None:
    assert f"| {name} |" in OPERATIONS


def test_every_alarm_that_is_logged_is_named() -> None:
    logged = set(re.findall(r'"alarm: ([^":]+)', SOURCES))
    assert len(logged) > 10
    assert {alarm for alarm in logged if f"`{alarm}`" not in REMINDERS + TELEMETRY} == set()


def test_what_is_logged_is_not_thinned_out_before_the_alarms_see_it() -> None:
    host = (bicep.ROOT / "host.json").read_text(encoding="utf-8")
    assert '"telemetryMode": "OpenTelemetry"' in host or '"isEnabled": false' in host
