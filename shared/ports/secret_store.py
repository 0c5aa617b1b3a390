"""The portal's own record of secrets: what was intended, what was done, and by whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.access import Principal
from shared.domain.ids import ClientId, KeyId, UserId
from shared.ports.directory import SecretRequest


class IntentState(StrEnum):
    """How far a create has come. `aborting` is recovery's."""

    PENDING = "pending"
    CREATED = "created"
    ABORTING = "aborting"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: `name` is for display."""

    user_id: UserId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A wish to create, recorded before the directory hears of it.

    `intent_id` is the hex SHA-256 of the user and the Idempotency-Key; `body_hash` tells whether a
    repeat asks for the same; `nonce` tells whose write it is; `version` is the store's own.
    """

    client_id: ClientId
    intent_id: str
    nonce: str
    body_hash: str
    request: SecretRequest
    actor: Actor
    created_at: datetime
    state: IntentState = IntentState.PENDING
    key_id: KeyId | None = None
    aborting_since: datetime | None = None
    clean_reads: int = 0
    """How often, since then, the directory listed no secret of this wish."""
    version: str = ""


class RecordState(StrEnum):
    """What the portal last did to a secret."""

    CREATED = "created"
    DELETING = "deleting"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRecord:
    """What the portal knows of a secret besides the directory: who made or deleted it, and when.

    `request` and `created_*` are None for a secret that was made elsewhere and deleted here.
    """

    client_id: ClientId
    key_id: KeyId
    state: RecordState
    request: SecretRequest | None
    hint: str | None
    created_by: Actor | None
    created_at: datetime | None
    deleted_by: Actor | None = None
    deleted_at: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTicket:
    """The lease of an application as it stood before the application was read.

    Whoever takes the lease with this ticket knows that no write of the portal came between: what
    was read then holds as if it had been read under the lease, and one read is enough.
    """

    client_id: ClientId
    version: str | None
    last_start: datetime | None
    """The start that was last given to a secret of this application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to change one application's secrets until `expires_at`."""

    client_id: ClientId
    expires_at: datetime
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the portal did to an application's secrets, and which wishes are not settled."""

    records: Sequence[SecretRecord]
    unsettled: Sequence[Intent]


class SecretStore(Protocol):
    """Intents, leases and records, in one table. Every change is conditional on what was read."""

    async def lease_ticket(self, client_id: ClientId) -> LeaseTicket:
        """Return the lease as it stands; to be called before the application is read."""

    async def take_lease(
        self, ticket: LeaseTicket, *, now: datetime, last_start: datetime | None
    ) -> Lease:
        """Take the lease for 5 minutes from `now`, and remember `last_start` unless it is None.

        Raises ApplicationBusy if somebody holds it, or took it since the ticket was read.
        """

    async def release_lease(self, lease: Lease) -> None:
        """Give the lease back early, keeping its last start; only after a definite answer."""

    async def open_intent(self, intent: Intent) -> Intent:
        """Record a pending intent, its pointer first; return what the store holds under its id.

        That is the given intent (same nonce, also when the answer of the first attempt was lost)
        or an earlier one, which is left as it was.
        """

    async def commit_intent(self, intent: Intent, record: SecretRecord) -> bool:
        """In one transaction: the intent is `created` with the record's key id, the record is kept.

        Returns True only if the stored state is known to be this write, read back where the answer
        was lost; False if the intent is no longer pending. Raises StoreUnavailable if unknowable.
        The pointer goes afterwards.
        """

    async def abort_intent(self, intent: Intent) -> None:
        """Mark a pending intent as come to nothing, and drop its pointer."""

    async def begin_deletion(self, record: SecretRecord) -> SecretRecord:
        """Record, pointer first, that a secret is being deleted by whom and when.

        The record's state is `deleting`; a record of the creation keeps what it knows.
        """

    async def finish_deletion(self, record: SecretRecord) -> None:
        """Mark a deletion as done, and drop its pointer."""

    async def withdraw_deletion(self, record: SecretRecord) -> None:
        """Take the mark of a deletion back that surely did not happen, and drop its pointer.

        Where no record of the secret is left, the pointer stays for recovery, which drops it.
        """

    async def history(self, client_id: ClientId) -> History:
        """Return what is known of one application; one request a page."""

    async def records(
        self, client_ids: Collection[ClientId]
    ) -> Mapping[ClientId, Sequence[SecretRecord]]:
        """Return the records of these applications; one request per 15, in parallel."""


class Outcome(StrEnum):
    """What became of an attempt to create or delete."""

    CREATED = "created"
    DELETED = "deleted"
    ALREADY_GONE = "already_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An attempt to change something. `outcome` is an Outcome or an error's code."""

    instant: datetime
    entry_id: str
    action: str
    outcome: str
    reason: str | None
    client_id: ClientId | None
    key_id: KeyId | None
    principal: Principal
    trace_id: str


class AuditTrail(Protocol):
    """Keeps what was attempted."""

    async def record(self, entry: AuditEntry) -> None:
        """Append the entry; the same entry id again changes nothing."""

    async def forget(self, before: datetime) -> int:
        """Delete the entries of before an instant; return how many.

        Work is bounded per call, and taken up where it was at the next one.
        """
