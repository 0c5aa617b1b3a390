"""What two workers may find: nothing yet, or what a process has left that ended half-way.

One manager, one secret that is due. The service dedupes nothing, and reports on nothing.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Final

from shared.domain.applications import Application
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret
from tests.simulation import oracle
from tests.simulation.faults import Fate
from tests.simulation.house import Services
from tests.simulation.ids import Seeds
from tests.simulation.interleavings import LATER, Scene, fired
from tests.simulation.ledger_view import TABLE
from tests.simulation.mail_service import Habits, MailService
from tests.simulation.observer import Observer
from tests.simulation.stepping import SteppedProcess, Turns
from tests.simulation.tables import Columns, Store
from tests.simulation.virtual_time import Time, VirtualLoop, simulate
from tests.simulation.world import IDENTITY, Snapshot, World

NOW: Final = datetime(2026, 11, 21, 9, tzinfo=UTC)
MANAGER: Final = UserId("000000d1-0000-4000-8000-000000000000")
_GROUP: Final = GroupId("000000b1-0000-4000-8000-000000000000")
_CLIENT: Final = ClientId("000000c1-0000-4000-8000-000000000000")
_KEY: Final = KeyId("00000001-0000-4000-8000-000000000000")

SMALL: Final = (
    Snapshot(with_role=frozenset({_GROUP}))
    .put(
        Application(
            object_id=ObjectId("000000aa-0000-4000-8000-000000000000"),
            client_id=_CLIENT,
            display_name="Partner-NL-OrganisationName-SMC",
            tags=(f"{oracle.TAG}{_GROUP}",),
            owners=frozenset({IDENTITY}),
            permissions=(),
            secrets=(
                ClientSecret(
                    key_id=_KEY,
                    display_name="Secret by JD",
                    hint="Q_e",
                    start=NOW - timedelta(days=300),
                    end=NOW + timedelta(days=30),
                ),
            ),
        )
    )
    .put_group(_GROUP, Member(user_id=MANAGER, address="jane.doe@example.org", enabled=True))
)


def fresh(loop: VirtualLoop) -> Services:
    """Nobody has done anything."""
    store = Store(_by_content)
    store.make(TABLE)
    return _services(loop, NOW, store)


def left_ready(loop: VirtualLoop) -> Services:
    """A process ended after the claim."""
    return _left(loop, {"update": Fate.CRASH_BEFORE})


def left_unsent(loop: VirtualLoop) -> Services:
    """A process ended before the post."""
    return _left(loop, {"post": Fate.CRASH_BEFORE})


def left_sent(loop: VirtualLoop) -> Services:
    """A process lost the answer to its post."""
    return _left(loop, {"post": Fate.LOST})


SCENES: Final[Mapping[str, Scene]] = {
    each.__name__: each for each in (fresh, left_ready, left_unsent, left_sent)
}


def _left(loop: VirtualLoop, fates: Mapping[str, Fate]) -> Services:
    before = _lived(tuple(fates.items()))
    services = _services(loop, NOW + LATER, before.store.copy())
    services.observer.posts.update(before.observer.posts)
    for taken in before.mail.accepted:
        letter = {"recipients": {"to": [{"address": taken.recipient}]}}
        services.mail.post(taken.operation, letter)
    return services


@cache
def _lived(fates: tuple[tuple[str, Fate], ...]) -> Services:
    """Let one worker fire, with a fault at its first request of a kind."""
    loop = VirtualLoop()
    services = fresh(loop)
    turns = Turns()
    worker = SteppedProcess("Z", time=services.time, turns=turns, partition=MANAGER)

    async def live() -> None:
        waiting = dict(fates)
        task = asyncio.create_task(fired(worker, services))
        while not task.done():
            await asyncio.sleep(0)
            if turns.waiting:
                kinds = turns.waiting[0].what.split()[1:2]
                turns.take(0, waiting.pop(kinds[0], Fate.FINE))

    simulate(live(), loop)
    return services


def _services(loop: VirtualLoop, now: datetime, store: Store) -> Services:
    time = Time(loop, now)
    world = World(NOW - timedelta(days=1), SMALL)
    mail = MailService(time.now, Seeds(0).rng("mail"), Habits(reported=0.0))
    observer = Observer(world, time.now, timedelta(0))
    mail.on_accept = observer.accepted
    return Services(
        time=time, world=world, store=store, mail=mail, observer=observer, read_lag=timedelta(0)
    )


def _by_content(columns: Columns) -> str:
    """Return the version of a row: two rows that are the same have the same one."""
    written = sorted((name, value) for name, value in columns.items() if name != "Timestamp")
    return sha256(repr(written).encode()).hexdigest()
