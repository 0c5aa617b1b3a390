"""Node, which `make setup` brings where the machine has none."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

SECONDS: Final = 60


def printed_by(module: str) -> str:
    """Run a module of JavaScript to its end; return what it printed."""
    beside_python = shutil.which("node", path=str(Path(sys.executable).parent))
    node = beside_python or shutil.which("node")
    assert node, "no Node: make setup brings it"
    run = subprocess.run(  # noqa: S603 - our own script
        [node, "--input-type=module", "--eval", module],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout
