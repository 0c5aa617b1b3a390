"""What reviewers would have to look for in every change, counted instead."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ["function_app.py", "functions", "shared"]
ALL = [*PRODUCT, "local", "infra", "bench", "tests"]
MAX_FILE = 300
MAX_FUNCTION = 40


def sources(*places: str) -> list[Path]:
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def code(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    sources(*PRODUCT, "local", "infra", "bench"),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_file_is_over_300_lines_and_no_function_over_40(path: Path) -> None:
    text = code(path)
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION, node.name


@pytest.mark.parametrize("path", sources("tests"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_of_tests_is_over_300_lines(path: Path) -> None:
    assert len(code(path).splitlines()) <= MAX_FILE


PAGE = [
    path
    for path in sorted((ROOT / "portal").rglob("*"))
    if path.suffix in {".css", ".html", ".js"} and path.parent.name != "dist"
]


@pytest.mark.parametrize("path", PAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_of_the_page_is_over_300_lines(path: Path) -> None:
    assert len(code(path).splitlines()) <= MAX_FILE


def test_the_page_makes_no_html_of_text_and_logs_nothing() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|localStorage"
        r"|console\.|\.style\b|style="
    )
    assert [path.name for path in PAGE if forbidden.search(code(path))] == []


def test_the_sign_in_library_is_known_to_one_script() -> None:
    knowing = [path.name for path in PAGE if "from 'oidc-client-ts'" in code(path)]
    assert knowing == ["auth.js"]


def test_a_secrets_value_is_unwrapped_at_one_place() -> None:
    places = [
        f"{path.relative_to(ROOT)}"
        for path in sources(*PRODUCT)
        for node in ast.walk(ast.parse(code(path)))
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    ]
    assert places == ["functions/secrets.py"]


def test_every_ignore_gives_its_reason_on_the_line() -> None:
    bare = re.compile(r"#\s*(noqa(?!: [A-Z0-9, ]+ - \S)|type: ignore(?!\[[a-z-]+\]  # \S))")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(*ALL)
        if path != Path(__file__)
        for number, line in enumerate(code(path).splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in sources("tests")
        if path != Path(__file__)
        and re.search(r"\b(skip|skipif|xfail|importorskip)\b\(", code(path))
    ]
    assert found == []


def test_the_rules_use_the_standard_library_alone() -> None:
    allowed = re.compile(
        r"(shared\.domain|collections|dataclasses|datetime|enum|hashlib|ipaddress|itertools|re|typing|unicodedata)\b"
    )
    for path in sources("shared/domain"):
        for node in ast.walk(ast.parse(code(path))):
            if isinstance(node, ast.ImportFrom):
                assert allowed.match(node.module or ""), path
            if isinstance(node, ast.Import):
                assert all(allowed.match(alias.name) for alias in node.names), path


def test_triggers_are_at_most_15_lines() -> None:
    for path in sources("functions"):
        for node in ast.walk(ast.parse(code(path))):
            if isinstance(node, ast.AsyncFunctionDef) and node.decorator_list:
                assert (node.end_lineno or 0) - node.lineno < 15, node.name


def imported(path: Path) -> set[str]:
    """Return the modules that a file names in its imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code(path))):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_triggers_know_no_other_azure_library_than_that_of_functions() -> None:
    known = {name for path in sources("functions", "function_app.py") for name in imported(path)}
    assert {name for name in known if name.startswith("azure")} == {"azure.functions"}


def test_the_entry_point_knows_the_triggers_and_the_composition_alone() -> None:
    allowed = {"azure.functions", "functions", "shared.bootstrap", "shared.ports.system"}
    assert imported(ROOT / "function_app.py") == allowed
