"""The page's files: read and compressed once, their addresses bound to their content."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "portal"
LIBRARIES = "lib"
"""The folder of what is others': made by `make setup`, sent as it is."""

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}

_VERSION = "@version@"
_REMARKS = re.compile(rb"/\*.*?\*/\s*|^\s*// [^\n]*\n|^\s+", re.DOTALL | re.MULTILINE)
_REFERENCE = re.compile(rf'"[^"]*/{_VERSION}/(?P<name>[^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """A file as it is sent; its text is UTF-8."""

    media_type: str
    plain: bytes
    compressed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The document, and what it loads, by path below the version's folder.

    The version changes with any byte of any asset, so that a browser may keep them for good.
    """

    version: str
    document: PageFile
    assets: Mapping[str, PageFile]


@cache
def site() -> Site:
    """Return the page; nothing is read before it is first asked for."""
    return read(FOLDER)


def read(folder: Path) -> Site:
    """Return the page in a folder; raise LookupError if its document names a file not there."""
    assets = {
        path.relative_to(folder).as_posix(): _file(MEDIA_TYPES[path.suffix], _content(path))
        for path in sorted(folder.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }
    version = _version(assets)
    text = _content(folder / "index.html").decode()
    absent = {found["name"] for found in _REFERENCE.finditer(text)} - assets.keys()
    if absent:
        raise LookupError(
            f"not in {folder.name}: {', '.join(sorted(absent))}; make setup brings it"
        )
    document = _file("text/html", text.replace(_VERSION, version).encode())
    return Site(version=version, document=document, assets=assets)


def _content(path: Path) -> bytes:
    """Return a file without comments and indentation, a third of our own files' weight.

    They hold no text over several lines, and begin no comment in a string.
    """
    content = path.read_bytes()
    return content if path.parent.name == LIBRARIES else _REMARKS.sub(b"", content)


def _file(media_type: str, content: bytes) -> PageFile:
    compressed = gzip.compress(content, compresslevel=9, mtime=0)
    return PageFile(media_type=media_type, plain=content, compressed=compressed)


def _version(assets: Mapping[str, PageFile]) -> str:
    digest = sha256()
    for name, file in assets.items():
        digest.update(f"{name}\0{len(file.plain)}\0".encode() + file.plain)
    return digest.hexdigest()[:16]
