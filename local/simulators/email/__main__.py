"""Runs this mail service alone."""

import argparse

from local.simulators.common import serve_forever
from local.simulators.email.server import application
from local.simulators.email.state import State


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.simulators.email", description=__doc__)
    parser.add_argument("--port", type=int, default=7073)
    serve_forever(application(State()), parser.parse_args().port)


main()
