"""The composition root: it puts the use cases together on the clients of `clients.py`.

These two modules alone know both ports and adapters. Whatever is made here is made once, when it is
first asked for.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from shared.adapters.fairness import step_back
from shared.clients import Clients
from shared.domain.access import Portal
from shared.domain.ids import ClientId, PrincipalId
from shared.domain.standing import Audiences
from shared.settings import ReminderMode
from shared.use_cases.attempts import Attempts
from shared.use_cases.create_secret import CreateSecret
from shared.use_cases.delete_secret import DeleteSecret
from shared.use_cases.list_applications import ListApplications
from shared.use_cases.recover import Recover
from shared.use_cases.reminding import Options, Outside, Reminding
from shared.use_cases.write_access import WriteAccess

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.ports.ledger import Ledger
    from shared.ports.secret_store import AuditTrail, SecretStore
    from shared.ports.system import Authenticator
    from shared.use_cases.announcements import Announcements
    from shared.use_cases.record_delivery import RecordDelivery
    from shared.use_cases.run_reminders import RunReminders


class Composition(Clients):
    """The product, put together."""

    _preparing: asyncio.Task[None] | None = None

    # What the triggers use

    @cached_property
    def portal(self) -> Portal:
        settings = self.settings
        return Portal(
            client_id=ClientId(settings.portal_client_id),
            identity=PrincipalId(settings.identity_principal_id),
            resources=settings.known_resources,
            step_up_context=settings.step_up_auth_context,
        )

    @cached_property
    def authenticator(self) -> Authenticator:
        from shared.adapters.entra_claims import TokenRules
        from shared.adapters.entra_keys import SigningKeys
        from shared.adapters.entra_tokens import EntraTokens

        settings = self.settings
        rules = TokenRules(
            issuer=settings.authority,
            tenant_id=settings.tenant_id,
            audience=settings.portal_client_id,
            allowed_client_ids=settings.accepted_client_ids,
            required_scope=settings.required_scope,
        )
        keys = SigningKeys(
            authority=settings.authority, clock=self._token_clock, meters=self.telemetry
        )
        return self._closing(EntraTokens(rules=rules, keys=keys, clock=self._token_clock))

    @cached_property
    def attempts(self) -> Attempts:
        return Attempts(trail=self._trail, clock=self.clock, ids=self.ids)

    @cached_property
    def list_applications(self) -> ListApplications:
        return ListApplications(
            directory=self._graph,
            store=self._store,
            ledger=self._ledger,
            clock=self.clock,
            portal=self.portal,
        )

    @cached_property
    def create_secret(self) -> CreateSecret:
        return CreateSecret(
            access=self._write_access,
            credentials=self._graph,
            store=self._store,
            announcements=self._announcements,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def delete_secret(self) -> DeleteSecret:
        return DeleteSecret(
            access=self._write_access,
            credentials=self._graph,
            store=self._store,
            announcements=self._announcements,
            clock=self.clock,
        )

    def prepare(self) -> None:
        """Make, behind the answer to a page that was opened, what its first list will need.

        In the event loop that answers, which is let go between two parts. The clients' imports take
        a third of a second, which whoever signs in meanwhile does not wait for. Only the first call
        of a process does anything; a part that cannot be made is told to whoever asks for it.
        """
        if self._preparing is None:
            self._preparing = asyncio.create_task(self._prepare())

    async def _prepare(self) -> None:
        parts: tuple[Callable[[], object], ...] = (
            lambda: self.authenticator,
            lambda: self._tables,
            lambda: self._graph,
            lambda: self.list_applications,
        )
        with suppress(Exception):
            for make in parts:
                await step_back()
                make()

    @property
    def run_reminders(self) -> RunReminders:
        return self.reminding.run

    @property
    def record_delivery(self) -> RecordDelivery:
        return self.reminding.record_delivery

    # What those are made of

    @cached_property
    def _trail(self) -> AuditTrail:
        from shared.adapters.table_audit import TableAuditTrail

        return TableAuditTrail(self._tables)

    @cached_property
    def _write_access(self) -> WriteAccess:
        return WriteAccess(
            directory=self._graph,
            credentials=self._graph,
            store=self._store,
            recover=self.recover,
            portal=self.portal,
        )

    @cached_property
    def recover(self) -> Recover:
        from shared.adapters.table_recovery import TableRecovery

        return Recover(
            directory=self._graph,
            credentials=self._graph,
            store=self._store,
            recovery=TableRecovery(self._tables, self.ids),
            clock=self.clock,
        )

    @cached_property
    def _announcements(self) -> Announcements:
        return self._closing(self.reminding.announcements)

    @cached_property
    def reminding(self) -> Reminding:
        """Reminders, and what operations are told by the same rules."""
        from shared.adapters.table_notices import TableNotices
        from shared.adapters.table_retention import TableRetention
        from shared.adapters.table_runs import TableRuns
        from shared.adapters.table_suppressions import TableSuppressions

        outside = Outside(
            applications=self._graph,
            managers=self._graph,
            store=self._store,
            ledger=self._ledger,
            runs=TableRuns(self._tables, self.ids),
            suppressions=TableSuppressions(self._tables, self.ids),
            notices=TableNotices(self._tables, self.ids),
            retention=TableRetention(self._tables, self.ids),
            trail=self._trail,
            mailer=self._mailer,
            meters=self.telemetry,
            clock=self.clock,
            ids=self.ids,
        )
        settings = self.settings
        options = Options(
            sends=settings.reminder_mode is ReminderMode.SEND,
            notifies=settings.notify_changes,
            audit_lasts=timedelta(days=settings.audit_days),
        )
        audiences = Audiences(portal=self.portal, support_address=settings.support_email)
        return Reminding(outside, audiences, options, grants=self._graph)

    @cached_property
    def _store(self) -> SecretStore:
        from shared.adapters.table_secrets import TableSecretStore

        return TableSecretStore(self._tables, self.ids)

    @cached_property
    def _ledger(self) -> Ledger:
        from shared.adapters.table_ledger import TableLedger

        ledger = TableLedger(self._tables, self.ids)
        self._open.push_async_callback(ledger.aclose)
        return ledger
