"""Runs function_app as `func start` would: `python -m local.host --port 7071`.

All settings come from the environment. Beside them: LOCAL_CORS, the origins that may call,
comma-separated (default: Host.CORS of local.settings.json, or of the sample).
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from local.hosting.clock import HostClock
from local.hosting.index import Index, IndexingError, Surroundings, index, load
from local.hosting.server import application
from local.settings import ROOT, SettingError, environment, origin_list, product_settings
from local.simulators.common import serving

log = logging.getLogger("local.host")

LEVELS: Final = {"None": logging.CRITICAL + 1, "Information": logging.INFO, "Trace": logging.DEBUG}


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog="python -m local.host", description=__doc__)
    parser.add_argument("--port", type=int, default=7071)
    parser.add_argument("--clock-offset", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--app", default="function_app", metavar="MODULE")
    parser.add_argument(
        "--end-with-stdin", action="store_true", help="end when standard input is closed"
    )
    return parser.parse_args()


def host_json() -> dict[str, Any]:
    """Return host.json."""
    content: dict[str, Any] = json.loads((ROOT / "host.json").read_bytes())
    return content


def origins(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the origins that may call."""
    told = settings.get("LOCAL_CORS")
    return product_settings().cors if told is None else origin_list(told)


def start_logging(configuration: dict[str, Any]) -> None:
    """Log to stderr, in UTC, from the level that host.json gives to functions."""
    levels = configuration.get("logging", {}).get("logLevel", {})
    level = levels.get("Function", levels.get("default", "Information"))
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=LEVELS.get(level, level.upper()),
        format="%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )


def found(module: str, configuration: dict[str, Any], clock: HostClock) -> Index:
    """Return the app's functions; SystemExit if there are none to run."""
    prefix = configuration.get("extensions", {}).get("http", {}).get("routePrefix", "api")
    surroundings = Surroundings(route_prefix=prefix, settings=environment(), now=clock.now())
    try:
        functions = index(load(module, clock), surroundings)
    except IndexingError as fault:
        log.exception("indexing failed")
        raise SystemExit(f"0 functions found.\n{fault}") from fault
    for error in functions.errors:
        log.error(error)
    return functions


async def serve(functions: Index, clock: HostClock, options: argparse.Namespace) -> None:
    """Serve until told to end; OSError if the port is taken."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, end.set)
    if options.end_with_stdin:
        loop.add_reader(sys.stdin.fileno(), end.set)
    host = application(functions, clock, origins(environment()))
    async with serving(host, options.port) as address:
        log.info("%d functions found, listening on %s", len(functions.triggers), address)
        await end.wait()


def main() -> None:
    """Run the host; SystemExit with one clear line where it can't."""
    options = arguments()
    configuration = host_json()
    start_logging(configuration)
    clock = HostClock()
    clock.offset = timedelta(seconds=options.clock_offset)
    functions = found(options.app, configuration, clock)
    try:
        asyncio.run(serve(functions, clock, options))
    except OSError as fault:
        reason = os.strerror(fault.errno or 0)
        raise SystemExit(f"Port {options.port} can't be used: {reason}") from fault
    except SettingError as fault:
        raise SystemExit(str(fault)) from fault


if __name__ == "__main__":
    main()
