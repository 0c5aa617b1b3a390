"""What every AuditTrail promises."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from shared.domain.ids import ClientId, KeyId
from shared.ports.secret_store import AuditEntry, AuditTrail, Outcome
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, numbered, principal

KeptOf = Callable[[ClientId | None], Awaitable[list[tuple[str, str]]]]
"""Reads (entry id, outcome) of an application, or of the attempts on none, past the port."""

HIGHEST_CLIENT = ClientId("ffffffff-ffff-4fff-bfff-ffffffffffff")


def entry(number: int = 1, *, client_id: ClientId | None = CLIENT) -> AuditEntry:
    return AuditEntry(
        instant=MORNING,
        entry_id=numbered(number),
        action="create",
        outcome=Outcome.CREATED,
        reason=None,
        client_id=client_id,
        key_id=KeyId(numbered(0x11)),
        principal=principal(),
        trace_id="a" * 32,
    )


class AuditContract:
    async def test_an_entry_is_kept(self, trail: AuditTrail, kept_of: KeptOf) -> None:
        await trail.record(entry())
        assert await kept_of(CLIENT) == [(numbered(1), "created")]

    async def test_the_same_entry_again_changes_nothing(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        await trail.record(entry())
        await trail.record(replace(entry(), outcome="not_found"))
        assert await kept_of(CLIENT) == [(numbered(1), "created")]

    async def test_entries_of_one_instant_are_all_kept(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        for number in (1, 2, 3):
            await trail.record(entry(number))
        assert len(await kept_of(CLIENT)) == 3

    async def test_entries_come_in_the_order_of_time(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        for number, seconds in ((1, 0.0), (3, 0.5), (2, 1.0), (4, 86400.0)):
            await trail.record(replace(entry(number), instant=MORNING + timedelta(seconds=seconds)))
        ids = [entry_id for entry_id, _ in await kept_of(CLIENT)]
        assert ids == [numbered(number) for number in (1, 3, 2, 4)]

    async def test_applications_are_apart(self, trail: AuditTrail, kept_of: KeptOf) -> None:
        await trail.record(entry())
        assert await kept_of(OTHER_CLIENT) == []

    @pytest.mark.parametrize("reason", ["absent", None])
    async def test_an_attempt_on_no_application_is_kept_too(
        self, trail: AuditTrail, kept_of: KeptOf, reason: str | None
    ) -> None:
        refused = replace(entry(client_id=None), outcome="not_found", reason=reason, key_id=None)
        await trail.record(refused)
        assert await kept_of(None) == [(numbered(1), "not_found")]

    async def test_what_was_attempted_before_an_instant_is_forgotten(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        for number, seconds in ((1, -86400), (2, -1e-6), (3, 0), (4, 1)):
            instant = MORNING + timedelta(seconds=seconds)
            await trail.record(replace(entry(number), instant=instant))
        assert await trail.forget(MORNING) == 2
        assert [entry_id for entry_id, _ in await kept_of(CLIENT)] == [numbered(3), numbered(4)]

    async def test_attempts_on_every_application_and_on_none_are_forgotten(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        places = (CLIENT, OTHER_CLIENT, HIGHEST_CLIENT, None)
        for number, place in enumerate(places, 1):
            await trail.record(entry(number, client_id=place))
            later = MORNING + timedelta(days=1)
            await trail.record(replace(entry(number + 10, client_id=place), instant=later))
        assert await trail.forget(MORNING + timedelta(hours=1)) == len(places)
        for number, place in enumerate(places, 1):
            assert await kept_of(place) == [(numbered(number + 10), "created")]

    async def test_where_nothing_is_old_enough_nothing_is_forgotten(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        assert await trail.forget(MORNING) == 0
        await trail.record(entry())
        assert await trail.forget(MORNING) == 0
        assert len(await kept_of(CLIENT)) == 1

    async def test_an_instant_in_another_zone_is_the_same_instant(
        self, trail: AuditTrail, kept_of: KeptOf
    ) -> None:
        await trail.record(entry())
        elsewhere = timezone(timedelta(hours=-8))
        assert await trail.forget(MORNING.astimezone(elsewhere)) == 0
        assert await trail.forget((MORNING + timedelta(seconds=1)).astimezone(elsewhere)) == 1
        assert await kept_of(CLIENT) == []
