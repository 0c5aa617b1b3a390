"""A clock that stands, and clients that speak to the email simulator: the SDK's and plain HTTP."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import ClientSession
from azure.communication.email.aio import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.rest import HttpRequest

from local.simulators.common import Clock, serving
from local.simulators.email.server import application
from local.simulators.email.state import ACCESS_KEY, State

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
JANE = "jane.doe@example.org"
ID = "7d9a1c5e-0000-4000-8000-000000000001"
OTHER_ID = "7d9a1c5e-0000-4000-8000-000000000002"


def message(**changes: object) -> dict[str, Any]:
    """Return a mail to Jane, with these members replaced; None takes one away."""
    whole = {
        "senderAddress": "donotreply@example.org",
        "recipients": {"to": [{"address": JANE, "displayName": "Jane Doe"}]},
        "content": {"subject": "A secret expires", "plainText": "Soon."},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A running simulator."""

    address: str
    session: ClientSession
    client: EmailClient
    seen: list[Any]
    """What the SDK sent and was answered, in its own types."""

    async def send(self, content: Mapping[str, Any] | None = None, id: str | None = ID) -> str:  # noqa: A002 - the operation's
        """Send with the SDK, one attempt; return the operation's id."""
        poller = await self.client.begin_send(
            dict(content or message()),
            operation_id=id,
            polling=False,
            retry_total=0,
            raw_response_hook=self.seen.append,
        )
        return str((await poller.result())["id"])

    async def status(self, operation_id: str = ID) -> str:
        """Ask the service; return the status, or the code of a refusal."""
        answer = await self.read(operation_id)
        return str(answer["status"] if "status" in answer else answer["error"]["code"])

    async def read(self, operation_id: str = ID) -> dict[str, Any]:
        """Ask the service; return the body."""
        path = f"/emails/operations/{operation_id}?api-version=2025-09-01"
        response = await self.client.send_request(HttpRequest("GET", path), retry_total=0)
        return cast("dict[str, Any]", response.json())

    async def accepted(self) -> list[dict[str, Any]]:
        """Return what the simulator accepted."""
        async with self.session.get(self.address + "/dev/accepted") as answer:
            return cast("list[dict[str, Any]]", (await answer.json())["accepted"])

    async def trap(self, name: str, **parameters: object) -> None:
        """Switch a trap on."""
        async with self.session.put(f"{self.address}/dev/traps/{name}", json=parameters) as answer:
            assert answer.status == 204, f"trap {name} was refused"

    async def no_trap(self, name: str = "") -> None:
        """Switch a trap off, or all."""
        path = f"/dev/traps/{name}" if name else "/dev/traps"
        async with self.session.delete(self.address + path) as answer:
            assert answer.status == 204

    async def later(self, seconds: float) -> None:
        """Set the simulator's clock so far ahead."""
        body = {"offsetSeconds": seconds}
        async with self.session.post(self.address + "/dev/clock", json=body) as answer:
            assert answer.status == 204

    async def tell(self, url: str | None) -> None:
        """Have delivery reports sent there."""
        async with self.session.put(f"{self.address}/dev/reports", json={"url": url}) as answer:
            assert answer.status == 204

    async def report(self, status: str, operation_id: str = ID) -> int:
        """Raise a report by hand; return the status of the answer."""
        body = {"operationId": operation_id, "status": status}
        async with self.session.post(f"{self.address}/dev/reports", json=body) as answer:
            return answer.status

    async def reports(self) -> list[dict[str, Any]]:
        """Return the reports, once each that is due was taken or given up."""
        async with self.session.get(f"{self.address}/dev/reports/settled") as answer:
            return cast("list[dict[str, Any]]", (await answer.json())["reports"])

    async def page(self, path: str) -> tuple[str, Mapping[str, str]]:
        """Return a page and its headers."""
        async with self.session.get(self.address + path) as answer:
            return await answer.text(), answer.headers


@asynccontextmanager
async def running(
    access_key: str = ACCESS_KEY, *, pauses: Sequence[float] = ()
) -> AsyncIterator[Mail]:
    """Run a simulator whose clock stands, and a client with this key.

    It tries each report once, and once more after each of the pauses.
    """
    state = State(Clock(lambda: NOW))
    async with (
        serving(application(state, pauses)) as address,
        ClientSession() as session,
        EmailClient(address, AzureKeyCredential(access_key)) as client,
    ):
        yield Mail(address=address, session=session, client=client, seen=[])
