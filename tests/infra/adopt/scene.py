"""A tenant before anybody adopted it, and the command as an administrator starts it."""

import asyncio
import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.simulators.graph.server import application as server
from local.simulators.graph.state import State
from tests.integration.local.processes import SECONDS, ended, started
from tests.support.builders import IDENTITY, SEARCH_AND_MATCH, numbered
from tests.support.simulators import Simulator, simulator

PORTAL, PRINCIPAL, ROLE = numbered(0xF1), numbered(0xF2), numbered(0xF3)
JANE, JEAN, JOHN = (numbered(0xD0 + number) for number in range(3))
OLD_GROUP = numbered(0xB0)
SMC, DM, OTHER, ODD = (numbered(0xC0 + number) for number in range(4))
ORGANISATION = "Credential managers NL-OrganisationName"
TAG = "a-tag-of-somebody-else"
HEADS = "client id,group,user"
FILE = (
    HEADS,
    f"{SMC},{ORGANISATION},jane.doe@example.org",
    f"{SMC},{ORGANISATION},jean.dupont@registre.example",
    f"{DM},{ORGANISATION},jane.doe@example.org",
    f"{OTHER},Old group,{JOHN}",
)
WRITES = 13
"""What it takes to adopt all of the file."""
STEPS = WRITES + 3
"""Three of them are so already."""


def _user(user_id: str, name: str, **differing: object) -> dict[str, Any]:
    return {
        "id": user_id,
        "displayName": "Somebody",
        "userPrincipalName": name,
        "mail": name,
        "otherMails": [],
        "accountEnabled": True,
        "userType": "Member",
        **differing,
    }


def _application(client_id: str, name: str, **differing: object) -> dict[str, Any]:
    secret = {
        "keyId": numbered(0x51),
        "displayName": "Secret by JD",
        "hint": "Q_e",
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": "2026-12-31T23:59:59Z",
    }
    access = {"resourceAppId": SEARCH_AND_MATCH, "resourceAccess": [{"id": ROLE, "type": "Role"}]}
    return {
        "id": client_id.replace("4000", "4aaa"),
        "appId": client_id,
        "displayName": name,
        "tags": [TAG],
        "owners": [JOHN],
        "requiredResourceAccess": [access],
        "passwordCredentials": [secret],
        **differing,
    }


def world() -> dict[str, Any]:
    """Return the tenant: one application is half adopted, one has a name off the pattern."""
    guest = {"mail": None, "otherMails": ["Jean.Dupont@registre.example"], "userType": "Guest"}
    half = {"owners": [IDENTITY], "uniqueName": "of-old"}
    return {
        "tenantId": numbered(0xE1),
        "portal": {
            "clientId": PORTAL,
            "servicePrincipalId": PRINCIPAL,
            "identityPrincipalId": IDENTITY,
            "credentialRoleId": ROLE,
            "scope": "Credentials.Manage",
        },
        "users": [
            _user(JANE, "jane.doe@example.org"),
            _user(JEAN, "jean.dupont_registre.example#EXT#@example.org", **guest),
            _user(JOHN, "john.roe@example.org"),
        ],
        "groups": [
            {"id": OLD_GROUP, "displayName": "Old group", "hasCredentialRole": False, "members": []}
        ],
        "applications": [
            _application(SMC, "Partner-NL-OrganisationName-SMC"),
            _application(DM, "Partner-NL-OrganisationName-DM"),
            _application(OTHER, "Partner-DE-Some-Org-SMC", **half),
            _application(ODD, "Legacy"),
            _application(PORTAL, "API Credentials Portal"),
        ],
    }


@asynccontextmanager
async def tenant() -> AsyncIterator[Simulator]:
    """Run a Graph with this world."""
    async with simulator(server(State(world()))) as graph:
        yield graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The command, for one Graph and one file."""

    graph: Simulator
    file: Path

    def write(self, *lines: str) -> None:
        self.file.write_text("\n".join(lines), encoding="utf-8")

    def arguments(self, *more: str) -> list[str]:
        told = ["--portal", PORTAL, "--identity", IDENTITY, "--graph", f"{self.graph.base}/v1.0"]
        return ["infra.adopt", str(self.file), *told, *more]

    async def run(self, *more: str) -> tuple[int, str]:
        """Run it to its end; return the exit code and all that it said."""
        async with started(*self.arguments(*more)) as process:
            async with asyncio.timeout(SECONDS):
                said, _ = await asyncio.gather(_read(process.stdout), process.wait())
            code, complaint = await ended(process)
        return code, said + complaint

    def report(self) -> list[tuple[str, str, str]]:
        """Return outcome, step and reason of each line of the report."""
        path = self.file.with_suffix(".report.csv")
        lines = [*csv.reader(path.read_text("utf-8-sig").splitlines())][1:]
        return [(outcome, step, why) for outcome, step, _, _, why in lines]

    async def directory(self) -> Mapping[str, Any]:
        """Return the directory as it really is."""
        shown: Mapping[str, Any] = await self.graph.dev("GET", "world")
        return shown

    async def writes(self) -> Sequence[str]:
        """Return method and path of every request that may change something."""
        requests = await self.graph.requests()
        return [f"{each['method']} {each['path']}" for each in requests if each["method"] != "GET"]


async def _read(stream: asyncio.StreamReader | None) -> str:
    return (await stream.read()).decode() if stream else ""


def application(directory: Mapping[str, Any], client_id: str) -> Mapping[str, Any]:
    """Return an application of the directory."""
    found: Mapping[str, Any] = next(
        each for each in directory["applications"] if each["appId"] == client_id
    )
    return found


def group(directory: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the one group of this name."""
    (found,) = [each for each in directory["groups"] if each["displayName"] == name]
    return dict(found)
