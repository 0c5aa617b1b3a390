"""Bugs that are planted in a copy of the product."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.settings import ROOT, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A text that occurs once in a file, and what is to stand there instead."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A bug, and the rules of the observer of which it has to break one."""

    name: str
    rules: tuple[str, ...]
    edits: tuple[Edit, ...]


class Overgrown(Exception):
    """The product has changed: the text that a plant replaces does not occur in it once."""


def plant(name: str, rules: str, path: str, *texts: str) -> Plant:
    """Return a bug in one file of the product, from pairs of an old and a new text."""
    pairs = zip(texts[::2], texts[1::2], strict=True)
    edits = tuple(Edit(path=f"shared/{path}.py", old=old, new=new) for old, new in pairs)
    return Plant(name=name, rules=tuple(rules.split(", ")), edits=edits)


def sow(bug: Plant, product: Path) -> None:
    """Change a copy of the product."""
    for edit in bug.edits:
        path = product / edit.path
        text = path.read_text(encoding="utf-8")
        found = text.count(edit.old)
        if found != 1:
            raise Overgrown(f"{bug.name}: {edit.path} holds {found} times {edit.old!r}")
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")


def broken_rules(bug: Plant, folder: Path, simulation: str, most_runs: int) -> set[str]:
    """Return the rules that a copy of the product with this bug breaks, until it breaks its own."""
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=shutil.ignore_patterns("*.pyc"))
    sow(bug, folder)
    # The machine's zone is far from UTC, so that a clock without a zone shows.
    settings = {"PYTHONPATH": f"{folder}:{ROOT}", "TZ": "Pacific/Auckland"}
    own = environment()
    run = subprocess.run(  # noqa: S603 - our own interpreter and modules
        [
            *(sys.executable, "-P", "-m", simulation),
            *("--seeds", f"0:{most_runs}", "--until", *bug.rules),
        ],
        env={"PATH": own["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip().endswith("violations"), run.stderr[-2000:]
    return set(re.findall(r"^seed .*? \[([^\]]+)\]", run.stdout, re.MULTILINE))
