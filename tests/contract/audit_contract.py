"""What every AuditTrail promises."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.ids import ClientId, KeyId
from shared.ports.secret_store import AuditEntry, AuditTrail, Outcome
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, OTHER_CLIENT, numbered, principal

KeptOf = Callable[[ClientId | None], Awaitable[list[tuple[str, str]]]]
"""Reads (entry id, outcome) of an application, or of the attempts on none, past the port."""


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
