"""A Graph that is a function, for what no simulator of the real one would do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
from azure.core.credentials_async import AsyncTokenCredential

from shared.adapters.graph_directory import GraphDirectory, connect
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.ports.directory import SecretRequest
from tests.fakes.telemetry import FakeTelemetry
from tests.support.builders import numbered

GRAPH = "https://graph.microsoft.com/v1.0"
ROLE, PORTAL = numbered(0xA2), numbered(0xA3)


class Wire:
    """Answers requests by a function, and keeps them; the adapter's pauses take no time."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.telemetry = FakeTelemetry()
        self._answer = answer

    def directory(
        self, *, base_url: str = GRAPH, credential: AsyncTokenCredential | None = None
    ) -> GraphDirectory:
        """Return the adapter at the other end."""
        return connect(
            base_url=base_url,
            credential=credential,
            portal_service_principal_id=PORTAL,
            credential_role_id=ROLE,
            transport=httpx.MockTransport(self._respond),
            sleep=self._sleep,
            meters=self.telemetry,
        )

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def answering(*answers: httpx.Response | BaseException) -> Wire:
    """Return a wire that gives these answers in turn, and the last one for good."""
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, BaseException):
            raise given
        return given

    return Wire(answer)


APPLICATION, KEY, USER = ObjectId(numbered(1)), KeyId(numbered(2)), UserId(numbered(3))
CLIENT, GROUPS = ClientId(numbered(4)), [GroupId(numbered(0xB00 + number)) for number in range(31)]
REQUEST = SecretRequest(
    display_name="Secret by JD",
    start=datetime(2026, 11, 21, 9, tzinfo=UTC),
    end=datetime(2027, 11, 20, 23, 59, 59, tzinfo=UTC),
)
NOTHING: dict[str, object] = {"value": []}
"""An empty page."""

Call = Callable[[GraphDirectory], Awaitable[object]]

WRITES: list[Call] = [
    lambda directory: directory.add_secret(APPLICATION, REQUEST),
    lambda directory: directory.remove_secret(APPLICATION, KEY),
]
READS: list[Call] = [
    lambda directory: directory.application(CLIENT),
    lambda directory: directory.applications_of(GROUPS[:1]),
    lambda directory: directory.applications([CLIENT]),
    lambda directory: directory.confirm_membership(USER, GROUPS[:1]),
    lambda directory: directory.groups_with_role(),
    lambda directory: directory.members(GROUPS[0]),
    lambda directory: directory.grants([CLIENT]),
]


async def every_call() -> None:
    """Make every call of the adapter once."""
    issued = {"keyId": KEY, "hint": "Q_e", "secretText": "Q_e8Q~"}
    wire = answering(
        httpx.Response(200, json=issued),
        httpx.Response(204),
        httpx.Response(404, json={"error": {"code": "Request_ResourceNotFound"}}),
        httpx.Response(200, json=NOTHING),
    )
    directory = wire.directory()
    for call in (*WRITES, *READS):
        await call(directory)
    assert [page async for page in directory.every_application()] == [[]]
    await directory.close()
