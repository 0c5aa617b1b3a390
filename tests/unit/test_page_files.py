"""The page's files, as they are sent."""

import gzip
from pathlib import Path

import pytest

from functions.page_files import BUILT, FOLDER, Site, read, site

BUDGET = 30 * 1024
DOCUMENT = '<link href="/assets/@version@/a.css">\n<script src="/assets/@version@/b.js">'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / BUILT
    built.mkdir()
    (tmp_path / "index.html").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "c.js").write_text("c();", encoding="utf-8")
    (built / "a.css").write_text("a { color: red }", encoding="utf-8")
    (built / "b.js").write_text("b();", encoding="utf-8")
    (built / "b.js.LICENSE").write_text("Do what you like.", encoding="utf-8")
    return tmp_path


def test_a_document_names_its_files_by_their_version(folder: Path) -> None:
    found = read(folder)
    assert f"/assets/{found.version}/a.css".encode() in found.document.plain
    assert b"@version@" not in found.document.plain


def test_nothing_but_built_scripts_and_styles_is_an_asset(folder: Path) -> None:
    assert read(folder).assets.keys() == {"a.css", "b.js"}


@pytest.mark.parametrize("name", ["a.css", "b.js"])
def test_any_change_makes_another_version(folder: Path, name: str) -> None:
    before = read(folder).version
    with (folder / BUILT / name).open("a", encoding="utf-8") as file:
        file.write(" ")
    assert read(folder).version != before


def test_a_file_that_is_not_there_is_named_with_what_brings_it(folder: Path) -> None:
    (folder / BUILT / "b.js").unlink()
    with pytest.raises(LookupError, match=r"b\.js\. make setup brings it"):
        read(folder)


def test_compressed_is_the_same(folder: Path) -> None:
    found = read(folder)
    for file in [found.document, *found.assets.values()]:
        assert gzip.decompress(file.compressed) == file.plain


def test_what_is_built_is_newer_than_what_it_is_built_of() -> None:
    sources = [
        path
        for path in FOLDER.rglob("*")
        if path.suffix in {".css", ".js"} and path.parent.name != BUILT
    ]
    newest = max(sources, key=lambda path: path.stat().st_mtime)
    built = (FOLDER / BUILT / ".built").stat().st_mtime
    assert built >= newest.stat().st_mtime, f"{newest.name} has changed: make setup builds it"


def weight(page: Site) -> int:
    return sum(len(each.compressed) for each in [page.document, *page.assets.values()])


def test_the_whole_page_weighs_at_most_30_kilobytes_sign_in_included() -> None:
    assert site().assets.keys() == {"app.js", "style.css"}
    assert weight(site()) <= BUDGET
