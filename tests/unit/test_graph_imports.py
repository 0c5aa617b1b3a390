"""What is loaded of the SDK, and when.

Its entity models take seconds to load, and 3 ms of CPU for each application that they read.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def loaded_by(script: str) -> set[str]:
    """Run the script in a fresh interpreter; return the modules that it has loaded."""
    shown = f"import sys\n{script}\nprint(*sys.modules)"
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", shown]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and script
    return set(done.stdout.split())


def test_the_adapter_loads_no_sdk_before_it_connects() -> None:
    loaded = loaded_by("import shared.adapters.graph_directory")
    assert loaded.isdisjoint({"msgraph", "kiota_abstractions", "httpx", "azure.core"})


def test_no_entity_model_is_ever_loaded() -> None:
    loaded = loaded_by(
        "import asyncio\nfrom tests.support.graph import every_call\nasyncio.run(every_call())"
    )
    models = {name for name in loaded if name.startswith("msgraph.generated.models.")}
    assert models == {"msgraph.generated.models.password_credential"}
