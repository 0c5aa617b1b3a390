"""Runs one scenario and prints what it came to: `python -m bench.inside <name> '<JSON>'`."""

import asyncio
import json
import logging
import sys

from bench.inside import calls, daily

SCENARIOS = {
    "calls": calls.calls,
    "cold": daily.cold,
    "crowd": calls.crowd,
    "floor": daily.floor,
    "run": daily.run,
}

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    found = asyncio.run(SCENARIOS[sys.argv[1]](json.loads(sys.argv[2])))
    sys.stdout.write(json.dumps(found) + "\n")
