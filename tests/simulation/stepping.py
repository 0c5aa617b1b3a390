"""Two workers that take their steps one at a time, in an order and with faults that are given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final, TypeVar

from shared.domain.ids import MessageId
from shared.domain.messages import Message
from shared.ports.mail import Posted, Posting, Status
from tests.simulation.faults import Answers, Fate, Service
from tests.simulation.mail_service import Answered, MailService
from tests.simulation.observer import Observer
from tests.simulation.process import Process
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import Time

Answer = TypeVar("Answer")

WRITES: Final = (Fate.FINE, Fate.REFUSED, Fate.LOST, Fate.LATE, Fate.CRASH_BEFORE)
READS: Final = (Fate.FINE, Fate.NEVER_SENT)
"""What is late may never arrive, as if it had not been sent. A crash matters before a write alone:
of what was read, or answered, nothing is left."""

WRITING: Final = frozenset({"create", "update", "upsert", "delete", "transact", "post"})
SHARED: Final = frozenset({"message", "run", "support", "mail:"})
"""What both workers write, besides the partition of the recipient."""

PAST: Final = (" 'run' ", "open eq false")
"""Queries for what is older than this day: nobody writes that."""


class _Steady(Random):
    """Chooses the last of everything."""

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        assert stop is None
        return start - step


STEADY: Final = _Steady()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request that waits for its turn, and what may become of it."""

    worker: str
    what: str
    fates: tuple[Fate, ...]
    turn: "asyncio.Future[Fate]"


class Turns:
    """Who waits for a turn, and what has been sent but not arrived."""

    def __init__(self) -> None:
        self.waiting: list[Step] = []
        self.late: list[tuple[str, Callable[[], object]]] = []

    async def turn(self, worker: str, what: str, fates: tuple[Fate, ...]) -> Fate:
        turn: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        self.waiting.append(Step(worker=worker, what=what, fates=fates, turn=turn))
        return await turn

    def take(self, place: int, fate: Fate) -> None:
        self.waiting.pop(place).turn.set_result(fate)

    def arrive(self, place: int) -> None:
        _, effect = self.late.pop(place)
        effect()


class SteppedProcess(Process):
    """A process whose requests wait for their turn. Time passes only where it sleeps."""

    def __init__(self, name: str, *, time: Time, turns: Turns, partition: str) -> None:
        super().__init__(name, time=time, rng=STEADY, trace=Trace(time.now))
        self.history = 0
        """Stands for all that the process knows: the answers that it has had."""
        self._turns = turns
        self._shared = SHARED | {partition}

    async def sleep(self, seconds: float) -> None:
        self.check()
        self.skew += timedelta(seconds=seconds)

    async def call(
        self,
        service: Service,
        what: str,
        effect: Callable[[], Answer],
        answers: Answers[Answer],
    ) -> Answer:
        self.check()
        fate = await self._fate(service, what)
        if fate is Fate.CRASH_BEFORE:
            self.kill()
        self.check()
        answer: Answer | Exception
        if fate in {Fate.FINE, Fate.LOST}:
            answer = _answer(effect)
        if fate is Fate.LATE:
            self._turns.late.append((f"{self.history} {what}", partial(_answer, effect)))
        if fate is Fate.REFUSED:
            answer = answers.refusal(STEADY)
        elif fate is not Fate.FINE:
            answer = answers.silence(STEADY)
        self.history = hash((self.history, what, fate, repr(answer)))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _fate(self, service: Service, what: str) -> Fate:
        """Wait for a turn; what concerns nobody else needs none."""
        words = {word.strip("'") for word in what.split()}
        is_past = any(past in what for past in PAST)
        if service is Service.DIRECTORY or is_past or not self._shared & words:
            return Fate.FINE
        fates = WRITES if WRITING & words else READS
        return await self._turns.turn(self.name, what, fates)


class PlainMailer:
    """Posts without a client and without words: what is in a mail does not matter here."""

    edition = "plain"

    def __init__(self, service: MailService, observer: Observer, process: Process) -> None:
        self._service = service
        self._observer = observer
        self._process = process

    async def post(self, message: Message) -> Posted:
        self._observer.posting(message, self._process)
        letter = {
            "recipients": {"to": [{"address": message.recipient.address}]},
            "claims": sorted(message.claims),
        }
        effect = partial(self._service.post, message.message_id, letter)
        answered = await self._call(f"post {message.message_id}", effect)
        if answered.status == ACCEPTED:
            return Posted(posting=Posting.ACCEPTED)
        is_refused = answered.status == TOO_MANY_REQUESTS
        return Posted(posting=Posting.NOT_NOW if is_refused else Posting.UNKNOWN, retry_after=5)

    async def status(self, message_id: MessageId) -> Status:
        effect = partial(self._service.tell, message_id)
        answered = await self._call(f"ask {message_id}", effect)
        if answered.status == NOT_FOUND:
            return Status.DENIED
        return Status.TAKEN if answered.status == OK else Status.NO_ANSWER

    async def _call(self, what: str, effect: Callable[[], Answered]) -> Answered:
        return await self._process.call(Service.MAIL, f"mail: {what}", effect, PLAIN)


OK, ACCEPTED, NOT_FOUND, TOO_MANY_REQUESTS, UNAVAILABLE = 200, 202, 404, 429, 503


class PlainAnswers:
    """Refusals and silence of the mail service, one kind of each."""

    def refusal(self, _rng: Random) -> Answered | Exception:
        return Answered(status=TOO_MANY_REQUESTS)

    def silence(self, _rng: Random) -> Answered | Exception:
        return Answered(status=UNAVAILABLE)


PLAIN: Final = PlainAnswers()


def _answer(effect: Callable[[], Answer]) -> Answer | Exception:
    try:
        return effect()
    except Exception as error:  # noqa: BLE001 - whatever it raises is the service's answer
        return error
