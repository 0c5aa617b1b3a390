"""Intents, leases, records and the audit trail in memory, with the conditions of the real ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from shared.domain.errors import ApplicationBusy, StoreUnavailable
from shared.domain.ids import ClientId, KeyId
from shared.ports.secret_store import (
    AuditEntry,
    Intent,
    IntentState,
    Lease,
    LeaseTicket,
    RecordState,
    SecretRecord,
)
from tests.fakes.faults import Faulty

LEASE_TIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeaseRow:
    until: datetime | None
    last_start: datetime | None
    version: str


class FakeSecretStore(Faulty):
    """The SecretStore in memory. `pointers` names what is unfinished."""

    def __init__(self) -> None:
        super().__init__()
        self.intents: dict[tuple[ClientId, str], Intent] = {}
        self.kept: dict[tuple[ClientId, KeyId], SecretRecord] = {}
        self.pointers: set[str] = set()
        self._leases: dict[ClientId, _LeaseRow] = {}
        self._writes = count(1)

    async def lease_ticket(self, client_id: ClientId) -> LeaseTicket:
        async with self.called("lease_ticket"):
            row = self._leases.get(client_id)
            return LeaseTicket(
                client_id=client_id,
                version=row.version if row else None,
                last_start=row.last_start if row else None,
            )

    async def take_lease(
        self, ticket: LeaseTicket, *, now: datetime, last_start: datetime | None
    ) -> Lease:
        async with self.called("take_lease"):
            row = self._leases.get(ticket.client_id)
            if (row.version if row else None) != ticket.version:
                raise ApplicationBusy(ticket.client_id)
            if row is not None and row.until is not None and now < row.until:
                raise ApplicationBusy(ticket.client_id)
            taken = _LeaseRow(
                until=now + LEASE_TIME,
                last_start=last_start or ticket.last_start,
                version=self._version(),
            )
            self._leases[ticket.client_id] = taken
            return Lease(
                client_id=ticket.client_id,
                expires_at=now + LEASE_TIME,
                version=taken.version,
            )

    async def release_lease(self, lease: Lease) -> None:
        async with self.called("release_lease"):
            row = self._leases.get(lease.client_id)
            if row is not None and row.version == lease.version:
                self._leases[lease.client_id] = replace(row, until=None, version=self._version())

    async def open_intent(self, intent: Intent) -> Intent:
        async with self.called("open_intent"):
            place = (intent.client_id, intent.intent_id)
            stored = self.intents.setdefault(place, replace(intent, version=self._version()))
            if stored.state in {IntentState.CREATED, IntentState.ABORTED}:
                self.pointers.discard(_intent_pointer(intent))
            else:
                self.pointers.add(_intent_pointer(intent))
            return stored

    async def commit_intent(self, intent: Intent, record: SecretRecord) -> bool:
        async with self.called("commit_intent"):
            stored = self.intents.get((intent.client_id, intent.intent_id))
            if stored is None:
                return False
            if stored.state is IntentState.PENDING:
                self._commit(stored, intent, record)
                return True
            return (stored.state, stored.nonce, stored.key_id) == (
                IntentState.CREATED,
                intent.nonce,
                record.key_id,
            )

    def _commit(self, stored: Intent, intent: Intent, record: SecretRecord) -> None:
        place = (record.client_id, record.key_id)
        if stored.version != intent.version or place in self.kept:
            raise StoreUnavailable("the outcome of a commit is not known")
        self._set(stored, IntentState.CREATED, key_id=record.key_id)
        self.kept[place] = replace(record, version=self._version())

    async def abort_intent(self, intent: Intent) -> None:
        async with self.called("abort_intent"):
            stored = self.intents.get((intent.client_id, intent.intent_id))
            if stored is not None and stored.version == intent.version:
                self._set(stored, IntentState.ABORTED)

    async def begin_deletion(self, record: SecretRecord) -> SecretRecord:
        async with self.called("begin_deletion"):
            place = (record.client_id, record.key_id)
            self.pointers.add(_deletion_pointer(record))
            marked = replace(record, state=RecordState.DELETING, version=self._version())
            self.kept[place] = _merged(self.kept.get(place), marked)
            return marked

    async def finish_deletion(self, record: SecretRecord) -> None:
        async with self.called("finish_deletion"):
            stored = self._marked(record)
            if stored is not None:
                deleted = replace(stored, state=RecordState.DELETED, version=self._version())
                self.kept[record.client_id, record.key_id] = deleted
            self._unpoint(record)

    async def withdraw_deletion(self, record: SecretRecord) -> None:
        async with self.called("withdraw_deletion"):
            stored = self._marked(record)
            if stored is not None and stored.created_at is None:
                del self.kept[record.client_id, record.key_id]
            elif stored is not None:
                self.kept[record.client_id, record.key_id] = replace(
                    stored,
                    state=RecordState.CREATED,
                    deleted_by=None,
                    deleted_at=None,
                    version=self._version(),
                )
            self._unpoint(record)

    async def records(
        self, client_ids: Collection[ClientId]
    ) -> Mapping[ClientId, Sequence[SecretRecord]]:
        async with self.called("records"):
            return {
                client_id: [
                    record for (owner, _), record in sorted(self.kept.items()) if owner == client_id
                ]
                for client_id in client_ids
            }

    def _version(self) -> str:
        return str(next(self._writes))

    def _set(self, intent: Intent, state: IntentState, key_id: KeyId | None = None) -> None:
        self.intents[intent.client_id, intent.intent_id] = replace(
            intent, state=state, key_id=key_id, version=self._version()
        )
        self.pointers.discard(_intent_pointer(intent))

    def _marked(self, record: SecretRecord) -> SecretRecord | None:
        """Return the stored record if its mark is the given one."""
        stored = self.kept.get((record.client_id, record.key_id))
        return stored if stored is not None and stored.version == record.version else None

    def _unpoint(self, record: SecretRecord) -> None:
        """Drop the pointer, unless somebody else's mark needs it."""
        stored = self.kept.get((record.client_id, record.key_id))
        if stored is None or stored.state is not RecordState.DELETING:
            self.pointers.discard(_deletion_pointer(record))


class FakeAuditTrail(Faulty):
    """The AuditTrail in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[AuditEntry] = []

    async def record(self, entry: AuditEntry) -> None:
        async with self.called("record"):
            if entry.entry_id not in {known.entry_id for known in self.entries}:
                self.entries.append(entry)


def _merged(known: SecretRecord | None, mark: SecretRecord) -> SecretRecord:
    if known is None:
        return mark
    return replace(
        known,
        state=mark.state,
        hint=mark.hint or known.hint,
        deleted_by=mark.deleted_by,
        deleted_at=mark.deleted_at,
        version=mark.version,
    )


def _intent_pointer(intent: Intent) -> str:
    return f"intent|{intent.client_id}|{intent.intent_id}"


def _deletion_pointer(record: SecretRecord) -> str:
    return f"delete|{record.client_id}|{record.key_id}"
