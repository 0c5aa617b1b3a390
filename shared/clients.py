"""Every client of the product, and its settings: each made once, when first asked for.

In the event loop that asks: the worker runs all `async def` functions on one loop, and a client
made in one loop cannot be used in another. Adapters are imported there too, since their vendors
cost more to import than everything else.
"""

from __future__ import annotations

import gc
import logging
from contextlib import AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from shared.adapters.quiet_telemetry import QUIET
from shared.adapters.system_clock import RandomIds, SystemClock
from shared.adapters.telemetry import chosen
from shared.domain.errors import SettingsIncomplete
from shared.settings import GraphCredential, Settings, from_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.core.credentials_async import AsyncTokenCredential

    from shared.adapters.acs_mailer import AcsMailer
    from shared.adapters.graph_directory import GraphDirectory
    from shared.adapters.tables import Tables
    from shared.ports.system import Clock, Ids
    from shared.ports.telemetry import Telemetry


_TALKATIVE = ("azure.core", "azure.identity", "azure.monitor", "httpx")
"""At INFO they log every request, with addresses that hold ids of users and groups."""


class _Closable(Protocol):
    async def close(self) -> None: ...


_Adapter = TypeVar("_Adapter", bound=_Closable)


class Clients:
    """The clients, by the settings that `read_settings` returns: it is asked until it succeeds.

    `clock` is what secrets and reminders live by; `token_clock` judges tokens. Both are the wall
    clock, but for a local stack whose clock is moved. Tests bring a `telemetry`.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        token_clock: Clock | None = None,
        telemetry: Telemetry | None = None,
        read_settings: Callable[[], Settings] = from_environment,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.ids: Ids = RandomIds()
        self._token_clock: Clock = token_clock or SystemClock()
        self._read_settings = read_settings
        self._open = AsyncExitStack()
        if telemetry is not None:
            self._telemetry = telemetry
        for vendor in _TALKATIVE:
            logging.getLogger(vendor).setLevel(logging.WARNING)

    async def close(self) -> None:
        """Close every client that was made."""
        await self._open.aclose()

    @cached_property
    def settings(self) -> Settings:
        """Raise SettingsIncomplete until the settings are whole."""
        return self._read_settings()

    @property
    def telemetry(self) -> Telemetry:
        """Never raises: there is none until the settings are whole."""
        try:
            return self._telemetry
        except SettingsIncomplete:
            return QUIET

    @cached_property
    def _telemetry(self) -> Telemetry:
        settings = self.settings
        return self._closing(
            chosen(
                settings.applicationinsights_connection_string,
                settings.applicationinsights_authentication_string,
            )
        )

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
            meters=self.telemetry,
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
