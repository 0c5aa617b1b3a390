"""Runs this Graph alone, with the sample world."""

import argparse

from local.simulators.common import Clock, serve_forever
from local.simulators.graph.server import application
from local.simulators.graph.state import State
from local.world import sample


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.simulators.graph", description=__doc__)
    parser.add_argument("--port", type=int, default=7072)
    port = parser.parse_args().port
    clock = Clock()
    serve_forever(application(State(sample(clock.now()), clock)), port)


main()
