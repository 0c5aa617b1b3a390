"""A run told again by a process of its own."""

import subprocess
import sys

from local.settings import ROOT, environment


def replayed(module: str, *, seed: int, hash_seed: int) -> str:
    """Return all that happens in a run of a simulation, under this order of sets."""
    run = subprocess.run(  # noqa: S603 - our own interpreter and modules
        [sys.executable, "-m", module, "--seed", str(seed), "--trace"],
        cwd=ROOT,
        env={"PATH": environment()["PATH"], "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(run.stdout.splitlines()) > 100
    return run.stdout
