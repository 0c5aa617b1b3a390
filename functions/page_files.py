"""The page's files: read and compressed once, their addresses bound to their content."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "portal"
BUILT = "dist"
"""Below the folder: what `make setup` makes of the scripts and styles. ADR 0015."""

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}

_VERSION = "@version@"
_REFERENCE = re.compile(rf'"[^"]*/{_VERSION}/(?P<name>[^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """A file as it is sent; its text is UTF-8."""

    media_type: str
    plain: bytes
    compressed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The document, and the assets that it loads, by name.

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
        path.name: _file(MEDIA_TYPES[path.suffix], path.read_bytes())
        for path in sorted((folder / BUILT).glob("*"))
        if path.suffix in MEDIA_TYPES
    }
    version = _version(assets)
    text = (folder / "index.html").read_text(encoding="utf-8")
    absent = {found["name"] for found in _REFERENCE.finditer(text)} - assets.keys()
    if absent:
        names = ", ".join(sorted(absent))
        raise LookupError(f"not in {folder.name}/{BUILT}: {names}. make setup brings it.")
    document = _file("text/html", text.replace(_VERSION, version).encode())
    return Site(version=version, document=document, assets=assets)


def _file(media_type: str, content: bytes) -> PageFile:
    compressed = gzip.compress(content, compresslevel=9, mtime=0)
    return PageFile(media_type=media_type, plain=content, compressed=compressed)


def _version(assets: Mapping[str, PageFile]) -> str:
    digest = sha256()
    for name, file in assets.items():
        digest.update(f"{name}\0{len(file.plain)}\0".encode() + file.plain)
    return digest.hexdigest()[:16]
