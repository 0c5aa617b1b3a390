"""Starts the parts of the stack in order, watches them, and ends them all together."""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
from aiohttp import web

from local import lab, tour
from local.azurite import Azurite
from local.settings import ROOT, Ports, ProductSettings, environment
from local.simulators.common import real_now, serving
from local.simulators.email.server import application as mail
from local.simulators.email.state import State as Mail
from local.simulators.graph.server import application as graph
from local.simulators.graph.state import State as Graph
from local.simulators.identity.server import application as identity
from local.simulators.identity.state import State as Identity
from local.world import sample

ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS: Final = 60
STOP_SECONDS: Final = 5
LOOK_EVERY: Final = 0.2
OK: Final = 200
REPORTS: Final = "/runtime/webhooks/eventgrid?functionName=delivery_reports"
SAMPLE_USER: Final = "jane.doe@example.org"


class StackError(Exception):
    """The stack can't start, or can't go on; the text says why."""


async def supervised(ports: Ports, product: ProductSettings, azurite: Azurite) -> None:
    """Run everything beside a running Azurite until a signal comes; StackError if a part ends."""
    end = asyncio.Event()
    for ending in ENDINGS:
        asyncio.get_running_loop().add_signal_handler(ending, end.set)
    living = asyncio.create_task(_live(ports, product, azurite))
    told = asyncio.create_task(end.wait())
    await asyncio.wait({living, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    living.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await living


async def _live(ports: Ports, product: ProductSettings, azurite: Azurite) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for part, application in in_this_process(ports).items():
            await stack.enter_async_context(serving(application, ports.all()[part]))
        host = await stack.enter_async_context(_host(ports, product))
        await _healthy(ports, host, azurite)
        if product.at(ports).get("TOKEN_AUTHORITY", "").startswith(ports.address("identity")):
            await _usable(ports)
        sys.stdout.write(tour.text(ports, product.source))
        sys.stdout.flush()
        while True:
            _see_that_all_live(host, azurite)
            await asyncio.sleep(LOOK_EVERY)


def in_this_process(ports: Ports) -> dict[str, web.Application]:
    """Return the simulators and the lab by their part; each simulator has the same first world."""
    world = sample(real_now())
    addresses = {part: ports.address(part) for part in ports.all()}
    return {
        "graph": graph(Graph(world)),
        "mail": mail(Mail(reports_to=ports.address("functions") + REPORTS)),
        "identity": identity(Identity(world)),
        "lab": lab.application(addresses),
    }


@contextlib.asynccontextmanager
async def _host(ports: Ports, product: ProductSettings) -> AsyncIterator[Process]:
    """Run the functions host as a child that ends with us, however we end."""
    settings = {
        **unproxied(environment()),
        **product.at(ports),
        "LOCAL_CORS": ",".join(product.cors),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.host", "--end-with-stdin"),
        *("--port", str(ports.functions)),
        cwd=ROOT,
        env=settings,
        stdin=PIPE,
        process_group=0,  # Ctrl-C in the terminal is for us alone
    )
    try:
        yield process
    finally:
        await _ended(process)


def unproxied(values: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with this machine excepted from any proxy that it names."""
    here = ["127.0.0.1", "localhost"]
    excepted = {
        name: ",".join(filter(None, [values.get(name, ""), *here]))
        for name in ("NO_PROXY", "no_proxy")
    }
    return {**values, **excepted}


async def _ended(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _healthy(ports: Ports, host: Process, azurite: Azurite) -> None:
    """Return once the product says that it is; StackError if it says that it is not."""
    address = f"{ports.address('functions')}/api/health"
    async with aiohttp.ClientSession() as http:
        for _ in range(round(READY_SECONDS / LOOK_EVERY)):
            _see_that_all_live(host, azurite)
            try:
                async with http.get(address) as answer:
                    if answer.status != OK:
                        raise StackError(f"{address} says: {await answer.text()}")
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(LOOK_EVERY)
    raise StackError(f"{address} does not answer.")


async def _usable(ports: Ports) -> None:
    """Return if a sample user's list is shown, for which the product needs all other parts."""
    address = f"{ports.address('functions')}/api/applications"
    async with aiohttp.ClientSession() as http:
        try:
            token = await _sample_token(ports, http)
            async with http.get(address, headers={"Authorization": f"Bearer {token}"}) as answer:
                if answer.status != OK:
                    raise StackError(f"{address} says: {await answer.text()}")
        except aiohttp.ClientError as fault:
            raise StackError(f"{address} does not answer.") from fault


async def _sample_token(ports: Ports, http: aiohttp.ClientSession) -> str:
    address = f"{ports.address('identity')}/dev/token"
    async with http.post(address, json={"user": SAMPLE_USER}) as answer:
        content: dict[str, str] = await answer.json()
        return content["access_token"]


def _see_that_all_live(host: Process, azurite: Azurite) -> None:
    if host.returncode is not None:
        raise StackError(f"The functions host ended by itself (exit code {host.returncode}).")
    if not azurite.running:
        raise StackError("Azurite ended by itself.")
