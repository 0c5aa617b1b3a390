"""What ships: all that function_app imports or reads, and nothing else."""

import ast
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.packaging import PAGE_PARTS, PackagingError, Shipping, build
from tests.infra.bicep import ROOT

OURS = ("functions", "shared")
SHIPS = {"function_app.py", "host.json", "requirements.txt", "functions", "shared", "portal"}
NEVER = {"tests", "local", "docs", "infra", "bench", ".venv", "node_modules", "dist", ".git"}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def copy_of_the_sources(folder: Path) -> Path:
    """Copy what the package is built from, with a page that is built."""
    for name in (*OURS, "portal"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    for name in ("function_app.py", "host.json", "requirements.txt", ".funcignore"):
        shutil.copy(ROOT / name, folder)
    for part in PAGE_PARTS:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).touch()
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return copy_of_the_sources(tmp_path / "sources")


def contents(sources: Path) -> set[str]:
    target = sources.parent / "package.zip"
    build(sources, target)
    with zipfile.ZipFile(target) as archive:
        return set(archive.namelist())


def not_found(package: set[str], root: Path) -> set[str]:
    """Follow every import of ours from function_app on; return what the package lacks."""
    wanted, seen = ["function_app"], set[str]()
    lacking = set()
    while wanted:
        module = wanted.pop()
        if module in seen:
            continue
        seen.add(module)
        path = module.replace(".", "/")
        found = next(
            (each for each in (f"{path}.py", f"{path}/__init__.py") if each in package), None
        )
        if found is None:
            lacking.add(module)
        else:
            wanted += imports(root / found)
    return lacking


def imports(path: Path) -> Iterator[str]:
    """Yield our own modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in OURS)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            module = node.module or ""
            yield module
            for alias in node.names:
                inner = ROOT / module.replace(".", "/") / alias.name
                if inner.with_suffix(".py").exists() or inner.is_dir():
                    yield f"{module}.{alias.name}"


def test_the_package_holds_what_function_app_imports(sources: Path) -> None:
    assert not_found(contents(sources), sources) == set()


def test_the_package_holds_every_file_beside_the_code(sources: Path) -> None:
    beside = {
        str(path.relative_to(sources))
        for folder in OURS
        for path in (sources / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert beside <= contents(sources)
    assert {"functions/openapi.json", "shared/adapters/mail_templates/base.html"} <= beside


def test_nothing_ships_but_what_runs(sources: Path) -> None:
    for name in NEVER:
        (sources / name).mkdir()
        (sources / name / "a.py").touch()
    (sources / "local.settings.json").touch()
    (sources / "functions" / "__pycache__").mkdir(exist_ok=True)
    (sources / "functions" / "__pycache__" / "a.cpython-311.pyc").touch()
    package = contents(sources)
    assert {name.split("/")[0] for name in package} == SHIPS
    assert not [name for name in package if "test" in name or "__pycache__" in name]


def test_of_the_page_only_what_a_browser_loads_ships(sources: Path) -> None:
    for name in ("app.js", "style/all.css", "text/en.js", "tsconfig.json", "dist/.built"):
        (sources / "portal" / name).parent.mkdir(exist_ok=True)
        (sources / "portal" / name).touch()
    (sources / "portal" / "dist" / "library.LICENSE").touch()
    page = {name for name in contents(sources) if name.startswith("portal/")}
    assert page >= {*PAGE_PARTS, "portal/dist/library.LICENSE"}
    assert {name for name in page if name.split("/")[1] not in {"dist", "index.html"}} == set()
    assert "portal/dist/.built" not in page


def test_no_module_that_ships_imports_what_does_not() -> None:
    strangers = {"tests", "local", "bench", "infra"}
    for path in [ROOT / "function_app.py", *(p for f in OURS for p in (ROOT / f).rglob("*.py"))]:
        for node in ast.walk(ast.parse(text(path))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not strangers & {name.split(".")[0] for name in names}, path


@pytest.mark.parametrize("planted", ["!/shared/", "!/functions/"])
def test_a_list_that_leaves_code_out_is_noticed(sources: Path, planted: str) -> None:
    ignore = sources / ".funcignore"
    ignore.write_text(text(ignore).replace(f"{planted}\n", ""))
    assert not_found(contents(sources), sources) != set()


def test_a_list_that_lets_tests_in_is_noticed(sources: Path) -> None:
    ignore = sources / ".funcignore"
    ignore.write_text(text(ignore) + "!/tests/\n")
    (sources / "tests").mkdir()
    (sources / "tests" / "test_a.py").touch()
    assert {name.split("/")[0] for name in contents(sources)} != SHIPS


def test_the_same_sources_make_the_same_bytes(sources: Path) -> None:
    first, second = sources.parent / "first.zip", sources.parent / "second.zip"
    size = build(sources, first)
    (sources / "function_app.py").touch()
    assert build(sources, second) == size
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("name", "planted", "reason"),
    [
        ("requirements.txt", "orjson==3.13.0\n", "no hash of: orjson==3.13.0"),
        (".funcignore", "tests/\n", "leaving everything out"),
        (".funcignore", "/*\n!/shared/**/x\n", "not understood"),
        (".funcignore", "/*\n!/portal/dist/\n", "not understood"),
        (".funcignore", "/*\n/portal/*\n", "not understood"),
    ],
)
def test_a_package_that_would_not_be_safe_is_not_built(
    sources: Path, name: str, planted: str, reason: str
) -> None:
    (sources / name).write_text(planted)
    with pytest.raises(PackagingError, match=reason):
        build(sources, sources.parent / "package.zip")


@pytest.mark.parametrize("name", ["host.json", "function_app.py", *PAGE_PARTS])
def test_a_package_that_would_not_run_is_not_built(sources: Path, name: str) -> None:
    (sources / name).unlink()
    with pytest.raises(PackagingError, match=name):
        build(sources, sources.parent / "package.zip")


def test_a_link_is_refused_since_what_it_leads_to_would_not_ship(sources: Path) -> None:
    (sources / "functions" / "away.py").symlink_to(ROOT / "function_app.py")
    with pytest.raises(PackagingError, match="away"):
        contents(sources)


def test_the_list_is_read_as_azd_reads_it() -> None:
    shipping = Shipping.of(text(ROOT / ".funcignore"))
    assert {name.split("/")[0] for name in shipping.names} == SHIPS
    assert {"__pycache__", "*.pyc"} <= set(shipping.never)
