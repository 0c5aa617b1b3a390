"""Delete a secret: marked, removed, recorded; the last valid one only when that is confirmed."""

from contextlib import suppress
from datetime import datetime

from shared.domain.access import Principal
from shared.domain.applications import Application
from shared.domain.errors import (
    DirectoryBusy,
    LastValidSecret,
    OutcomeUnknown,
    PortalError,
    TemporarilyUnavailable,
)
from shared.domain.ids import ClientId, KeyId
from shared.domain.secrets import ClientSecret, is_last_valid
from shared.ports.directory import CredentialDirectory
from shared.ports.secret_store import (
    Actor,
    Outcome,
    RecordState,
    SecretRecord,
    SecretStore,
)
from shared.ports.system import Clock
from shared.use_cases.lag import LAG, fresh_creation
from shared.use_cases.patience import patiently
from shared.use_cases.write_access import Writable, WriteAccess

PROPAGATION = 20
"""Seconds in which a secret just made becomes visible to a removal."""


class DeleteSecret:
    """Removes one secret from one application; what is gone already is as good as removed."""

    def __init__(
        self,
        *,
        access: WriteAccess,
        credentials: CredentialDirectory,
        store: SecretStore,
        clock: Clock,
    ) -> None:
        self._access = access
        self._credentials = credentials
        self._store = store
        self._clock = clock

    async def __call__(
        self, principal: Principal, client_id: str, key_id: KeyId, *, confirm_last: bool
    ) -> Outcome:
        """Delete the secret, or raise the reason why not.

        OutcomeUnknown leaves the mark: recovery observes what became of it, and finishes nothing.
        """
        now = self._clock.now()
        writable = await self._access.open(principal, client_id)
        secret = await self._find(writable.application, key_id, now)
        if secret is None:
            return Outcome.ALREADY_GONE
        lease = await self._access.lease(writable, now)
        try:
            if not confirm_last and is_last_valid(secret, writable.application.secrets, now):
                raise LastValidSecret(key_id)
            await self._carry_out(principal, writable, secret, now)
        except OutcomeUnknown:
            # The lease stays: nobody may write before what is under way has come to rest.
            raise
        except PortalError:
            await self._access.release(lease)
            raise
        await self._access.release(lease)
        return Outcome.DELETED

    async def _find(
        self, application: Application, key_id: KeyId, now: datetime
    ) -> ClientSecret | None:
        """Return the secret as listed, or as made here so lately that it need not be listed yet."""
        for secret in application.secrets:
            if secret.key_id == key_id:
                return secret
        records = await self._store.records([application.client_id])
        for record in records.get(application.client_id, ()):
            if record.key_id == key_id:
                return fresh_creation(record, now)
        return None

    async def _carry_out(
        self, principal: Principal, writable: Writable, secret: ClientSecret, now: datetime
    ) -> None:
        application = writable.application
        mark = await self._store.begin_deletion(
            _mark(application.client_id, secret, principal, now)
        )
        try:
            await self._remove(application, secret, now)
        except OutcomeUnknown:
            raise
        except PortalError:
            # A mark that cannot be taken back is left to recovery.
            with suppress(TemporarilyUnavailable):
                await self._store.withdraw_deletion(mark)
            raise
        await self._store.finish_deletion(mark)

    async def _remove(self, application: Application, secret: ClientSecret, now: datetime) -> None:
        """Remove the secret; one that is old enough to be seen and is not there is gone."""
        for waited in range(0, PROPAGATION + 1, 5):
            removed = await patiently(
                lambda: self._credentials.remove_secret(application.object_id, secret.key_id),
                self._clock,
            )
            if removed or now - secret.start >= LAG:
                return
            if waited < PROPAGATION:
                await self._clock.sleep(5)
        raise DirectoryBusy("a secret just made is not visible yet")


def _mark(
    client_id: ClientId, secret: ClientSecret, principal: Principal, now: datetime
) -> SecretRecord:
    return SecretRecord(
        client_id=client_id,
        key_id=secret.key_id,
        state=RecordState.DELETING,
        request=None,
        hint=secret.hint,
        created_by=None,
        created_at=None,
        deleted_by=Actor(user_id=principal.user_id, name=principal.name),
        deleted_at=now,
    )
