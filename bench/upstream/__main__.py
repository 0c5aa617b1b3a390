"""Serves everything until standard input ends, whose first line says as JSON what is wanted.

Prints one line, the addresses by service as JSON.
"""

import asyncio
import contextlib
import json
import sys
from typing import Any

from aiohttp import web

from bench.upstream import graph, tables, tenant, wire
from local.azurite import free_port
from local.simulators import common
from local.simulators.email.server import application as mail
from local.simulators.email.state import State as Mail
from local.simulators.graph.server import application as simulated_graph
from local.simulators.graph.state import State as Simulated
from local.simulators.identity.server import application as identity
from local.simulators.identity.state import State as Identity

SERVICES = ("graph", "tables", "mail", "identity")


async def serve(wanted: dict[str, Any]) -> None:
    """Serve what is wanted: `tables` (Azurite's origin), `latency`, and `tenant` or `world`."""
    requests = wire.Wire(latency={each: wanted["latency"].get(each, 0) for each in SERVICES})
    graph_port = free_port()
    applications: dict[str, tuple[web.Application, int]] = {
        "graph": (_graph(wanted, requests, graph_port), graph_port),
        "tables": (tables.forwarding(wanted["tables"], requests.of("tables")), 0),
        "mail": (_delayed(mail(Mail()), requests, "mail"), 0),
        "control": (requests.control(), 0),
    }
    if "world" in wanted:
        issuer = identity(Identity(wanted["world"]))
        applications["identity"] = (_delayed(issuer, requests, "identity"), 0)
    async with contextlib.AsyncExitStack() as stack:
        addresses = {
            name: await stack.enter_async_context(common.serving(application, port))
            for name, (application, port) in applications.items()
        }
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


def _graph(wanted: dict[str, Any], requests: wire.Wire, port: int) -> web.Application:
    if "world" in wanted:
        return _delayed(simulated_graph(Simulated(wanted["world"])), requests, "graph")
    today = tenant.midnight(common.real_now())
    of_size = tenant.Tenant(today=today, **wanted["tenant"])
    refusing = graph.Refusing(**wanted.get("refusing", {"times": 0, "after": 0}))
    canned = graph.Graph(of_size, f"http://{common.LOOPBACK}:{port}", refusing)
    return graph.serving(canned, requests.of("graph"))


def _delayed(application: web.Application, requests: wire.Wire, service: str) -> web.Application:
    application.middlewares.insert(0, requests.of(service))
    return application


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
