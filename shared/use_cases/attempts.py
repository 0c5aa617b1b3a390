"""Every attempt to change something leaves one audit row and one log record, refused ones too."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.domain.access import Principal
from shared.domain.errors import (
    AlreadyCreated,
    ApplicationNotFound,
    InvalidInput,
    OutcomeUnknown,
    PortalError,
    UnsupportedContentType,
)
from shared.domain.ids import ClientId, KeyId, guid
from shared.log_records import line
from shared.ports.secret_store import AuditEntry, AuditTrail, Outcome
from shared.ports.system import Clock, Ids

log = logging.getLogger(__name__)

FAILED = "error"
"""The outcome of an attempt that ended in a fault of our own."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """What is known of an attempt so far; the use case says what came of it."""

    action: str
    principal: Principal
    client_id: ClientId | None
    trace_id: str
    key_id: KeyId | None = None
    outcome: str = FAILED
    reason: str | None = None

    def came_to(self, outcome: Outcome, key_id: KeyId) -> None:
        self.outcome, self.key_id = outcome.value, key_id

    def refused(self, error: PortalError) -> None:
        self.outcome = error.code
        if isinstance(error, ApplicationNotFound):
            self.reason = str(error)
        if isinstance(error, AlreadyCreated | OutcomeUnknown) and error.key_id is not None:
            self.key_id = KeyId(error.key_id)


class Attempts:
    """Wraps each attempt, so that no way out of it goes unrecorded."""

    def __init__(self, *, trail: AuditTrail, clock: Clock, ids: Ids) -> None:
        self._trail = trail
        self._clock = clock
        self._ids = ids

    @asynccontextmanager
    async def __call__(
        self, action: str, principal: Principal, client_id: str, trace_id: str
    ) -> AsyncIterator[Attempt]:
        """Record what the block came to; input that breaks a rule is no attempt at anything."""
        canonical = guid(client_id)
        attempt = Attempt(
            action=action,
            principal=principal,
            client_id=ClientId(canonical) if canonical else None,
            trace_id=trace_id,
        )
        try:
            yield attempt
        except (InvalidInput, UnsupportedContentType):
            raise
        except PortalError as error:
            attempt.refused(error)
            await self._record(attempt)
            raise
        except Exception:
            await self._record(attempt)
            raise
        else:
            await self._record(attempt)

    async def _record(self, attempt: Attempt) -> None:
        """Write the log record, then the row; a row that cannot be written undoes nothing.

        The attempt has had its effect by now: refusing the answer would lose a secret's value.
        """
        entry = self._entry(attempt)
        log.info(line("attempt", **_fields(entry)))
        try:
            await self._trail.record(entry)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer must go out
            fault = type(error).__qualname__
            log.error(line("alarm: audit row not written", fault=fault, **_fields(entry)))

    def _entry(self, attempt: Attempt) -> AuditEntry:
        absent = attempt.reason == "absent"
        return AuditEntry(
            instant=self._clock.now(),
            entry_id=self._ids.new(),
            action=attempt.action,
            outcome=attempt.outcome,
            reason=attempt.reason,
            client_id=None if absent else attempt.client_id,
            key_id=attempt.key_id,
            principal=attempt.principal,
            trace_id=attempt.trace_id,
        )


def _fields(entry: AuditEntry) -> dict[str, str | None]:
    return {
        "instant": entry.instant.isoformat(),
        "action": entry.action,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "client_id": entry.client_id,
        "key_id": entry.key_id,
        "oid": entry.principal.user_id,
        "name": _unless_an_address(entry.principal.name),
        "tid": entry.principal.tenant_id,
        "azp": entry.principal.client_id,
        "uti": entry.principal.token_id,
        "trace_id": entry.trace_id,
    }


def _unless_an_address(name: str) -> str | None:
    """Return a name for the log, where no mail address belongs."""
    return None if "@" in name else name
