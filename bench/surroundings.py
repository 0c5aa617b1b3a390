"""Starts what is measured against, and what is measured, each in a process of its own."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from azure.data.tables import TableServiceClient

from local.azurite import ACCOUNT, ACCOUNT_KEY, Azurite
from local.settings import ROOT, environment, product_settings

Json = dict[str, Any]


TABLES = ("audit", "reminders", "secrets")
"""Made beforehand, as they are after the first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as an upstream saw it; instants in seconds of the shared monotonic clock."""

    service: str
    method: str
    path: str
    started: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """All upstreams at their addresses."""

    addresses: Mapping[str, str]
    azurite: str

    @property
    def settings(self) -> dict[str, str]:
        """Return what the product is to be told."""
        values = dict(product_settings().values)
        key = values["EMAIL_CONNECTION_STRING"].partition("accesskey=")[2]
        values |= {
            "TABLES_CONNECTION_STRING": (
                f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};"
                f"TableEndpoint={self.addresses['tables']}/{ACCOUNT};"
            ),
            "EMAIL_CONNECTION_STRING": f"endpoint={self.addresses['mail']}/;accesskey={key}",
            "GRAPH_BASE_URL": f"{self.addresses['graph']}/v1.0",
        }
        if "identity" in self.addresses:
            authority = f"{self.addresses['identity']}/{values['TENANT_ID']}/v2.0"
            values["TOKEN_AUTHORITY"] = authority
        return values

    def requests(self, started: float = 0, ended: float = float("inf")) -> list[Request]:
        """Return the requests that began in between."""
        found = httpx.get(f"{self.addresses['control']}/log", timeout=60).json()
        names = ("service", "method", "path", "started", "ended")
        every = [Request(**dict(zip(names, each, strict=True))) for each in found]
        return [each for each in every if started <= each.started <= ended]

    def token(self, user: str) -> str:
        answer = httpx.post(f"{self.addresses['identity']}/dev/token", json={"user": user})
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def begin_anew(self) -> None:
        """Empty the tables, and forget the requests."""
        with TableServiceClient.from_connection_string(self.azurite) as service:
            for table in service.list_tables():
                service.delete_table(table.name)
            for name in TABLES:
                service.create_table(name)
        httpx.delete(f"{self.addresses['control']}/log")

    def measured(self, scenario: str, wanted: Json | None = None) -> Json:
        """Run a scenario in a process of its own; return what it says."""
        arguments = [scenario, json.dumps(wanted or {})]
        found: Json = json.loads(python("-m", "bench.inside", *arguments, settings=self.settings))
        return found


def environment_of(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings with what every process needs, and nothing else of ours."""
    own = environment()
    return {name: own[name] for name in ("PATH", "HOME") if name in own} | dict(settings)


def python(*arguments: str, settings: Mapping[str, str] | None = None) -> str:
    """Run the interpreter in a clean environment; return what it printed last."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and modules
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment_of(settings or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:3])} failed:\n{done.stderr[-4000:]}")
    return done.stdout.strip().rpartition("\n")[2]


@contextlib.contextmanager
def upstream(wanted: Json) -> Iterator[Upstream]:
    """Run Azurite and the upstreams while the context lasts; `wanted` as they take it."""
    with Azurite() as azurite:
        origin = f"http://127.0.0.1:{azurite.port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.upstream"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            if process.stdin is None or process.stdout is None:
                raise AssertionError("unreachable")
            process.stdin.write(json.dumps({**wanted, "tables": origin}) + "\n")
            process.stdin.flush()
            addresses = json.loads(process.stdout.readline())
            yield Upstream(addresses=addresses, azurite=azurite.connection_string)
        finally:
            process.communicate(timeout=60)
