"""A directory in memory, whose calls can be counted and made to fail."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from shared.domain.applications import Application, manager_tags
from shared.domain.errors import DirectoryRefused
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret, SecretValue
from shared.ports.directory import IssuedSecret, SecretRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    call: str
    error: Exception
    applied: bool


class FakeDirectory:
    """Implements the three ports of shared.ports.directory; reads never lag."""

    def __init__(self, *applications: Application, page_size: int = 100) -> None:
        self.calls: list[str] = []
        self.page_size = page_size
        self._applications = {each.object_id: each for each in applications}
        self._members: dict[GroupId, tuple[Member, ...]] = {}
        self._with_role: set[GroupId] = set()
        self._failures: list[_Failure] = []
        self._made = 0

    def put(self, application: Application) -> None:
        """Add an application, or replace the one of the same object id."""
        self._applications[application.object_id] = application

    def drop(self, application: ObjectId) -> None:
        del self._applications[application]

    def set_group(self, group: GroupId, *members: Member, with_role: bool = True) -> None:
        """Add a group, or replace it."""
        self._members[group] = members
        (self._with_role.add if with_role else self._with_role.discard)(group)

    def drop_group(self, group: GroupId) -> None:
        del self._members[group]
        self._with_role.discard(group)

    def fail_next(self, call: str, error: Exception, *, applied: bool = False) -> None:
        """Let the next call of that name raise, after its effect if `applied`; may be queued."""
        self._failures.append(_Failure(call=call, error=error, applied=applied))

    async def close(self) -> None:
        """Do nothing."""

    async def every_application(self) -> AsyncIterator[Sequence[Application]]:
        async with self._called("every_application"):
            found = list(self._applications.values())
            for at in range(0, len(found), self.page_size):
                yield found[at : at + self.page_size]

    async def applications_of(self, groups: Collection[GroupId]) -> Sequence[Application]:
        async with self._called("applications_of"):
            tags = set(manager_tags(groups))
            return [each for each in self._applications.values() if tags & set(each.tags)]

    async def application(self, client_id: ClientId) -> Application | None:
        async with self._called("application"):
            known = {each.client_id: each for each in self._applications.values()}
            return known.get(client_id)

    async def confirm_membership(self, user: UserId, groups: Collection[GroupId]) -> bool:
        async with self._called("confirm_membership"):
            members = (each for group in groups for each in self._members.get(group, ()))
            return any(each.user_id == user for each in members)

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        async with self._called("add_secret"):
            self._made += 1
            value = f"{self._made:03d}8Q~{'x' * 34}"
            secret = ClientSecret(
                key_id=KeyId(f"5ec7e700-0000-4000-8000-{self._made:012x}"),
                display_name=request.display_name,
                hint=value[:3],
                start=request.start,
                end=request.end,
            )
            self._change(application, (*self._secrets_of(application), secret))
            return IssuedSecret(key_id=secret.key_id, hint=secret.hint, value=SecretValue(value))

    async def remove_secret(self, application: ObjectId, key_id: KeyId) -> bool:
        async with self._called("remove_secret"):
            before = self._secrets_of(application)
            self._change(application, tuple(each for each in before if each.key_id != key_id))
            return len(self._secrets_of(application)) < len(before)

    async def groups_with_role(self) -> frozenset[GroupId]:
        async with self._called("groups_with_role"):
            return frozenset(self._with_role)

    async def members(self, group: GroupId) -> Sequence[Member]:
        async with self._called("members"):
            return self._members.get(group, ())

    def _secrets_of(self, application: ObjectId) -> tuple[ClientSecret, ...]:
        if application not in self._applications:
            raise DirectoryRefused("no such application")
        return self._applications[application].secrets

    def _change(self, application: ObjectId, secrets: tuple[ClientSecret, ...]) -> None:
        self.put(replace(self._applications[application], secrets=secrets))

    @asynccontextmanager
    async def _called(self, call: str) -> AsyncIterator[None]:
        self.calls.append(call)
        failure = next((each for each in self._failures if each.call == call), None)
        if failure:
            self._failures.remove(failure)
        await asyncio.sleep(0)  # others get their turn, as in any call over a network
        if failure and not failure.applied:
            raise failure.error
        yield
        if failure:
            raise failure.error
