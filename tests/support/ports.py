"""Ports in a row for a whole stack."""

import socket

from local.azurite import free_port
from local.settings import Ports

# Below the ports from which the system picks for connections: no connection of ours takes one.
FIRST, LAST = 20_000, 32_000


def free_ports() -> Ports:
    """Return ports side by side, of which none is taken at this moment."""
    for base in range(FIRST + free_port() % (LAST - FIRST), LAST, 10):
        ports = Ports.of({"PORT_BASE": str(base), "TABLES_PORT": str(base + 5)})
        if not any(answers(port) for port in ports.all().values()):
            return ports
    raise AssertionError("no ports in a row are free")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def settings_at(ports: Ports) -> dict[str, str]:
    """Return what `python -m local` is to be told."""
    return {"PORT_BASE": str(ports.lab), "TABLES_PORT": str(ports.tables)}
