"""The product's own host, the simulators and Azurite, as processes that tests share."""

import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from local.settings import ROOT, environment, product_settings
from local.world_ids import OPERATIONS_ROLE_ID
from tests.support.api import Api
from tests.support.worlds import Record, World

SIMULATORS: Final = ("graph", "email", "identity")
ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:\d+")
START_SECONDS: Final = 60
STOP_SECONDS: Final = 10


class Program:
    """A `python -m …` with exactly these settings, and all that it has printed."""

    def __init__(self, *arguments: str, settings: Mapping[str, str]) -> None:
        own = environment()
        kept: dict[str, str] = {name: own[name] for name in ("PATH", "HOME") if name in own}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**kept, "PYTHONUNBUFFERED": "1", **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed: list[str] = []
        self._address: str | None = None
        self._addresses: queue.Queue[str | None] = queue.Queue()
        # Read to the end: a full pipe would stop the program.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def address(self) -> str:
        """Return the first address that it prints."""
        if self._address is None:
            self._address = self._addresses.get(timeout=START_SECONDS)
        assert self._address is not None, f"ended without an address: {self.printed}"
        return self._address

    def kill(self) -> None:
        """End it in the middle of whatever it does, as a power cut would."""
        self._process.kill()

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(STOP_SECONDS)
        self._reader.join(STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.printed.append(line)
            found = ADDRESS.search(line)
            if found:
                self._addresses.put(found[0])
        self._addresses.put(None)


@contextmanager
def started(*arguments: str, settings: Mapping[str, str]) -> Iterator[Program]:
    """Run a program while the context lasts; it answers once the context begins."""
    program = Program(*arguments, settings=settings)
    try:
        yield program
    finally:
        program.end()


@dataclass(slots=True)
class Stack:
    """Everything at its address."""

    functions: str
    graph: str
    email: str
    identity: str
    settings: Mapping[str, str]
    http: httpx.Client
    host: Program

    def world(self) -> World:
        """Return an empty tenant that fits the host's settings."""
        portal = {
            "clientId": self.settings["PORTAL_CLIENT_ID"],
            "servicePrincipalId": self.settings["PORTAL_SERVICE_PRINCIPAL_ID"],
            "identityPrincipalId": self.settings["IDENTITY_PRINCIPAL_ID"],
            "credentialRoleId": self.settings["CREDENTIAL_ROLE_ID"],
            "operationsRoleId": OPERATIONS_ROLE_ID,
            "scope": self.settings["REQUIRED_SCOPE"],
        }
        return World(tenant_id=self.settings["TENANT_ID"], portal=portal)

    def load(self, world: World) -> None:
        """Make the world the directory's and the sign-in's, and forget what was before."""
        for simulator in (self.graph, self.identity):
            self.dev("PUT", simulator, "world", world.described())
        self.calm()

    def calm(self) -> None:
        """Switch all traps off, set all clocks right, forget the requests so far."""
        for simulator in (self.graph, self.email, self.identity):
            self.dev("DELETE", simulator, "traps")
            self.dev("DELETE", simulator, "requests")
        self.move(timedelta())

    def move(self, offset: timedelta) -> None:
        """Set every clock but the sign-in's to so much after the wall clock."""
        for part in (self.graph, self.email, self.functions):
            self.dev("POST", part, "clock", {"offsetSeconds": offset.total_seconds()})

    @staticmethod
    def now() -> datetime:
        """Return the wall clock's time: what a world is counted from."""
        return datetime.now(UTC)  # noqa: TID251 - the stack's processes live by the wall clock

    def report_to(self, host: Program) -> None:
        """Let the mail service tell a host what becomes of its mails."""
        url = f"{host.address()}/runtime/webhooks/eventgrid?functionName=delivery_reports"
        self.dev("PUT", self.email, "reports", {"url": url})

    def reported(self) -> list[Record]:
        """Return every report so far, once all that were due were taken or given up."""
        found: list[Record] = self.dev("GET", self.email, "reports/settled")["reports"]
        return found

    def fire(self) -> int:
        """Run the reminders once; return the host's status."""
        answer = self.http.post(
            f"{self.functions}/admin/functions/run_reminders", json={"input": ""}
        )
        return answer.status_code

    def accepted(self) -> list[Record]:
        """Return every mail that was ever accepted, oldest first."""
        found: list[Record] = self.dev("GET", self.email, "accepted")["accepted"]
        return found

    def graph_requests(self) -> list[Record]:
        found: list[Record] = self.dev("GET", self.graph, "requests")["requests"]
        return found

    def graph_writes(self) -> list[Record]:
        return [
            request
            for request in self.graph_requests()
            if request["path"].endswith(("addPassword", "removePassword"))
        ]

    def truth(self, app_id: str) -> list[Record]:
        """Return the secrets that an application really has."""
        found = self.dev("GET", self.graph, f"truth/{app_id}")
        credentials: list[Record] = found["passwordCredentials"]
        return credentials

    def token(self, user: Record, **oddities: object) -> str:
        body = {"user": user["userPrincipalName"], **oddities}
        token: str = self.dev("POST", self.identity, "token", body)["access_token"]
        return token

    @contextmanager
    def api(self, user: Record | None, **oddities: object) -> Iterator[Api]:
        """Yield the API as this user sees it; None: without a token."""
        token = None if user is None else self.token(user, **oddities)
        client = Api(self.functions, token)
        try:
            yield client
        finally:
            client.close()

    def trap(self, simulator: str, name: str, **parameters: object) -> None:
        """Set a trap of `graph`, `email` or `identity`."""
        self.dev("PUT", getattr(self, simulator), f"traps/{name}", parameters)

    def dev(self, method: str, part: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - a JSON document
        answer = self.http.request(method, f"{part}/dev/{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@contextmanager
def stack(tables: str) -> Iterator[Stack]:
    """Run everything against a table service; yield it once it answers."""
    with ExitStack() as parts:
        programs = {
            name: parts.enter_context(
                started(f"local.simulators.{name}", "--port", "0", settings={})
            )
            for name in SIMULATORS
        }
        addresses = {name: program.address() for name, program in programs.items()}
        settings = product_environment(tables, **addresses)
        host = parts.enter_context(running_host(settings))
        http = parts.enter_context(httpx.Client(timeout=60))
        made = Stack(functions=host.address(), settings=settings, http=http, host=host, **addresses)
        made.report_to(host)
        yield made


@contextmanager
def running_host(settings: Mapping[str, str]) -> Iterator[Program]:
    """Run one more host of the product with the same settings."""
    with started("local.host", "--port", "0", settings=settings) as host:
        yield host


def product_environment(tables: str, *, graph: str, email: str, identity: str) -> dict[str, str]:
    """Return the product's settings: the sample's, at these addresses."""
    values = dict(product_settings().values)
    key = values["EMAIL_CONNECTION_STRING"].partition("accesskey=")[2]
    return values | {
        "TABLES_CONNECTION_STRING": tables,
        "EMAIL_CONNECTION_STRING": f"endpoint={email}/;accesskey={key}",
        "GRAPH_BASE_URL": f"{graph}/v1.0",
        "TOKEN_AUTHORITY": f"{identity}/{values['TENANT_ID']}/v2.0",
        "LOCAL_CORS": "https://portal.example.org",
    }
