"""Runs checkov, which lives in a virtual environment of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PYTHON: Final = Path(f"{sys.prefix}-infra") / "bin" / "python"
_READ: Final = """
import sys
from pathlib import Path
from pycep import BicepParser
parser = BicepParser()
for name in sys.argv[1:]:
    try:
        parser.parse(text=Path(name).read_text())
    except Exception:
        print(name)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What checkov found: each finding as `rule file resource`."""

    resources: int
    unparsed: int
    failed: frozenset[str]
    skipped: frozenset[str]
    reasons: tuple[str, ...]


def scan(folder: Path) -> Scan:
    """Scan every file of a folder; AssertionError if checkov is missing."""
    command: list[str | Path] = [PYTHON.with_name("checkov"), "--framework", "bicep"]
    command += ["--directory", folder]
    run = _run([*command, "--skip-download", "--compact", "--output", "json"])
    answer: dict[str, Any] = json.loads(run.stdout)
    results, summary = answer["results"], answer["summary"]
    return Scan(
        resources=summary["resource_count"],
        unparsed=summary["parsing_errors"],
        failed=frozenset(map(_finding, results["failed_checks"])),
        skipped=frozenset(map(_finding, results["skipped_checks"])),
        reasons=tuple(
            each["check_result"].get("suppress_comment", "").strip()
            for each in results["skipped_checks"]
        ),
    )


def unread(files: list[Path]) -> set[Path]:
    """Return the files that checkov's parser can't read, of which checkov says nothing."""
    return {Path(line) for line in _run([PYTHON, "-c", _READ, *files]).stdout.splitlines()}


def _run(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    assert PYTHON.exists(), f"{PYTHON.parents[1]} is missing: `make test` installs it"
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a scanner of ours, on files of ours


def _finding(check: dict[str, Any]) -> str:
    return f"{check['check_id']} {check['file_path'].lstrip('/')} {check['resource']}"
