"""The mail adapter at the mail service's simulator, and at servers that answer as a test wants."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from local.simulators.email.server import application
from local.simulators.email.state import ACCESS_KEY, State
from shared.adapters.acs_mailer import AcsMailer, TimeOuts
from shared.domain.ids import MessageId
from shared.domain.messages import Message
from shared.ports.mail import Posting, Status
from tests.contract.mailer_contract import Service
from tests.support.builders import line, message
from tests.support.mails import SUPPORT_ADDRESS, WORDING
from tests.support.simulators import Simulator, running, simulator

SENDER = "donotreply@example.org"
IMPATIENT = TimeOuts(connect=2, read=3, whole=5, question=5)

Trap = tuple[str, Mapping[str, Any]]

ANSWERS: Mapping[Posting, Trap] = {
    Posting.REFUSED_FOR_RECIPIENT: ("invalid_address", {}),
    Posting.SUPPRESSED: ("suppressed", {}),
    Posting.NOT_NOW: ("throttle", {"retryAfter": None}),
    Posting.REFUSED_FOR_SENDER: ("denied_sender", {}),
    Posting.UNKNOWN: ("drop_answer", {"accepted": False}),
}
BUSY: Mapping[Posting, Trap] = {
    Posting.NOT_NOW: ("throttle", {}),
    Posting.UNKNOWN: ("server_error", {"status": 503}),
}
ENDS: Mapping[Status, Trap] = {
    Status.FAILED: ("failed_operation", {}),
    Status.SUPPRESSED: ("suppressed", {"answered": "status"}),
    Status.DENIED: ("forget_status", {}),
    Status.NO_ANSWER: ("unauthorised", {"method": "GET"}),
}


def mailer(base: str, *, key: str = ACCESS_KEY, time_outs: TimeOuts = IMPATIENT) -> AcsMailer:
    return AcsMailer.connect(
        endpoint=None,
        connection_string=f"endpoint={base}/;accesskey={key}",
        credential=None,
        sender=SENDER,
        reply_to=SUPPORT_ADDRESS,
        wording=WORDING,
        time_outs=time_outs,
    )


@asynccontextmanager
async def mailer_at(answer: Handler) -> AsyncIterator[AcsMailer]:
    """Yield a mailer whose service answers so, whatever it is asked."""
    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", answer)])
    async with running(app) as base:
        adapter = mailer(base)
        try:
            yield adapter
        finally:
            await adapter.close()


class AtSimulator(Service):
    def __init__(self, mail: Simulator, adapter: AcsMailer, resources: AsyncExitStack) -> None:
        self.mail = mail
        self.mailer = adapter
        self._resources = resources

    def another(self, **changes: Any) -> AcsMailer:  # noqa: ANN401 - as the mailer has them
        """Return another mailer at the same service, which goes with this one."""
        adapter = mailer(self.mail.base, **changes)
        self._resources.push_async_callback(adapter.close)
        return adapter

    async def answer_next(self, posting: Posting, retry_after: int | None = None) -> None:
        name, parameters = ANSWERS[posting] if retry_after is None else BUSY[posting]
        asked = {} if retry_after is None else {"retryAfter": retry_after}
        await self.mail.trap(name, **parameters, **asked, times=1)

    async def let_know(self, mail: Message, status: Status) -> None:
        if status in ENDS:
            name, parameters = ENDS[status]
            await self.mail.trap(name, **parameters)
        await self.mailer.post(mail)

    async def unwritable(self) -> Message:
        return message(lines=[line(ends_at=None)])

    async def attempts(self) -> int:
        return await self._requests("POST")

    async def questions(self) -> int:
        return await self._requests("GET")

    async def _requests(self, method: str) -> int:
        return [each["method"] for each in await self.mail.requests()].count(method)

    async def accepted(self) -> Sequence[tuple[MessageId, str]]:
        return [(each["operationId"], each["recipient"]) for each in await self.mails()]

    async def mails(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = (await self.mail.dev("GET", "accepted"))["accepted"]
        return found


@asynccontextmanager
async def at_simulator() -> AsyncIterator[AtSimulator]:
    """Yield a mailer at a simulator of its own."""
    async with AsyncExitStack() as resources:
        mail = await resources.enter_async_context(simulator(application(State())))
        adapter = mailer(mail.base)
        resources.push_async_callback(adapter.close)
        yield AtSimulator(mail, adapter, resources)
