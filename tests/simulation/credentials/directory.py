"""The directory behind its ports, as one use case of one process sees it."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final, TypeVar, cast

from shared.domain.applications import Application
from shared.domain.errors import (
    DirectoryBusy,
    DirectoryRefused,
    DirectoryUnavailable,
    LifetimeRefused,
    OutcomeUnknown,
    PortalError,
    Throttled,
    TooManySecrets,
)
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.ports.directory import IssuedSecret, SecretRequest
from tests.simulation.credentials.machine import Machine
from tests.simulation.credentials.tenant import Act, By, Tenant, Writing
from tests.simulation.faults import Answers, Service
from tests.simulation.virtual_time import Time

Answer = TypeVar("Answer")

ACT: Final[ContextVar[Act]] = ContextVar("ACT")
"""What a user asked for."""

SEEN: Final[ContextVar[dict[ClientId, Application]]] = ContextVar("SEEN")
"""What the request under way has last read of each application."""

WAITS: Final = (1, 5, 10, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far reads are behind: mostly up to `usual`, now and then up to `longest` (seconds)."""

    usual: float
    longest: float
    rarely: float

    def behind(self, rng: Random) -> timedelta:
        most = self.longest if rng.random() < self.rarely else self.usual
        return timedelta(seconds=most * rng.random())


class ReadAnswers:
    """How a read fails."""

    def refusal(self, rng: Random) -> PortalError:
        return Throttled("simulated") if rng.random() < 0.5 else self.silence(rng)

    def silence(self, _rng: Random) -> PortalError:
        return DirectoryUnavailable("simulated")


class WriteAnswers:
    """How a write fails: surely, or perhaps not at all."""

    def refusal(self, rng: Random) -> PortalError:
        kind = rng.randrange(7)
        if kind <= 1:
            return Throttled("simulated", retry_after=rng.choice(WAITS))
        if kind <= 3:
            return DirectoryBusy("simulated", retry_after=rng.choice(WAITS))
        if kind == 4:
            return DirectoryUnavailable("simulated: not sent")
        return DirectoryRefused("simulated")

    def silence(self, _rng: Random) -> PortalError:
        return OutcomeUnknown("simulated")


class AddAnswers(WriteAnswers):
    """Adding is refused for some more reasons."""

    def refusal(self, rng: Random) -> PortalError:
        kind = rng.randrange(6)
        if kind == 0:
            return LifetimeRefused("simulated")
        return TooManySecrets("simulated") if kind == 1 else super().refusal(rng)


class Directory:
    """Implements the ports of shared.ports.directory that creates and deletes need.

    `by` is whose requests these are, where it is not a user's.
    """

    def __init__(
        self,
        *,
        tenant: Tenant,
        time: Time,
        machine: Machine,
        rng: Random,
        lag: Lag,
        by: By | None = None,
    ) -> None:
        self._tenant = tenant
        self._time = time
        self._machine = machine
        self._rng = rng
        self._lag = lag
        self._by = by

    async def application(self, client_id: ClientId) -> Application | None:
        behind = self._lag.behind(self._rng)
        found = await self._read(
            f"application -{behind.total_seconds():.0f} s",
            lambda: self._tenant.read(client_id, behind),
        )
        if found is not None and self._by is None:
            SEEN.get()[client_id] = found
        return found

    async def applications_of(self, groups: Collection[GroupId]) -> Sequence[Application]:
        behind = self._lag.behind(self._rng)

        def seen() -> list[Application]:
            known = (
                self._tenant.read(each.client_id, behind) for each in self._tenant.applications()
            )
            return [each for each in known if each and each.manager_groups & set(groups)]

        return await self._read(f"applications -{behind.total_seconds():.0f} s", seen)

    async def applications(self, client_ids: Collection[ClientId]) -> Sequence[Application]:
        found = [await self.application(each) for each in sorted(client_ids)]
        return [each for each in found if each is not None]

    async def every_application(self) -> AsyncIterator[Sequence[Application]]:
        yield await self.applications([each.client_id for each in self._tenant.applications()])

    async def confirm_membership(self, user: UserId, groups: Collection[GroupId]) -> bool:
        return await self._read("membership", lambda: bool(user and groups))

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        act = self._act()
        if self._tenant.witness is not None:
            seen = SEEN.get().values()
            self._tenant.witness.asks(
                next((each for each in seen if each.object_id == application), None)
            )
        writing = await self._write(
            f"add {request.display_name} {request.start:%H:%M:%S}",
            lambda: self._tenant.add(application, request, act),
            AddAnswers(),
        )
        if writing.issued is None:
            raise AssertionError("nothing was added")
        return writing.issued

    async def remove_secret(self, application: ObjectId, key_id: KeyId) -> bool:
        act = self._act()
        writing = await self._write(
            f"remove {key_id[:8]} for {act.by.name.lower()}",
            lambda: self._tenant.remove(application, key_id, act),
            WriteAnswers(),
        )
        return writing.found

    def _act(self) -> Act:
        return ACT.get() if self._by is None else Act(by=self._by)

    async def _read(self, what: str, effect: Callable[[], Answer]) -> Answer:
        answers = cast("Answers[Answer]", ReadAnswers())
        return await self._machine.call(Service.DIRECTORY, f"directory: {what}", effect, answers)

    async def _write(
        self, what: str, effect: Callable[[], Writing], answers: WriteAnswers
    ) -> Writing:
        writing = await self._machine.call(
            Service.DIRECTORY,
            f"directory: {what}",
            effect,
            cast("Answers[Writing]", answers),
        )
        left = (writing.done_at - self._time.now()).total_seconds()
        # A moment more: an answer never overtakes what it is about.
        await self._machine.sleep(max(0.0, left) + 0.001)
        return writing
