"""The alarms ask for words that the product really writes, and operations knows each of them."""

import re
from collections.abc import Mapping

import pytest

from tests.infra import bicep

ALARMS = (bicep.INFRA / "modules/alarms.bicep").read_text(encoding="utf-8")
OPERATIONS = (bicep.ROOT / "docs/operations.md").read_text(encoding="utf-8")
REMINDERS = (bicep.ROOT / "docs/reminders.md").read_text(encoding="utf-8")
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("shared", "functions")
    for path in sorted((bicep.ROOT / folder).rglob("*.py"))
)
QUERY = re.compile(r"name: '([^']+)'[^{}]*?query: '''\n(.*?)'''", re.DOTALL)
DURATIONS = {"PT15M": 15, "PT1H": 60, "PT6H": 360, "P1D": 1440, "P2D": 2880}
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
    plain = re.findall(r"startswith '([a-z][^'{]+)'", query)
    words = [
        word
        for group in re.findall(r"in \(([^)]+)\)", query)
        for word in re.findall(r"'(\w+)'", group)
    ]
    states = re.findall(r"== '(\w+)'", query)
    return [
        *(
            event
            for event in events
            if f'line("{event}' not in sources and f'("{event}"' not in sources
        ),
        *(text for text in plain if f'"{text}' not in sources),
        *(word for word in words if f"{word} = auto()" not in sources),
        *(state for state in states if f'= "{state}"' not in sources),
    ]


def test_every_rule_has_a_query() -> None:
    assert [str(rule["name"]) for rule in rules()] == [*queries()]


@pytest.mark.parametrize("name", queries())
def test_a_rule_asks_for_what_the_product_writes(name: str) -> None:
    assert missing(queries()[name], SOURCES) == []


def test_a_rule_that_asks_for_what_nobody_writes_is_noticed() -> None:
    asked = {name: query for name, query in queries().items() if "startswith" in query}
    unheard = {name for name, query in asked.items() if missing(query, "")}
    assert unheard == {*asked}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["name"]))
def test_a_rule_looks_as_far_back_as_it_says_and_is_allowed_to(
    rule: Mapping[str, bicep.Value],
) -> None:
    frequency, back = DURATIONS[str(rule["frequency"])], DURATIONS[str(rule["range"])]
    assert frequency <= back
    hours = re.search(r"ago\((\d+)h\)", queries()[str(rule["name"])])
    assert hours is None or int(hours[1]) * 60 <= back
    dimension = str(rule["dimension"])
    assert not dimension or f"by {dimension} = " in queries()[str(rule["name"])]


@pytest.mark.parametrize("name", queries())
def test_operations_knows_what_to_do(name: str) -> None:
    assert f"| {name} |" in OPERATIONS


def test_reminders_names_every_alarm_that_is_logged() -> None:
    logged = set(re.findall(r'"alarm: ([^":]+)', SOURCES))
    assert len(logged) > 10
    assert {alarm for alarm in logged if f"`{alarm}`" not in REMINDERS + OPERATIONS} == set()


def test_what_is_logged_is_not_thinned_out_before_the_alarms_see_it() -> None:
    host = (bicep.ROOT / "host.json").read_text(encoding="utf-8")
    assert '"telemetryMode": "OpenTelemetry"' in host or '"isEnabled": false' in host
