"""The command line: nothing is taken that could reach another tenant or host by mistake."""

from pathlib import Path

import pytest

from infra.adopt.options import GRAPH, options
from shared.settings import WMDA_RESOURCES
from tests.support.builders import IDENTITY, PORTAL, SEARCH_AND_MATCH, numbered

TENANT = numbered(0xE1)
NEEDED = ["file.csv", "--portal", PORTAL.client_id, "--identity", IDENTITY]
SIGNED_IN = [*NEEDED, "--tenant", TENANT]
SIMULATOR = "http://127.0.0.1:7072/v1.0"


def test_by_default_nothing_is_changed_and_the_resources_are_wmdas() -> None:
    told = options(SIGNED_IN)
    assert (told.is_applied, told.off_pattern_allowed) == (False, False)
    assert told.portal.resources == WMDA_RESOURCES
    assert (told.graph, told.report) == (GRAPH, Path("file.report.csv"))


@pytest.mark.parametrize(
    "wrong",
    [
        NEEDED,
        [*SIGNED_IN, "--graph", "https://graph.example.org/v1.0"],
        [*SIGNED_IN, "--graph", "http://graph.microsoft.com/v1.0"],
        [*NEEDED, "--tenant", "contoso"],
        ["file.csv", "--tenant", TENANT, "--portal", PORTAL.client_id],
        [*SIGNED_IN, "--resources", "/nowhere.json"],
        [*SIGNED_IN, "--report", "./file.csv"],
    ],
)
def test_what_is_missing_or_malformed_ends_it(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        options(wrong)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_nobody_signs_in_to_a_simulator_on_this_machine() -> None:
    assert options([*NEEDED, "--graph", SIMULATOR]).tenant_id is None


def test_the_resources_are_those_of_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "resources.json"
    path.write_text(f'{{"{SEARCH_AND_MATCH.upper()}": {{"name": "S", "environment": "test"}}}}')
    told = options([*SIGNED_IN, "--resources", str(path)])
    assert [*told.portal.resources] == [SEARCH_AND_MATCH]
