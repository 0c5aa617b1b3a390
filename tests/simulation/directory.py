"""The directory as one process sees it: in pages, behind the truth, and not always."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import TypeVar, cast

from shared.domain.applications import Application
from shared.domain.errors import (
    DirectoryRefused,
    DirectoryUnavailable,
    OutcomeUnknown,
    TemporarilyUnavailable,
    Throttled,
)
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret, SecretValue
from shared.ports.directory import IssuedSecret, SecretRequest
from tests.simulation.faults import Answers, Service
from tests.simulation.ids import guid
from tests.simulation.process import Process
from tests.simulation.virtual_time import Time
from tests.simulation.world import Snapshot, World

Answer = TypeVar("Answer")

PAGE = 2
"""Applications on a page."""

TOGETHER = 15
"""Client ids that one request asks for."""


class ReadAnswers:
    """How a read fails: the adapter has tried it several times by then."""

    def refusal(self, rng: Random) -> TemporarilyUnavailable:
        return Throttled("simulated") if rng.random() < 0.5 else self.silence(rng)

    def silence(self, _rng: Random) -> TemporarilyUnavailable:
        return DirectoryUnavailable("simulated")


class WriteAnswers:
    """How a write fails: surely, or perhaps not at all."""

    def refusal(self, rng: Random) -> TemporarilyUnavailable | DirectoryRefused:
        return Throttled("simulated") if rng.random() < 0.5 else DirectoryRefused("simulated")

    def silence(self, _rng: Random) -> TemporarilyUnavailable:
        return OutcomeUnknown("simulated")


class Directory:
    """Implements the ports of shared.ports.directory. `lag`: how far behind a read may be."""

    def __init__(
        self, world: World, time: Time, process: Process, rng: Random, lag: timedelta
    ) -> None:
        self._world = world
        self._time = time
        self._process = process
        self._rng = rng
        self._lag = lag

    async def every_application(self) -> AsyncIterator[Sequence[Application]]:
        after = ""
        while True:
            known = await self._read(f"applications after {after}", partial(_after, after))
            if known:
                yield known[:PAGE]
            if len(known) <= PAGE:
                return
            after = known[PAGE - 1].client_id

    async def applications_of(self, groups: Collection[GroupId]) -> Sequence[Application]:
        return await self._read(
            "applications of groups",
            lambda seen: [
                each for each in seen.applications.values() if each.manager_groups & set(groups)
            ],
        )

    async def application(self, client_id: ClientId) -> Application | None:
        return await self._read(
            f"application {client_id}", lambda seen: seen.applications.get(client_id)
        )

    async def applications(self, client_ids: Collection[ClientId]) -> Sequence[Application]:
        wanted = sorted(set(client_ids))
        found: list[Application] = []
        for first in range(0, len(wanted), TOGETHER):
            some = wanted[first : first + TOGETHER]
            found += await self._read(f"applications {' '.join(some)}", partial(_named, some))
        return found

    async def groups_with_role(self) -> frozenset[GroupId]:
        return await self._read("groups with role", lambda seen: seen.with_role)

    async def members(self, group: GroupId) -> Sequence[Member]:
        return await self._read(f"members {group}", lambda seen: seen.groups.get(group, ()))

    async def confirm_membership(self, user: UserId, groups: Collection[GroupId]) -> bool:
        return await self._read(
            "membership", lambda seen: any(seen.member(group, user) for group in groups)
        )

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        secret = ClientSecret(
            key_id=KeyId(guid(self._rng)),
            display_name=request.display_name,
            hint="sim",
            start=request.start,
            end=request.end,
        )

        def add(owner: ClientId) -> IssuedSecret:
            self._become(self._world.now.put_secret(owner, secret))
            return IssuedSecret(
                key_id=secret.key_id, hint=secret.hint, value=SecretValue("sim8Q~" + "x" * 34)
            )

        return await self._write(f"add secret {secret.key_id}", application, add)

    async def remove_secret(self, application: ObjectId, key_id: KeyId) -> bool:
        def remove(owner: ClientId) -> bool:
            known = self._world.now.applications[owner].secrets
            self._become(self._world.now.drop_secret(owner, key_id))
            return any(each.key_id == key_id for each in known)

        return await self._write(f"remove secret {key_id}", application, remove)

    def _become(self, snapshot: Snapshot) -> None:
        self._world.become(snapshot, self._time.now())

    async def _read(self, what: str, of: Callable[[Snapshot], Answer]) -> Answer:
        """Read of the directory as it was a moment ago: each request meets another replica."""
        behind = self._lag * self._rng.random()

        def effect() -> Answer:
            return of(self._world.at(self._time.now() - behind))

        answers = cast("Answers[Answer]", ReadAnswers())
        return await self._process.call(Service.DIRECTORY, f"directory: {what}", effect, answers)

    async def _write(
        self, what: str, application: ObjectId, change: Callable[[ClientId], Answer]
    ) -> Answer:
        def effect() -> Answer:
            for owner, known in self._world.now.applications.items():
                if known.object_id == application:
                    return change(owner)
            raise DirectoryRefused("no such application")

        answers = cast("Answers[Answer]", WriteAnswers())
        return await self._process.call(Service.DIRECTORY, f"directory: {what}", effect, answers)


def _after(start: str, seen: Snapshot) -> list[Application]:
    return [each for client_id, each in seen.applications.items() if client_id > start]


def _named(client_ids: Sequence[ClientId], seen: Snapshot) -> list[Application]:
    return [seen.applications[each] for each in client_ids if each in seen.applications]
