"""What people do at the page, and what its client does for them when an answer does not come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Protocol

from shared.domain.access import CREDENTIAL_MANAGER, Principal
from shared.domain.errors import (
    AlreadyCreated,
    ApplicationBusy,
    CreateInProgress,
    LastValidSecret,
    PortalError,
    TemporarilyUnavailable,
)
from shared.domain.ids import ClientId, GroupId, KeyId, UserId
from shared.ports.secret_store import Outcome
from shared.use_cases.create_secret import CreatedSecret, Wish
from shared.use_cases.list_applications import Listing
from tests.simulation.credentials.character import Character
from tests.simulation.ids import guid
from tests.simulation.world import PORTAL

PAUSES: Final = (1, 5, 20, 60, 310, 400)
"""Seconds until a request without a usable answer is sent again."""

ATTEMPTS: Final = 4
ELSEWHERE: Final = 0.05
"""How probable it is that a secret is asked for at an application that need not be its own."""

LIFETIMES: Final = (20, 100, 300)
"""Days."""

SILENCE: Final = None
"""No answer came: the process is gone, or the client has given up."""

Said = CreatedSecret | Outcome | Listing | PortalError | None


class Portal(Protocol):
    """The portal, over the network: a request comes to any of its processes."""

    async def create(self, who: Principal, client_id: ClientId, wish: Wish) -> Said:
        """Return the answer; None if none came."""

    async def delete(
        self, who: Principal, client_id: ClientId, key_id: KeyId, *, confirm: bool
    ) -> Said:
        """Return the answer; None if none came."""

    async def list(self, who: Principal) -> Said:
        """Return the answer; None if none came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A credential manager at the page."""

    who: Principal
    portal: Portal
    rng: Random
    today: date
    character: Character
    seen: dict[ClientId, list[KeyId]]
    """Secrets of each application that anybody has seen or made."""

    async def act(self, client_id: ClientId) -> None:
        """Do one of the things that people do."""
        kind = self.rng.random()
        if kind < 0.3:
            await self.create(client_id, self._wish())
        elif kind < 0.4:
            await self._twice(client_id, same_key=True)
        elif kind < 0.55:
            await self._twice(client_id, same_key=False)
        elif kind < 0.67:
            await self.look(client_id)
        elif kind < 0.77:
            await self._clear_out(client_id)
        else:
            await self._delete_something(client_id)

    async def look(self, client_id: ClientId) -> None:
        said = await self.portal.list(self.who)
        if isinstance(said, Listing):
            for listed in said.applications:
                if listed.application.client_id == client_id:
                    self.seen[client_id] = [each.secret.key_id for each in listed.secrets]

    async def create(self, client_id: ClientId, wish: Wish) -> None:
        """Ask until there is an answer, as the contract has it: when to keep the key, when not."""
        for _ in range(ATTEMPTS):
            said = await self.portal.create(self.who, client_id, wish)
            if isinstance(said, CreatedSecret):
                self.seen[client_id].append(said.secret.key_id)
                return
            if isinstance(said, AlreadyCreated):
                await self._start_again(client_id, KeyId(said.key_id))
                return
            if said is not SILENCE and not isinstance(
                said, (TemporarilyUnavailable, CreateInProgress)
            ):
                if self.rng.random() < 0.5:
                    return
                wish = self._wish()
            await asyncio.sleep(self.rng.choice(PAUSES))

    async def delete(self, client_id: ClientId, key_id: KeyId, *, confirm: bool) -> None:
        for _ in range(ATTEMPTS):
            said = await self.portal.delete(self.who, client_id, key_id, confirm=confirm)
            if isinstance(said, LastValidSecret):
                if self.rng.random() < 0.7:
                    return
                confirm = True
            elif said is not SILENCE and not isinstance(
                said, (TemporarilyUnavailable, ApplicationBusy)
            ):
                return
            await asyncio.sleep(self.rng.choice(PAUSES))

    async def _twice(self, client_id: ClientId, *, same_key: bool) -> None:
        """Click twice, or in two windows, which think of two keys."""
        wish = self._wish()
        again = wish if same_key else self._wish(like=wish)

        async def later() -> None:
            await asyncio.sleep(self.rng.choice((0.0, 0.02, 0.5, 5)))
            await self.create(client_id, again)

        await together(lambda: self.create(client_id, wish), later)

    async def _start_again(self, client_id: ClientId, key_id: KeyId) -> None:
        """The value is gone with its answer: delete the secret, as the page offers to."""
        if self.rng.random() < 0.5:
            await self.delete(client_id, key_id, confirm=False)

    async def _delete_something(self, client_id: ClientId) -> None:
        if not self.seen[client_id] or self.rng.random() < 0.3:
            await self.look(client_id)
        if not self.seen[client_id]:
            await self.create(client_id, self._wish())
        where = client_id if self.rng.random() > ELSEWHERE else self.rng.choice([*self.seen])
        if self.seen[where]:
            key_id = self.rng.choice(self.seen[where])
            await self.delete(client_id, key_id, confirm=self.rng.random() < 0.2)

    async def _clear_out(self, client_id: ClientId) -> None:
        """Delete one after the other, until one is said to be the last."""
        await self.look(client_id)
        for key_id in self.rng.sample(self.seen[client_id], len(self.seen[client_id])):
            said = await self.portal.delete(self.who, client_id, key_id, confirm=False)
            if not isinstance(said, Outcome):
                return

    def _wish(self, like: Wish | None = None) -> Wish:
        name = f"Secret {self.rng.randrange(self.character.names)}"
        expires_on = self.today + timedelta(days=self.rng.choice(LIFETIMES))
        return Wish(
            idempotency_key=guid(self.rng),
            display_name=like.display_name if like else name,
            expires_on=like.expires_on if like else expires_on,
        )


async def together(*work: Callable[[], Awaitable[None]]) -> None:
    async def do(each: Callable[[], Awaitable[None]]) -> None:
        await each()

    async with asyncio.TaskGroup() as tasks:
        for each in work:
            tasks.create_task(do(each))


def manager(number: int, group: GroupId) -> Principal:
    return Principal(
        user_id=UserId(f"000000d{number}-0000-4000-8000-000000000000"),
        tenant_id="tenant",
        name=f"Jane Doe {number}",
        client_id=PORTAL,
        token_id="uti",  # noqa: S106 - an id, no password
        roles=frozenset({CREDENTIAL_MANAGER}),
        groups=frozenset({group}),
        authentication_contexts=frozenset(),
        understands_challenges=True,
    )
