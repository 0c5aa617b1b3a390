"""Lighthouse on the page as everybody gets it, signed out: four scores, and 1 if one is low.

`make lighthouse`. Lighthouse is npm's; the stack is one of this command's own.
"""

import json
import subprocess
import sys
from typing import Any, Final

from local.azurite import Azurite
from local.settings import ROOT, environment
from tests.browser.visit import PATH
from tests.support.chromium import FLAGS, Search
from tests.support.stack import stack

CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
LEAST: Final = 99
SECONDS: Final = 300


def report(url: str) -> dict[str, Any]:
    """Return Lighthouse's report on an address, as it judges a middling telephone."""
    flags = " ".join(("--headless", "--no-sandbox", *FLAGS))
    command = (
        "node",
        str(ROOT / "bench/lighthouse/node_modules/lighthouse/cli/index.js"),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={flags}",
    )
    done = subprocess.run(  # noqa: S603 - npm's lighthouse, at our own address
        command,
        env={**environment(), "CHROME_PATH": str(Search().found())},
        capture_output=True,
        check=False,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode:
        sys.exit(f"Lighthouse failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def shortcomings(found: dict[str, Any], category: str) -> list[str]:
    """Return the audits that cost a category points."""
    audits = found["audits"]
    return [
        f"  {audits[each['id']]['title']}: {audits[each['id']].get('displayValue', '')}"
        for each in found["categories"][category]["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 1
        if audits[each["id"]]["scoreDisplayMode"] not in {"notApplicable", "manual", "informative"}
    ]


def main() -> None:
    """Print the scores of the signed-out page and what cost points; exit with 1 below 99."""
    with Azurite() as tables, stack(tables.connection_string) as product:
        found = report(product.functions + PATH)
    low = False
    for category in CATEGORIES:
        score = round(100 * (found["categories"][category]["score"] or 0))
        low = low or score < LEAST
        lines = [f"{category}: {score}", *shortcomings(found, category)]
        print("\n".join(lines))  # noqa: T201 - a command's answer
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
