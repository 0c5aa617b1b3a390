"""The command and its tenant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.infra.adopt.scene import FILE, Command, tenant


@pytest.fixture
async def command(tmp_path: Path) -> AsyncIterator[Command]:
    async with tenant() as graph:
        made = Command(graph=graph, file=tmp_path / "partners.csv")
        made.write(*FILE)
        yield made
