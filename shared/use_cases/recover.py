"""Settles what creates and deletes left behind when an answer was lost or a process died.

A wish whose outcome is not known is fenced first: once it is `aborting`, no create can commit it,
so that a secret found of it was never revealed, and is removed. A deletion is only observed.
"""

import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta

from shared.domain.applications import Application
from shared.domain.errors import ApplicationBusy, OutcomeUnknown, PortalError
from shared.domain.ids import ClientId, KeyId
from shared.domain.secrets import ClientSecret
from shared.log_records import line
from shared.ports.directory import ApplicationDirectory, CredentialDirectory
from shared.ports.recovery import Begun, RecoveryStore, Unfinished
from shared.ports.secret_store import (
    History,
    Intent,
    IntentState,
    Lease,
    RecordState,
    SecretRecord,
    SecretStore,
)
from shared.ports.system import Clock
from shared.use_cases.lag import LAG
from shared.use_cases.leasing import last_start_of_a_write, release
from shared.use_cases.patience import patiently

log = logging.getLogger(__name__)

UNDER_WAY = timedelta(minutes=5)
"""As long as the lease: within it, whoever holds it may still come to an end."""

NEVER_CAME = timedelta(hours=1)
"""The intent of a pointer may be written late, by a process that stood still."""

CLEAN_READS = 2
"""So many readings without a secret settle a wish, the last of them after LAG."""


class Recover:
    """Looks after unfinished work: every firing at all of it, a write at its own application's."""

    def __init__(
        self,
        *,
        directory: ApplicationDirectory,
        credentials: CredentialDirectory,
        store: SecretStore,
        recovery: RecoveryStore,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._credentials = credentials
        self._store = store
        self._recovery = recovery
        self._clock = clock

    async def __call__(self) -> None:
        """Settle what can be; what fails is left to the next firing."""
        await _attempt(self._settle_all())

    async def _settle_all(self) -> None:
        for unfinished in await self._recovery.unfinished():
            if self._clock.now() - unfinished.since >= UNDER_WAY:
                await _attempt(self._settle(unfinished))

    async def of_application(self, history: History) -> bool:
        """Settle what one application's history shows; tell whether anything was to be done."""
        now = self._clock.now()
        intents = [each for each in history.unsettled if now - each.created_at >= UNDER_WAY]
        deletions = [each for each in history.records if _is_overdue(each, now)]
        for intent in intents:
            await self._settle_intent(intent)
        for record in deletions:
            await self._observe(record)
        return bool(intents or deletions)

    async def _settle(self, unfinished: Unfinished) -> None:
        if unfinished.begun is Begun.CREATION:
            intent = await self._recovery.intent(unfinished)
            is_young = self._clock.now() - unfinished.since < NEVER_CAME
            if intent is None and is_young:
                return
            if intent is None or not _is_unsettled(intent):
                await self._recovery.forget(unfinished)
            else:
                await self._settle_intent(intent)
            return
        record = await self._record(unfinished.client_id, KeyId(unfinished.name))
        if record is None or record.state is not RecordState.DELETING:
            await self._recovery.forget(unfinished)
        elif _is_overdue(record, self._clock.now()):
            await self._observe(record)

    async def _settle_intent(self, intent: Intent) -> None:
        if intent.state is IntentState.PENDING:
            fenced = await self._recovery.fence(intent, self._clock.now())
            if fenced is None:
                return
            intent = fenced
        await self._clean_up(intent)

    async def _clean_up(self, intent: Intent) -> None:
        """Remove the secrets of a fenced wish, under the lease as any write."""
        read_at = self._clock.now()
        ticket = await self._store.lease_ticket(intent.client_id)
        application = await self._directory.application(intent.client_id)
        found = [each for each in application.secrets if is_of(each, intent)] if application else []
        try:
            lease = await self._store.take_lease(ticket, now=self._clock.now(), last_start=None)
        except ApplicationBusy:
            return
        try:
            ours = await self._unrevealed(intent, found)
            for secret in ours or ():
                await self._remove(application, secret, lease)
        except OutcomeUnknown:
            # The lease stays: nobody may write before what is under way has come to rest.
            raise
        except PortalError:
            await release(self._store, lease)
            raise
        if ours is not None:
            await self._note(intent, read_at, is_clean=not ours)
        await release(self._store, lease)

    async def _unrevealed(
        self, intent: Intent, found: list[ClientSecret]
    ) -> list[ClientSecret] | None:
        """Two wishes of one second may be alike: spare what another has shown, or may yet show."""
        if not found:
            return []
        history = await self._store.history(intent.client_id)
        shown = {each.key_id for each in history.records if each.created_at is not None}
        if any(
            each.state is IntentState.PENDING and each.request == intent.request
            for each in history.unsettled
        ):
            return None
        return [each for each in found if each.key_id not in shown]

    async def _remove(
        self, application: Application | None, secret: ClientSecret, lease: Lease
    ) -> None:
        if application is None:
            return
        log.warning(
            line(
                "a secret that nobody was shown is removed",
                client_id=application.client_id,
                key_id=secret.key_id,
            )
        )
        await patiently(
            lambda: self._credentials.remove_secret(application.object_id, secret.key_id),
            self._clock,
            until=last_start_of_a_write(lease),
        )

    async def _note(self, intent: Intent, read_at: datetime, *, is_clean: bool) -> None:
        if not is_clean:
            # What was removed may be listed for a while: the waiting begins anew.
            await self._recovery.fence(intent, self._clock.now())
            return
        noted = await self._recovery.note_clean_reading(intent)
        if noted is None or noted.aborting_since is None:
            return
        if noted.clean_reads >= CLEAN_READS and read_at - noted.aborting_since >= LAG:
            await self._store.abort_intent(noted)

    async def _observe(self, record: SecretRecord) -> None:
        """Say of a deletion what the directory shows; nothing is finished on anybody's behalf."""
        application = await self._directory.application(record.client_id)
        listed = application.secrets if application else ()
        if any(secret.key_id == record.key_id for secret in listed):
            await self._store.withdraw_deletion(record)
        else:
            await self._store.finish_deletion(record)

    async def _record(self, client_id: ClientId, key_id: KeyId) -> SecretRecord | None:
        records = (await self._store.records([client_id])).get(client_id, ())
        return next((each for each in records if each.key_id == key_id), None)


async def _attempt(work: Awaitable[None]) -> None:
    """Do what may fail: it stops nothing else, and is tried again by the next firing."""
    try:
        await work
    except PortalError as error:
        log.warning(line("recovery left undone", code=error.code, reason=str(error)))
    except Exception as error:  # noqa: BLE001 - one row that cannot be read stops no other
        log.error(line("alarm: recovery failed", fault=type(error).__qualname__))


def _is_unsettled(intent: Intent) -> bool:
    return intent.state in {IntentState.PENDING, IntentState.ABORTING}


def _is_overdue(record: SecretRecord, now: datetime) -> bool:
    """Tell whether a deletion was begun so long ago that the directory shows what became of it."""
    begun = record.state is RecordState.DELETING and record.deleted_at is not None
    return begun and record.deleted_at is not None and now - record.deleted_at >= LAG


def is_of(secret: ClientSecret, intent: Intent) -> bool:
    """Recognise a secret of ours: the start is unique within its application."""
    wish = intent.request
    return (secret.display_name, secret.start, secret.end) == (
        wish.display_name,
        wish.start,
        wish.end,
    )
