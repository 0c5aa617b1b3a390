"""Delete a secret: marked, removed, recorded; the last valid one only when that is confirmed."""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.concurrency import both
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
from shared.domain.messages import Change, Notice
from shared.domain.notices import notice_of
from shared.domain.secrets import ClientSecret, is_last_valid
from shared.ports.directory import CredentialDirectory
from shared.ports.secret_store import (
    Actor,
    Lease,
    Outcome,
    RecordState,
    SecretRecord,
    SecretStore,
)
from shared.ports.system import Clock
from shared.use_cases.announcements import Announcements
from shared.use_cases.lag import LAG, fresh_creation, is_fresh_deletion
from shared.use_cases.leasing import last_start_of_a_write
from shared.use_cases.patience import RECORD_ATTEMPTS, RECORD_PAUSE, patiently
from shared.use_cases.recover import is_of
from shared.use_cases.write_access import Writable, WriteAccess

PROPAGATION = timedelta(seconds=20)
"""In so long a secret just made becomes visible to a removal."""

PAUSE = timedelta(seconds=5)


class DeleteSecret:
    """Removes one secret from one application; what is gone already is as good as removed."""

    def __init__(
        self,
        *,
        access: WriteAccess,
        credentials: CredentialDirectory,
        store: SecretStore,
        announcements: Announcements,
        clock: Clock,
    ) -> None:
        self._access = access
        self._credentials = credentials
        self._store = store
        self._announcements = announcements
        self._clock = clock

    async def __call__(
        self, principal: Principal, client_id: str, key_id: KeyId, *, confirm_last: bool
    ) -> Outcome:
        """Delete the secret, or raise the reason why not.

        OutcomeUnknown leaves the mark: recovery observes what became of it, and finishes nothing.
        """
        now = self._clock.now()
        writable = await self._access.open(principal, client_id)
        secret = _found(writable, key_id, now)
        if secret is None:
            return Outcome.ALREADY_GONE
        lease = await self._access.lease(writable, now)
        application = writable.application
        notice = notice_of(Change.DELETED, application, secret, by=principal.name, at=now)
        try:
            if not confirm_last and is_last_valid(secret, _left(writable, now), now):
                raise LastValidSecret(key_id)
            await self._carry_out(principal, application, notice, secret, lease)
        except OutcomeUnknown:
            # The lease stays: nobody may write before what is under way has come to rest.
            raise
        except PortalError:
            await self._access.release(lease)
            raise
        await both(
            self._access.release(lease),
            self._announcements.announce(notice, application, read_at=now),
        )
        return Outcome.DELETED

    async def _carry_out(
        self,
        principal: Principal,
        application: Application,
        notice: Notice,
        secret: ClientSecret,
        lease: Lease,
    ) -> None:
        mark = await self._store.begin_deletion(
            _mark(application.client_id, secret, principal, self._clock.now())
        )
        await self._announcements.owe(notice)
        try:
            await self._remove(application, secret, last_start_of_a_write(lease))
        except OutcomeUnknown:
            raise
        except PortalError:
            # A mark that cannot be taken back is left to recovery.
            with suppress(TemporarilyUnavailable):
                await self._store.withdraw_deletion(mark)
            await self._announcements.withdraw(notice)
            raise
        await self._finish(mark)

    async def _finish(self, mark: SecretRecord) -> None:
        """Write down that the secret is gone; it is, whatever can be written down of it now."""
        for attempt in range(RECORD_ATTEMPTS):
            if attempt:
                await self._clock.sleep(RECORD_PAUSE)
            with suppress(TemporarilyUnavailable):
                await self._store.finish_deletion(mark)
                return

    async def _remove(
        self, application: Application, secret: ClientSecret, until: datetime
    ) -> None:
        """Remove the secret; one that is old enough to be seen and is not there is gone."""
        visible_by = min(self._clock.now() + PROPAGATION, until)
        while True:
            removed = await patiently(
                lambda: self._credentials.remove_secret(application.object_id, secret.key_id),
                self._clock,
                until=until,
            )
            if removed or self._clock.now() - secret.start >= LAG:
                return
            if self._clock.now() + PAUSE > visible_by:
                raise DirectoryBusy("a secret just made is not visible yet")
            await self._clock.sleep(PAUSE.total_seconds())


def _found(writable: Writable, key_id: KeyId, now: datetime) -> ClientSecret | None:
    """Return the secret as listed, unless our record of late knows better.

    A fresh creation need not be listed yet, and a fresh deletion may be listed still.
    """
    listed = {secret.key_id: secret for secret in writable.application.secrets}
    of_late = {record.key_id: record for record in writable.history.records}
    record = of_late.get(key_id)
    if record is not None and is_fresh_deletion(record, now):
        return None
    if key_id in listed or record is None:
        return listed.get(key_id)
    return fresh_creation(record, now)


def _left(writable: Writable, now: datetime) -> list[ClientSecret]:
    """Return what the directory lists, less what was deleted here of late: its reads lag.

    Fresh creations that are not listed yet do not count: the application may not rely on them.
    """
    history = writable.history
    gone = {
        each.key_id
        for each in history.records
        if each.state is RecordState.DELETING or is_fresh_deletion(each, now)
    }
    return [
        secret
        for secret in writable.application.secrets
        if secret.key_id not in gone and not any(is_of(secret, each) for each in history.unsettled)
    ]


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
