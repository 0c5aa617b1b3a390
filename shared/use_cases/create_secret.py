"""Create a secret: intended before it is made, revealed only once it is recorded."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from shared.concurrency import both
from shared.domain.access import Principal
from shared.domain.applications import Application
from shared.domain.errors import (
    AlreadyCreated,
    CreateAborted,
    CreateInProgress,
    IdempotencyKeyReused,
    OutcomeUnknown,
    PortalError,
    TemporarilyUnavailable,
    TooManySecrets,
)
from shared.domain.messages import Change
from shared.domain.notices import notice_of
from shared.domain.secrets import (
    MAX_SECRETS,
    ClientSecret,
    NewSecret,
    SecretValue,
    first_free_start,
    new_secret,
)
from shared.ports.directory import CredentialDirectory, IssuedSecret, SecretRequest
from shared.ports.secret_store import (
    Actor,
    Intent,
    IntentState,
    Lease,
    RecordState,
    SecretRecord,
    SecretStore,
)
from shared.ports.system import Clock, Ids
from shared.use_cases.announcements import Announcements
from shared.use_cases.leasing import last_start_of_a_write
from shared.use_cases.patience import RECORD_ATTEMPTS, RECORD_PAUSE, patiently
from shared.use_cases.write_access import Writable, WriteAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller asks for, not yet judged; the key is a GUID of the caller's making."""

    idempotency_key: str
    display_name: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedSecret:
    """The new secret, with its value for the first and last time."""

    secret: ClientSecret
    created_by: str
    value: SecretValue
    now: datetime


class CreateSecret:
    """Makes one secret for one wish, whatever is repeated."""

    def __init__(
        self,
        *,
        access: WriteAccess,
        credentials: CredentialDirectory,
        store: SecretStore,
        announcements: Announcements,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._access = access
        self._credentials = credentials
        self._store = store
        self._announcements = announcements
        self._clock = clock
        self._ids = ids

    async def __call__(self, principal: Principal, client_id: str, wish: Wish) -> CreatedSecret:
        """Create the secret, or raise the reason why not.

        OutcomeUnknown leaves the intent as it is: the same key may be asked again, and recovery
        settles what became of it.
        """
        now = self._clock.now()
        wanted = new_secret(display_name=wish.display_name, expires_on=wish.expires_on, now=now)
        writable = await self._access.open(principal, client_id)
        intent = self._intent(principal, writable, wish, wanted, now)
        stored = await self._store.open_intent(intent)
        if stored.nonce != intent.nonce:
            raise _repeated(stored, intent)
        return await self._carry_out(writable, stored)

    def _intent(
        self,
        principal: Principal,
        writable: Writable,
        wish: Wish,
        wanted: NewSecret,
        now: datetime,
    ) -> Intent:
        application, ticket = writable.application, writable.ticket
        taken = (secret.start for secret in application.secrets)
        request = SecretRequest(
            display_name=wanted.display_name,
            start=first_free_start(now, taken, ticket.last_start),
            end=wanted.end,
        )
        return Intent(
            client_id=application.client_id,
            intent_id=_digest(principal.user_id, wish.idempotency_key),
            nonce=self._ids.new(),
            body_hash=_digest(wanted.display_name, wanted.expires_on.isoformat()),
            request=request,
            actor=Actor(user_id=principal.user_id, name=principal.name),
            created_at=now,
        )

    async def _carry_out(self, writable: Writable, intent: Intent) -> CreatedSecret:
        lease: Lease | None = None
        try:
            lease = await self._access.lease(
                writable, intent.created_at, last_start=intent.request.start
            )
            _require_room(writable.application, intent.created_at)
            issued = await self._add(writable.application, intent, lease)
        except OutcomeUnknown:
            # The lease stays: nobody may write before what is under way has come to rest.
            raise
        except PortalError:
            await self._abort(intent, lease)
            raise
        return await self._commit(writable.application, intent, issued, lease)

    async def _add(self, application: Application, intent: Intent, lease: Lease) -> IssuedSecret:
        return await patiently(
            lambda: self._credentials.add_secret(application.object_id, intent.request),
            self._clock,
            until=last_start_of_a_write(lease),
        )

    async def _abort(self, intent: Intent, lease: Lease | None) -> None:
        """Say that nothing was made. An intent that cannot be marked is left to recovery."""
        with suppress(TemporarilyUnavailable):
            await self._store.abort_intent(intent)
        if lease is not None:
            await self._access.release(lease)

    async def _commit(
        self, application: Application, intent: Intent, issued: IssuedSecret, lease: Lease
    ) -> CreatedSecret:
        """Record the secret, and only then hand its value out.

        A value whose record is not known to be ours is never shown: recovery may remove it.
        """
        secret = _secret(intent, issued)
        by, at = intent.actor.name, intent.created_at
        notice = notice_of(Change.CREATED, application, secret, by=by, at=at)
        await self._announcements.owe(notice)
        if not await self._is_recorded(intent, _record(intent, issued)):
            raise OutcomeUnknown("not known to be recorded", key_id=issued.key_id)
        await both(
            self._access.release(lease),
            self._announcements.announce(notice, application, read_at=at),
        )
        return CreatedSecret(
            secret=secret, created_by=by, value=issued.value, now=self._clock.now()
        )

    async def _is_recorded(self, intent: Intent, record: SecretRecord) -> bool:
        """Record the secret; try again, since the write is conditional and a value hangs on it."""
        for attempt in range(RECORD_ATTEMPTS):
            if attempt:
                await self._clock.sleep(RECORD_PAUSE)
            with suppress(TemporarilyUnavailable):
                return await self._store.commit_intent(intent, record)
        return False


def _require_room(application: Application, now: datetime) -> None:
    """Raise TooManySecrets at the limit; expired ones do not count."""
    live = [secret for secret in application.secrets if not secret.is_expired(now)]
    if len(live) >= MAX_SECRETS:
        raise TooManySecrets(str(MAX_SECRETS))


def _secret(intent: Intent, issued: IssuedSecret) -> ClientSecret:
    return ClientSecret(
        key_id=issued.key_id,
        display_name=intent.request.display_name,
        hint=issued.hint,
        start=intent.request.start,
        end=intent.request.end,
    )


def _record(intent: Intent, issued: IssuedSecret) -> SecretRecord:
    return SecretRecord(
        client_id=intent.client_id,
        key_id=issued.key_id,
        state=RecordState.CREATED,
        request=intent.request,
        hint=issued.hint,
        created_by=intent.actor,
        created_at=intent.created_at,
    )


def _repeated(stored: Intent, wanted: Intent) -> PortalError:
    """Return the answer to a key that has been used before."""
    if stored.body_hash != wanted.body_hash:
        return IdempotencyKeyReused()
    if stored.state is IntentState.CREATED and stored.key_id is not None:
        return AlreadyCreated(stored.key_id)
    if stored.state is IntentState.ABORTED:
        return CreateAborted()
    return CreateInProgress()


def _digest(*parts: str) -> str:
    """Return the hex SHA-256 of the parts, unambiguous about where one ends."""
    return sha256(json.dumps(parts).encode()).hexdigest()
