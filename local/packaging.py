"""Builds what is deployed: `python -m local.packaging` writes dist/package.zip, prints its size.

.funcignore is the one list of what ships; this module reads the few forms that it may take. The
archive is the same bytes for the same sources: its files are sorted, and all of one date.
"""

import argparse
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "dist" / "package.zip"
NEEDED: Final = ("function_app.py", "host.json", "requirements.txt", "functions", "shared")
PAGE: Final = "portal"
PAGE_PARTS: Final = ("portal/index.html", "portal/dist/app.js", "portal/dist/style.css")
"""Two are made when the project is set up, never committed: a fresh clone has the page without."""
DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that an archive can say: no file's date makes two packages differ."""
READABLE: Final = 0o644


class PackagingError(Exception):
    """The package can't be built; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What .funcignore says: paths that ship, and patterns of names that never do."""

    names: tuple[str, ...]
    never: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a list of what ships; PackagingError if it could be read in more than one way."""
        lines = [line for raw in text.splitlines() if (line := raw.strip()) and line[0] != "#"]
        if not lines or lines[0] != "/*":
            raise PackagingError(".funcignore must begin by leaving everything out: /*")
        names, never, emptied = list[str](), list[str](), set[str]()
        for line in lines[1:]:
            path, opened = line.removeprefix("!/").rstrip("/"), line.removesuffix("*").strip("/")
            if re.fullmatch(r"!/[\w.-]+/?", line) or (
                re.fullmatch(r"!/[\w.-]+/[\w.-]+/?", line) and path.split("/")[0] in emptied
            ):
                names.append(path)
            elif re.fullmatch(r"/[\w.-]+/\*", line) and names[-1:] == [opened]:
                # A folder that was let in and emptied: of it only what follows by its name ships.
                emptied.add(names.pop())
            elif re.fullmatch(r"[\w*.-]+/?", line):
                never.append(line.rstrip("/"))
            else:
                raise PackagingError(f".funcignore holds what is not understood: {line}")
        return cls(names=tuple(names), never=tuple(never))

    def files(self, root: Path) -> Iterator[Path]:
        """Yield the files that ship, relative to the root; PackagingError if a link is one."""
        for name in sorted(self.names):
            top = root / name
            for path in [top] if top.is_file() else sorted(top.rglob("*")):
                inside = path.relative_to(root)
                if any(fnmatchcase(part, never) for part in inside.parts for never in self.never):
                    continue
                if path.is_symlink():
                    raise PackagingError(f"{inside} is a link: what it leads to would not ship.")
                if path.is_file():
                    yield inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a package: files, and bytes of the archive and of what is in it."""

    files: int
    packed: int
    unpacked: int

    def __str__(self) -> str:
        packed, unpacked = (f"{size / 1024:.0f} KB" for size in (self.packed, self.unpacked))
        return f"{self.files} files, {packed}, unpacked {unpacked}"


def build(root: Path, target: Path) -> Size:
    """Write the package of the sources at `root`; PackagingError if it would not run."""
    try:
        shipping = Shipping.of((root / ".funcignore").read_text(encoding="utf-8"))
    except OSError as fault:
        raise PackagingError(f".funcignore can't be read: {fault.strerror}") from fault
    needed = (*NEEDED, *PAGE_PARTS) if (root / PAGE).exists() else NEEDED
    if missing := [name for name in needed if not (root / name).exists()]:
        raise PackagingError(f"Missing: {', '.join(missing)}")
    if unhashed := _unhashed((root / "requirements.txt").read_text(encoding="utf-8")):
        raise PackagingError(f"requirements.txt gives no hash of: {', '.join(unhashed)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    unpacked = files = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for inside in shipping.files(root):
            content = (root / inside).read_bytes()
            entry = zipfile.ZipInfo(inside.as_posix(), DATE)
            entry.external_attr = READABLE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
            unpacked += len(content)
            files += 1
    return Size(files=files, packed=target.stat().st_size, unpacked=unpacked)


def _unhashed(requirements: str) -> list[str]:
    """Return what is required without a hash: pip then checks none at all."""
    joined = requirements.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and line.lstrip()[0] != "#"]
    return [line.split()[0] for line in lines if "--hash=sha256:" not in line]


def main() -> None:
    """Build the package; SystemExit with one line where it can't be."""
    parser = argparse.ArgumentParser(prog="python -m local.packaging", description=__doc__)
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FILE")
    target: Path = parser.parse_args().to
    try:
        size = build(ROOT, target)
    except PackagingError as fault:
        raise SystemExit(f"No package: {fault}") from fault
    sys.stdout.write(f"{target}: {size}\n")


if __name__ == "__main__":
    main()
