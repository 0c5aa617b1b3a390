"""Runs one scenario and prints what it came to: `python -m bench.inside <name> '<JSON>'`."""

import asyncio
import importlib
import json
import logging
import sys

MODULES = {
    "calls": "calls",
    "cold": "daily",
    "crowd": "calls",
    "floor": "bare",
    "run": "daily",
}
"""Where each scenario is; no other module is loaded."""

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    name, wanted = sys.argv[1:]
    scenario = getattr(importlib.import_module(f"bench.inside.{MODULES[name]}"), name)
    sys.stdout.write(json.dumps(asyncio.run(scenario(json.loads(wanted)))) + "\n")
