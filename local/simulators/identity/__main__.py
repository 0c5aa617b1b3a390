"""Runs this identity provider alone, with the sample world."""

import argparse

from local.simulators.common import real_now, serve_forever
from local.simulators.identity.server import application
from local.simulators.identity.state import State
from local.world import sample


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m local.simulators.identity", description=__doc__
    )
    parser.add_argument("--port", type=int, default=7074)
    serve_forever(application(State(sample(real_now()))), parser.parse_args().port)


main()
