"""The composition root: the only module that knows both ports and adapters.

Every client is made once, when first asked for, in the event loop that asks: the worker runs all
`async def` functions on one loop, and a client made in one loop cannot be used in another.
Adapters are imported there too, since their vendors cost more to import than everything else.
"""

from __future__ import annotations

import gc
import logging
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from shared.adapters.system_clock import RandomIds, SystemClock
from shared.domain.access import Portal
from shared.domain.ids import ClientId, PrincipalId
from shared.domain.standing import Audiences
from shared.settings import GraphCredential, ReminderMode, Settings, from_environment
from shared.use_cases.attempts import Attempts
from shared.use_cases.create_secret import CreateSecret
from shared.use_cases.delete_secret import DeleteSecret
from shared.use_cases.list_applications import ListApplications
from shared.use_cases.recover import Recover
from shared.use_cases.reminding import Options, Outside, Reminding
from shared.use_cases.write_access import WriteAccess

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials_async import AsyncTokenCredential

    from shared.adapters.acs_mailer import AcsMailer
    from shared.adapters.graph_directory import GraphDirectory
    from shared.adapters.tables import Tables
    from shared.ports.ledger import Ledger
    from shared.ports.secret_store import AuditTrail, SecretStore
    from shared.ports.system import Authenticator, Clock, Ids
    from shared.use_cases.announcements import Announcements
    from shared.use_cases.record_delivery import RecordDelivery
    from shared.use_cases.run_reminders import RunReminders


_TALKATIVE = ("azure.core", "azure.identity", "httpx")
"""At INFO they log every request, with addresses that hold ids of users and groups."""


class _Closable(Protocol):
    async def close(self) -> None: ...


_Adapter = TypeVar("_Adapter", bound=_Closable)


class Composition:
    """The product, put together.

    `clock` is what secrets and reminders live by; `token_clock` judges tokens. Both are the wall
    clock, but for a local stack whose clock is moved. `read_settings` is asked until it succeeds.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        token_clock: Clock | None = None,
        read_settings: Callable[[], Settings] = from_environment,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = RandomIds()
        self._token_clock: Clock = token_clock or SystemClock()
        self._read_settings = read_settings
        self._open = AsyncExitStack()
        for vendor in _TALKATIVE:
            logging.getLogger(vendor).setLevel(logging.WARNING)

    async def close(self) -> None:
        """Close every client that was made."""
        await self._open.aclose()

    # What the triggers use

    @cached_property
    def settings(self) -> Settings:
        """Raise SettingsIncomplete until the settings are whole."""
        return self._read_settings()

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
        keys = SigningKeys(authority=settings.authority, clock=self._token_clock)
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

    @property
    def run_reminders(self) -> RunReminders:
        return self._reminding.run

    @property
    def record_delivery(self) -> RecordDelivery:
        return self._reminding.record_delivery

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
        return self._closing(self._reminding.announcements)

    @cached_property
    def _reminding(self) -> Reminding:
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
        return Reminding(outside, audiences, options)

    @cached_property
    def _graph(self) -> GraphDirectory:
        from shared.adapters.graph_directory import connect

        settings = self.settings
        signs_in = settings.graph_credential is GraphCredential.MANAGED_IDENTITY
        directory = connect(
            base_url=settings.graph_base_url,
            credential=self._identity if signs_in else None,
            portal_service_principal_id=settings.portal_service_principal_id,
            credential_role_id=settings.credential_role_id,
        )
        return self._closing(directory)

    @cached_property
    def _tables(self) -> Tables:
        from shared.adapters.tables import Tables

        settings = self.settings
        tables = Tables.connect(
            endpoint=settings.tables_endpoint,
            connection_string=settings.tables_connection_string,
            credential=self._identity if settings.tables_endpoint else None,
        )
        return self._closing(tables)

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

    @cached_property
    def _mailer(self) -> AcsMailer:
        from shared.adapters.acs_mailer import AcsMailer
        from shared.adapters.mail_rendering import Wording

        settings = self.settings
        mailer = AcsMailer.connect(
            endpoint=settings.email_endpoint,
            connection_string=settings.email_connection_string,
            credential=self._identity if settings.email_endpoint else None,
            sender=settings.email_sender,
            reply_to=settings.support_email,
            wording=Wording(
                provider_name=settings.provider_name,
                portal_url=settings.portal_url,
                support_email=settings.support_email,
                api_auth_guide_url=settings.api_auth_guide_url,
            ),
        )
        return self._closing(mailer)

    @cached_property
    def _identity(self) -> AsyncTokenCredential:
        """The one credential of the process: its token cache is per instance."""
        from azure.identity.aio import ManagedIdentityCredential

        credential = ManagedIdentityCredential(client_id=self.settings.azure_client_id)
        self._open.push_async_callback(credential.close)
        return credential

    def _closing(self, adapter: _Adapter) -> _Adapter:
        self._open.push_async_callback(adapter.close)
        # What was imported for it lives as long as the process. Each full collection would go
        # through all of it, and the event loop would stand still for 60 ms.
        gc.freeze()
        return adapter
