"""The command's parts in the test's own event loop, put together as the command does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from infra.adopt.applying import Administrator
from infra.adopt.graph import Graph
from infra.adopt.graph_requests import AdministrationRequests
from infra.adopt.planning import planned
from infra.adopt.report import Line
from infra.adopt.rows import Row, parsed
from infra.adopt.surveying import Surveyor, portal_principal
from infra.adopt.tenant import Tenant
from shared.adapters.graph_client import GraphClient, graph_client
from shared.adapters.graph_directory import GraphDirectory
from shared.adapters.quiet_telemetry import QUIET
from shared.domain.access import Portal
from shared.domain.ids import ClientId, PrincipalId
from shared.settings import WMDA_RESOURCES
from tests.infra.adopt.scene import FILE, PORTAL
from tests.support.builders import IDENTITY
from tests.support.simulators import Simulator

THE_PORTAL = Portal(
    client_id=ClientId(PORTAL),
    identity=IDENTITY,
    resources=WMDA_RESOURCES,
    step_up_context=None,
)


@dataclass
class Run:
    """One administrator; pauses are only noted."""

    graph: Simulator
    pauses: list[float] = field(default_factory=list)

    async def adopt(self, *file: str) -> list[Line]:
        """Survey, plan and apply."""
        async with self.parts() as (surveyor, administrator):
            rows = parsed("\n".join(file or FILE))
            steps = planned(rows, await surveyor.tenant(rows, THE_PORTAL))
            return [line async for line in administrator.applied(steps)]

    async def survey(self, rows: list[Row]) -> Tenant:
        async with self.parts() as (surveyor, _):
            return await surveyor.tenant(rows, THE_PORTAL)

    @asynccontextmanager
    async def parts(self) -> AsyncIterator[tuple[Surveyor, Administrator]]:
        """Yield what reads and what changes the directory."""
        root = f"{self.graph.base}/v1.0"
        client = graph_client(
            base_url=root, credential=None, transport=None, meters=QUIET, sleep=self._pause
        )
        try:
            yield await self._connected(client, root)
        finally:
            await client.close()

    async def _connected(self, client: GraphClient, root: str) -> tuple[Surveyor, Administrator]:
        graph, requests = Graph(client, sleep=self._pause), AdministrationRequests(client.sdk, root)
        portal = await portal_principal(
            graph, requests, THE_PORTAL.client_id, PrincipalId(THE_PORTAL.identity)
        )
        directory = GraphDirectory(
            client,
            portal_service_principal_id=portal.principal_id,
            credential_role_id=portal.role_id,
        )
        return (
            Surveyor(graph=graph, requests=requests, directory=directory),
            Administrator(graph, requests, portal=portal, identity=IDENTITY),
        )

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def directory(self) -> Any:  # noqa: ANN401 - a JSON document
        return await self.graph.dev("GET", "world")
