"""Runs this mail service alone."""

import argparse

from local.simulators.common import serve_forever
from local.simulators.email.report_routes import on_this_machine
from local.simulators.email.server import application
from local.simulators.email.state import State


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.simulators.email", description=__doc__)
    parser.add_argument("--port", type=int, default=7073)
    parser.add_argument(
        "--reports-to",
        type=on_this_machine,
        metavar="URL",
        help="where delivery reports go, as Event Grid posts them (default: nowhere)",
    )
    options = parser.parse_args()
    serve_forever(application(State(reports_to=options.reports_to)), options.port)


main()
