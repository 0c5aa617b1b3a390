"""Intents, leases, records and the audit trail in memory, with the conditions of the real ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from shared.domain.errors import ApplicationBusy, StoreUnavailable
from shared.domain.ids import ClientId, KeyId
from shared.ports.recovery import Begun, Unfinished
from shared.ports.secret_store import (
    AuditEntry,
    History,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pointer:
    since: datetime
    version: str


class FakeSecretStore(Faulty):
    """The SecretStore and the RecoveryStore in memory. `pointers` names what is unfinished."""

    def __init__(self) -> None:
        super().__init__()
        self.intents: dict[tuple[ClientId, str], Intent] = {}
        self.kept: dict[tuple[ClientId, KeyId], SecretRecord] = {}
        self.pointers: dict[str, _Pointer] = {}
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
                self.pointers.pop(_intent_pointer(intent), None)
            else:
                self._point(_intent_pointer(intent), intent.created_at)
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
            self._point(_deletion_pointer(record), record.deleted_at)
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
            if (record.client_id, record.key_id) in self.kept:
                self._unpoint(record)

    async def history(self, client_id: ClientId) -> History:
        async with self.called("history"):
            return History(
                records=[
                    each for (owner, _), each in sorted(self.kept.items()) if owner == client_id
                ],
                unsettled=[
                    each
                    for (owner, _), each in self.intents.items()
                    if owner == client_id
                    and each.state in {IntentState.PENDING, IntentState.ABORTING}
                ],
            )

    async def unfinished(self) -> Sequence[Unfinished]:
        async with self.called("unfinished"):
            return [
                _unfinished(name, pointer.since, pointer.version)
                for name, pointer in self.pointers.items()
            ]

    async def forget(self, unfinished: Unfinished) -> None:
        async with self.called("forget"):
            name = f"{unfinished.begun}|{unfinished.client_id}|{unfinished.name}"
            known = self.pointers.get(name)
            if known is not None and known.version == unfinished.version:
                del self.pointers[name]

    async def intent(self, unfinished: Unfinished) -> Intent | None:
        async with self.called("intent"):
            return self.intents.get((unfinished.client_id, unfinished.name))

    async def fence(self, intent: Intent, at: datetime) -> Intent | None:
        async with self.called("fence"):
            return self._changed(
                replace(intent, state=IntentState.ABORTING, aborting_since=at, clean_reads=0)
            )

    async def note_clean_reading(self, intent: Intent) -> Intent | None:
        async with self.called("note_clean_reading"):
            return self._changed(replace(intent, clean_reads=intent.clean_reads + 1))

    def _changed(self, wanted: Intent) -> Intent | None:
        place = (wanted.client_id, wanted.intent_id)
        stored = self.intents.get(place)
        if stored is None or stored.version != wanted.version:
            return None
        version = self._version()
        self.intents[place] = replace(wanted, nonce=f"nonce {version}", version=version)
        return self.intents[place]

    def point(self, intent: Intent) -> None:
        """Leave a pointer behind, as a crash does."""
        self._point(_intent_pointer(intent), intent.created_at)

    def aborting(self, intent: Intent, at: datetime) -> None:
        """Let recovery have fenced an intent."""
        self._changed(replace(intent, state=IntentState.ABORTING, aborting_since=at))

    def _point(self, pointer: str, since: datetime | None) -> None:
        assert since is not None, "a pointer says since when"
        self.pointers[pointer] = _Pointer(since=since, version=self._version())

    async def records(
        self, client_ids: Collection[ClientId]
    ) -> Mapping[ClientId, Sequence[SecretRecord]]:
        async with self.called("records"):
            return {client_id: self._records_of(client_id) for client_id in client_ids}

    def _records_of(self, client_id: ClientId) -> list[SecretRecord]:
        return [each for (owner, _), each in sorted(self.kept.items()) if owner == client_id]

    def _version(self) -> str:
        return str(next(self._writes))

    def _set(self, intent: Intent, state: IntentState, key_id: KeyId | None = None) -> None:
        self.intents[intent.client_id, intent.intent_id] = replace(
            intent, state=state, key_id=key_id, version=self._version()
        )
        self.pointers.pop(_intent_pointer(intent), None)

    def _marked(self, record: SecretRecord) -> SecretRecord | None:
        """Return the stored record if its mark is the given one."""
        stored = self.kept.get((record.client_id, record.key_id))
        return stored if stored is not None and stored.version == record.version else None

    def _unpoint(self, record: SecretRecord) -> None:
        """Drop the pointer, unless somebody else's mark needs it."""
        stored = self.kept.get((record.client_id, record.key_id))
        if stored is None or stored.state is not RecordState.DELETING:
            self.pointers.pop(_deletion_pointer(record), None)


class FakeAuditTrail(Faulty):
    """The AuditTrail in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[AuditEntry] = []

    async def record(self, entry: AuditEntry) -> None:
        async with self.called("record"):
            if entry.entry_id not in {known.entry_id for known in self.entries}:
                self.entries.append(entry)

    async def forget(self, before: datetime) -> int:
        async with self.called("forget"):
            kept = [entry for entry in self.entries if entry.instant >= before]
            forgotten = len(self.entries) - len(kept)
            self.entries = kept
            return forgotten


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


def _unfinished(name: str, since: datetime, version: str) -> Unfinished:
    begun, client_id, of = name.split("|")
    return Unfinished(
        begun=Begun(begun), client_id=ClientId(client_id), name=of, since=since, version=version
    )


def _intent_pointer(intent: Intent) -> str:
    return f"intent|{intent.client_id}|{intent.intent_id}"


def _deletion_pointer(record: SecretRecord) -> str:
    return f"delete|{record.client_id}|{record.key_id}"
