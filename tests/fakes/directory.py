"""A directory in memory, whose calls can be counted and made to fail."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace

from shared.domain.applications import Application, manager_tags
from shared.domain.errors import DirectoryRefused
from shared.domain.findings import Grants
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.domain.reports import Unread
from shared.domain.secrets import ClientSecret, SecretValue
from shared.ports.directory import Granted, IssuedSecret, SecretRequest
from tests.fakes.faults import Faulty


class FakeDirectory(Faulty):
    """Implements the ports of shared.ports.directory; reads never lag."""

    def __init__(self, *applications: Application, page_size: int = 100) -> None:
        super().__init__()
        self.page_size = page_size
        self.matches_everything = False
        self._applications = {each.object_id: each for each in applications}
        self._members: dict[GroupId, tuple[Member, ...]] = {}
        self._with_role: set[GroupId] = set()
        self._granted: dict[ClientId, Grants] = {}
        self.unread: set[Unread] = set()
        self._made = 0

    def put(self, application: Application) -> None:
        """Add an application, or replace the one of the same object id."""
        self._applications[application.object_id] = application

    def held(self, application: ObjectId) -> Application:
        return self._applications[application]

    def drop(self, application: ObjectId) -> None:
        del self._applications[application]

    def set_group(self, group: GroupId, *members: Member, with_role: bool = True) -> None:
        """Add a group, or replace it."""
        self._members[group] = members
        (self._with_role.add if with_role else self._with_role.discard)(group)

    def drop_group(self, group: GroupId) -> None:
        del self._members[group]
        self._with_role.discard(group)

    def grant(self, client_id: ClientId, held: Grants) -> None:
        """Let an application hold this, and nothing else."""
        self._granted[client_id] = held

    async def every_application(self) -> AsyncIterator[Sequence[Application]]:
        async with self.called("every_application"):
            found = list(self._applications.values())
            for at in range(0, len(found), self.page_size):
                yield found[at : at + self.page_size]

    async def applications_of(self, groups: Collection[GroupId]) -> Sequence[Application]:
        async with self.called("applications_of"):
            tags = set(manager_tags(groups))
            return [
                each
                for each in self._applications.values()
                if self.matches_everything or tags & set(each.tags)
            ]

    async def application(self, client_id: ClientId) -> Application | None:
        async with self.called("application"):
            known = {each.client_id: each for each in self._applications.values()}
            return known.get(client_id)

    async def applications(self, client_ids: Collection[ClientId]) -> Sequence[Application]:
        async with self.called("applications"):
            return [each for each in self._applications.values() if each.client_id in client_ids]

    async def confirm_membership(self, user: UserId, groups: Collection[GroupId]) -> bool:
        async with self.called("confirm_membership"):
            members = (each for group in groups for each in self._members.get(group, ()))
            return any(each.user_id == user for each in members)

    async def add_secret(self, application: ObjectId, request: SecretRequest) -> IssuedSecret:
        async with self.called("add_secret"):
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
        async with self.called("remove_secret"):
            before = self._secrets_of(application)
            self._change(application, tuple(each for each in before if each.key_id != key_id))
            return len(self._secrets_of(application)) < len(before)

    async def groups_with_role(self) -> frozenset[GroupId]:
        async with self.called("groups_with_role"):
            return frozenset(self._with_role)

    async def members(self, group: GroupId) -> Sequence[Member]:
        async with self.called("members"):
            return self._members.get(group, ())

    async def grants(self, client_ids: Collection[ClientId]) -> Granted:
        async with self.called("grants"):
            is_whole = Unread.APPLICATION_GRANTS not in self.unread
            found = {each: self._granted.get(each, Grants()) for each in client_ids}
            return Granted(
                grants={each: replace(held, is_whole=is_whole) for each, held in found.items()},
                unread=frozenset(self.unread),
            )

    def _secrets_of(self, application: ObjectId) -> tuple[ClientSecret, ...]:
        if application not in self._applications:
            raise DirectoryRefused("no such application")
        return self._applications[application].secrets

    def _change(self, application: ObjectId, secrets: tuple[ClientSecret, ...]) -> None:
        self.put(replace(self._applications[application], secrets=secrets))
