"""The rows of table `secrets`: leases, intents, records and the pointers to what is unfinished."""

from collections.abc import Mapping

from shared.adapters.table_rows import Column, Row, optionally_written, written
from shared.domain.ids import ClientId, KeyId, UserId
from shared.ports.directory import SecretRequest
from shared.ports.secret_store import Actor, Intent, IntentState, RecordState, SecretRecord

OPEN = "open"
"""The partition of the pointers."""

LEASE = "lease"
RECORD = "key|"

RECORD_COLUMNS = (
    "state",
    "displayName",
    "start",
    "end",
    "hint",
    "createdBy",
    "createdByName",
    "createdAt",
    "deletedBy",
    "deletedByName",
    "deletedAt",
)


INTENT = "intent|"

INTENT_COLUMNS = ("bodyHash", "keyId", "abortingSince", "cleanReads")
"""Beside those of a record."""


def intent_key(intent_id: str) -> str:
    return f"{INTENT}{intent_id}"


def record_key(key_id: KeyId) -> str:
    return f"{RECORD}{key_id}"


def intent_pointer(client_id: ClientId, intent_id: str) -> str:
    return f"intent|{client_id}|{intent_id}"


def deletion_pointer(client_id: ClientId, key_id: KeyId) -> str:
    return f"delete|{client_id}|{key_id}"


def intent_row(intent: Intent) -> Row:
    return Row(
        partition=intent.client_id,
        key=intent_key(intent.intent_id),
        nonce=intent.nonce,
        columns={
            "bodyHash": intent.body_hash,
            **_request_columns(intent.request),
            "createdBy": intent.actor.user_id,
            "createdByName": intent.actor.name,
            "createdAt": written(intent.created_at),
            "keyId": intent.key_id,
            **aborting_columns(intent),
        },
    )


def aborting_columns(intent: Intent) -> Mapping[str, Column]:
    """Return what changes while a wish is being aborted."""
    return {
        "state": intent.state,
        "abortingSince": optionally_written(intent.aborting_since),
        "cleanReads": intent.clean_reads,
    }


def intent_of(row: Row) -> Intent:
    key_id = row.optional("keyId")
    return Intent(
        client_id=ClientId(row.partition),
        intent_id=row.key.removeprefix(intent_key("")),
        nonce=row.nonce,
        body_hash=row.text("bodyHash"),
        request=_request(row),
        actor=Actor(user_id=UserId(row.text("createdBy")), name=row.text("createdByName")),
        created_at=row.instant("createdAt"),
        state=IntentState(row.text("state")),
        key_id=KeyId(key_id) if key_id is not None else None,
        aborting_since=row.optional_instant("abortingSince"),
        clean_reads=row.number("cleanReads"),
        version=row.version,
    )


def record_row(record: SecretRecord, nonce: str) -> Row:
    """Return the columns of what the record knows; merged, they leave the others as they are."""
    return Row(
        partition=record.client_id,
        key=record_key(record.key_id),
        nonce=nonce,
        columns={
            "state": record.state,
            **(_request_columns(record.request) if record.request else {}),
            "hint": record.hint,
            **_actor_columns("createdBy", record.created_by),
            "createdAt": optionally_written(record.created_at),
            **_actor_columns("deletedBy", record.deleted_by),
            "deletedAt": optionally_written(record.deleted_at),
        },
    )


def record_of(row: Row) -> SecretRecord:
    return SecretRecord(
        client_id=ClientId(row.partition),
        key_id=KeyId(row.key.removeprefix(RECORD)),
        state=RecordState(row.text("state")),
        request=_request(row) if row.optional("start") else None,
        hint=row.optional("hint"),
        created_by=_actor(row, "createdBy"),
        created_at=row.optional_instant("createdAt"),
        deleted_by=_actor(row, "deletedBy"),
        deleted_at=row.optional_instant("deletedAt"),
        version=row.version,
    )


def _request_columns(request: SecretRequest) -> Mapping[str, Column]:
    return {
        "displayName": request.display_name,
        "start": written(request.start),
        "end": written(request.end),
    }


def _request(row: Row) -> SecretRequest:
    return SecretRequest(
        display_name=row.text("displayName"), start=row.instant("start"), end=row.instant("end")
    )


def _actor_columns(name: str, actor: Actor | None) -> Mapping[str, Column]:
    return {name: actor.user_id, f"{name}Name": actor.name} if actor else {}


def _actor(row: Row, name: str) -> Actor | None:
    user_id = row.optional(name)
    return Actor(user_id=UserId(user_id), name=row.text(f"{name}Name")) if user_id else None
