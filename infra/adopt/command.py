"""Reads the file, judges and plans all of it, and applies the plan if it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from infra.adopt.applying import Administrator
from infra.adopt.graph import Graph
from infra.adopt.graph_requests import AdministrationRequests
from infra.adopt.judging import faults
from infra.adopt.options import Options
from infra.adopt.planning import Step, planned
from infra.adopt.report import Line, Outcome, Report, complain, say
from infra.adopt.rows import Row, Unusable, parsed
from infra.adopt.signing_in import NotSignedIn, signed_in
from infra.adopt.surveying import Misconfigured, Surveyor, portal_principal
from shared.adapters.graph_client import GraphClient, graph_client
from shared.adapters.graph_directory import GraphDirectory
from shared.adapters.quiet_telemetry import QUIET
from shared.adapters.system_clock import SystemClock
from shared.domain.errors import TemporarilyUnavailable

FINE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes. Whatever the code, running it again goes on from where things stand."""


def run(options: Options) -> int:
    """Run the command; return its exit code."""
    try:
        rows = parsed(options.file.read_text(encoding="utf-8-sig"))
        return asyncio.run(_run(options, rows))
    except Unusable as unusable:
        places = [(f"line {each.line}: " if each.line else "", each) for each in unusable.faults]
        complain(f"{options.file}: {place}{each.reason}" for place, each in places)
        complain(["Nothing was changed."])
        return UNUSABLE
    except UnicodeDecodeError:
        complain([f"{options.file}: is not UTF-8. Nothing was changed."])
        return UNUSABLE
    except OSError as fault:
        complain([f"{fault.filename}: {fault.strerror}. Nothing was changed."])
        return UNUSABLE
    except (Misconfigured, NotSignedIn) as fault:
        complain([f"{fault}. Nothing was changed."])
        return UNUSABLE
    except TemporarilyUnavailable as fault:
        complain([f"Graph could not be read ({fault}). Nothing was changed: try again."])
        return FAILED
    except KeyboardInterrupt:
        complain(["Interrupted. Run it again to go on."])
        return INTERRUPTED


async def _run(options: Options, rows: Sequence[Row]) -> int:
    async with _connected(options) as client:
        graph = Graph(client, sleep=asyncio.sleep)
        requests = AdministrationRequests(client.sdk, options.graph)
        portal = await portal_principal(
            graph, requests, options.portal.client_id, options.portal.identity
        )
        directory = GraphDirectory(
            client,
            portal_service_principal_id=portal.principal_id,
            credential_role_id=portal.role_id,
        )
        surveyor = Surveyor(graph=graph, requests=requests, directory=directory)
        tenant = await surveyor.tenant(rows, options.portal)
        found = faults(rows, tenant, off_pattern_allowed=options.off_pattern_allowed)
        if found:
            raise Unusable(found)
        administrator = Administrator(
            graph, requests, portal=portal, identity=options.portal.identity
        )
        with Report(options.report) as report:
            await _report(
                report, planned(rows, tenant), administrator if options.is_applied else None
            )
            say(f"{report.summary()}; {options.report} has it all.")
            if not options.is_applied and report.count(Outcome.TO_DO):
                say("Nothing was changed: --apply makes the changes.")
            is_short = options.is_applied and report.count(Outcome.TO_DO)
            return FAILED if report.count(Outcome.FAILED) or is_short else FINE


@asynccontextmanager
async def _connected(options: Options) -> AsyncIterator[GraphClient]:
    """Yield a client that acts as whoever signed in; at a simulator as nobody."""
    credential = options.tenant_id and await signed_in(options.tenant_id, SystemClock())
    client = graph_client(
        base_url=options.graph,
        credential=credential or None,
        transport=None,
        meters=QUIET,
        sleep=asyncio.sleep,
    )
    try:
        yield client
    finally:
        await client.close()
        if credential:
            await credential.close()


async def _report(
    report: Report, steps: Sequence[Step], administrator: Administrator | None
) -> None:
    """Write a line for each step: applied by the administrator, only planned without one."""
    if administrator is None:
        for step in steps:
            report.write(_planned(step))
        return
    try:
        async for line in administrator.applied(steps):
            report.write(line)
    except asyncio.CancelledError:
        for step in steps[report.written :]:
            report.write(_planned(step, why="interrupted"))
        raise


def _planned(step: Step, *, why: str = "") -> Line:
    if step.is_so:
        return Line(step=step, outcome=Outcome.ALREADY)
    return Line(step=step, outcome=Outcome.TO_DO, why=why)
