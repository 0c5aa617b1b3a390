"""Starts the whole stack, and says in one line what keeps it from starting."""

import asyncio
import contextlib
import signal
import socket
import sys

from local.azurite import Azurite, AzuriteError
from local.settings import Ports, SettingError, environment, product_settings
from local.stack import ENDINGS, StackError, supervised


def main() -> int:
    """Run the stack until it is told to end; return the exit code."""
    # Until the loop runs, which has its own handlers: every signal to end is a KeyboardInterrupt.
    for ending in ENDINGS:
        signal.signal(ending, signal.default_int_handler)
    try:
        ports = Ports.of(environment())
        product = product_settings()
        check_free(ports)
        with contextlib.suppress(KeyboardInterrupt), Azurite(ports.tables) as azurite:
            asyncio.run(supervised(ports, product, azurite))
    except (SettingError, AzuriteError, StackError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


def check_free(ports: Ports) -> None:
    """Raise StackError if one of the ports is taken."""
    for part, port in ports.all().items():
        setting = "TABLES_PORT" if part == "tables" else "PORT_BASE"
        with socket.socket() as probe:
            # As servers do, so that the remains of one that has ended don't count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as fault:
                raise StackError(
                    f"Port {port} ({part}) is taken. {setting} chooses others: "
                    f"make run {setting}={(ports.lab if part != 'tables' else port) + 1000}"
                ) from fault
