"""The directory's truth: which secrets there are, and what writes that overlap do to each other."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random
from typing import Final, Protocol

from shared.domain.applications import Application
from shared.domain.errors import DirectoryBusy, DirectoryRefused, LifetimeRefused
from shared.domain.ids import ClientId, KeyId, ObjectId
from shared.domain.secrets import ClientSecret, SecretValue
from shared.ports.directory import IssuedSecret, SecretRequest
from tests.simulation.ids import guid

CANARY: Final = "canary"
"""Every value holds it, and nothing else does."""


class By(Enum):
    """Who sends a write to the directory."""

    CREATE = auto()
    DELETE = auto()
    RECOVERY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """On whose behalf a write is sent: `key` is the Idempotency-Key of a create."""

    by: By
    user: str = ""
    key: str = ""
    confirmed: bool = False
    """The last valid secret may go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How the directory behaves, besides its faults. Seconds."""

    slowest_write: float
    notices_overlaps: float
    """How probable it is that a write beside another one is refused, and not lost."""
    invisible: float
    """So long a new secret cannot be removed: no such credential, it says."""
    longest_lifetime: timedelta


@dataclass(slots=True)
class Writing:
    """A write that has arrived and is not done: what it found is what it will write, changed."""

    client_id: ClientId
    act: Act
    base: tuple[ClientSecret, ...]
    issued: IssuedSecret | None = None
    adds: ClientSecret | None = None
    removes: KeyId | None = None
    done_at: datetime = field(kw_only=True)
    found: bool = True


class Witness(Protocol):
    """Sees what becomes of the truth."""

    def asks(self, seen: Application | None) -> None:
        """Called before a secret is asked for, with what that request has read."""

    def changes(self, writing: Writing, before: Application, after: Application) -> None:
        """Called when a write of the portal takes effect."""


class Tenant:
    """The applications as they are, as they were, and the writes under way."""

    def __init__(
        self,
        now: Callable[[], datetime],
        rng: Random,
        habits: Habits,
        applications: Iterable[Application],
    ) -> None:
        self.witness: Witness | None = None
        self.outside: dict[ClientId, datetime] = {}
        """When an administrator last changed each application."""
        self.made_at: dict[KeyId, datetime] = {}
        self._now = now
        self._rng = rng
        self._habits = habits
        self._times: dict[ClientId, list[datetime]] = {}
        self._states: dict[ClientId, list[Application]] = {}
        self._writing: list[Writing] = []
        for each in applications:
            self._times[each.client_id] = [now()]
            self._states[each.client_id] = [each]

    def applications(self) -> Sequence[Application]:
        return [states[-1] for states in self._states.values()]

    def application(self, client_id: ClientId) -> Application:
        return self._states[client_id][-1]

    def holds(self, client_id: ClientId, key_id: KeyId) -> bool:
        return any(each.key_id == key_id for each in self.application(client_id).secrets)

    def read(self, client_id: ClientId, behind: timedelta) -> Application | None:
        """Return an application as it was a while ago."""
        if client_id not in self._states:
            return None
        place = bisect_right(self._times[client_id], self._now() - behind)
        return self._states[client_id][max(0, place - 1)]

    def add(self, object_id: ObjectId, request: SecretRequest, act: Act) -> Writing:
        """Begin to add a secret."""
        if request.end - self._now() > self._habits.longest_lifetime:
            raise LifetimeRefused("simulated")
        writing = self._begin(object_id, act)
        key_id = KeyId(guid(self._rng))
        value = SecretValue(f"{CANARY}8Q~{self._rng.getrandbits(96):024x}")
        writing.issued = IssuedSecret(key_id=key_id, hint="can", value=value)
        writing.adds = ClientSecret(
            key_id=key_id,
            display_name=request.display_name,
            hint="can",
            start=request.start,
            end=request.end,
        )
        return writing

    def remove(self, object_id: ObjectId, key_id: KeyId, act: Act) -> Writing:
        """Begin to remove a secret; it is not found if it is too new."""
        writing = self._begin(object_id, act)
        made_at = self.made_at.get(key_id)
        is_new = made_at is not None and (
            self._now() - made_at < timedelta(seconds=self._habits.invisible)
        )
        if is_new or not any(each.key_id == key_id for each in writing.base):
            writing.found = False
        else:
            writing.removes = key_id
        return writing

    def add_outside(self, client_id: ClientId, secret: ClientSecret) -> None:
        """Let an administrator add a secret: no write of the portal's gets in its way."""
        self.made_at[secret.key_id] = self._now()
        self._change_outside(client_id, lambda secrets: (*secrets, secret))

    def remove_outside(self, client_id: ClientId, key_id: KeyId) -> None:
        self._change_outside(client_id, lambda secrets: _without(secrets, key_id))

    def _change_outside(
        self,
        client_id: ClientId,
        change: Callable[[tuple[ClientSecret, ...]], tuple[ClientSecret, ...]],
    ) -> None:
        self.outside[client_id] = self._now()
        for writing in self._writing:
            if writing.client_id == client_id:
                writing.base = change(writing.base)
        self._become(client_id, change(self.application(client_id).secrets))

    def _begin(self, object_id: ObjectId, act: Act) -> Writing:
        application = self._of(object_id)
        client_id, rng = application.client_id, self._rng
        beside = any(each.client_id == client_id for each in self._writing)
        if beside and rng.random() < self._habits.notices_overlaps:
            raise DirectoryBusy("simulated concurrency", retry_after=rng.choice((1, 5, 30)))
        seconds = rng.uniform(0.05, self._habits.slowest_write)
        writing = Writing(
            client_id, act, application.secrets, done_at=self._now() + timedelta(seconds=seconds)
        )
        self._writing.append(writing)
        asyncio.get_running_loop().call_later(seconds, self._finish, writing)
        return writing

    def _finish(self, writing: Writing) -> None:
        """Write what was found at the beginning, changed: what others wrote meanwhile is lost."""
        self._writing.remove(writing)
        before, after = self.application(writing.client_id), writing.base
        if writing.adds is not None:
            after = (*after, writing.adds)
            self.made_at[writing.adds.key_id] = self._now()
        elif writing.removes is not None:
            after = _without(after, writing.removes)
        else:
            return
        self._become(writing.client_id, after)
        if self.witness is not None:
            self.witness.changes(writing, before, self.application(writing.client_id))

    def _become(self, client_id: ClientId, secrets: tuple[ClientSecret, ...]) -> None:
        self._times[client_id].append(self._now())
        self._states[client_id].append(replace(self.application(client_id), secrets=secrets))

    def _of(self, object_id: ObjectId) -> Application:
        for known in self.applications():
            if known.object_id == object_id:
                return known
        raise DirectoryRefused("no such application")


def _without(secrets: Iterable[ClientSecret], key_id: KeyId) -> tuple[ClientSecret, ...]:
    return tuple(each for each in secrets if each.key_id != key_id)
