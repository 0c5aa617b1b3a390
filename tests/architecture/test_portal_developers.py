"""What the portal's developers are told is what the code says: calls, codes, keys and members."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from functions import problems
from functions.bodies import MAX_BYTES
from shared.domain.secrets import EXPIRING_DAYS, MAX_NAME_LENGTH

ROOT = Path(__file__).parents[2]
DOCUMENT: Final = (ROOT / "docs" / "portal-developers.md").read_text(encoding="utf-8")
CONTRACT: Final[dict[str, Any]] = json.loads((ROOT / "functions" / "openapi.json").read_bytes())
WORD = re.compile(r"`(\w+)`")


def rows_below(heading: str) -> list[list[str]]:
    """Return the cells of the table of a section."""
    section = DOCUMENT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_code_is_told_with_its_status_and_no_other() -> None:
    told = {code: int(row[0]) for row in rows_below("Errors") for code in WORD.findall(row[1])}
    shown = {each.code: int(each_is.status) for each, each_is in problems.PRESENTATIONS.items()}
    assert told == {**shown, problems.INTERNAL: 500}


def test_a_new_key_is_taken_where_the_page_takes_one() -> None:
    """The portal's own page follows the same rule; its tests hold it against the API."""
    script = (ROOT / "portal" / "outcomes.js").read_text(encoding="utf-8")
    listed = script.partition("DEFINITE = new Set([")[2].partition("]")[0]
    definite = set(re.findall(r"'(\w+)'", listed))
    assert len(definite) > 10
    keys = {code: row[2] for row in rows_below("Errors") for code in WORD.findall(row[1])}
    assert {code for code, key in keys.items() if key == "new"} == definite
    assert [code for code, key in keys.items() if key not in {"new", "same"}] == [
        "last_valid_secret"
    ]


def test_every_call_of_the_contract_is_told_and_no_other() -> None:
    told = re.findall(r"`(GET|POST|DELETE) ([^`?]+)[^`]*`", DOCUMENT)
    declared = [
        (method.upper(), path) for path, item in CONTRACT["paths"].items() for method in item
    ]
    assert sorted(told) == sorted(declared)


def test_every_member_that_is_named_is_in_the_contract() -> None:
    """A member is recognised by its capital within: `expiresOn`."""
    prose = re.sub(r"```.*?```", "", DOCUMENT, flags=re.DOTALL)
    words = re.findall(r"`\??(\w+)(?:=\w+)?`", prose)
    named = {word for word in words if re.fullmatch(r"[a-z]+[A-Z]\w*", word)}
    assert {"secretText", "retryAfterSeconds", "confirmLast"} <= named
    members = set(re.findall(r'"(\w+)"', json.dumps(CONTRACT)))
    assert named - members == set()


@pytest.mark.parametrize(
    "told",
    [
        f"1 to {MAX_NAME_LENGTH} characters",
        f"at most {MAX_BYTES} bytes",
        f"fewer than {EXPIRING_DAYS} days",
    ],
)
def test_its_numbers_are_those_of_the_rules(told: str) -> None:
    assert told in " ".join(DOCUMENT.split())


def test_every_setting_that_it_names_is_one() -> None:
    known = "".join(
        (ROOT / "docs" / f"{name}.md").read_text() for name in ("settings", "operations")
    )
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", DOCUMENT))
    assert "ALLOWED_CLIENT_IDS" in named
    assert {name for name in named if f"`{name}`" not in known} == set()
