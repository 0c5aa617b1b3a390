"""The way to a write: authorised by the token, confirmed by the directory, fenced by the lease."""

import logging
from dataclasses import dataclass
from datetime import datetime

from shared.concurrency import both
from shared.domain.access import Portal, Principal, authorise, groups_to_confirm, require_writable
from shared.domain.applications import Application
from shared.domain.errors import ApplicationNotFound, PortalError
from shared.domain.ids import ClientId, guid
from shared.log_records import line
from shared.ports.directory import ApplicationDirectory, CredentialDirectory
from shared.ports.secret_store import History, Lease, LeaseTicket, SecretStore
from shared.use_cases.leasing import release
from shared.use_cases.recover import Recover

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writable:
    """An application that the caller may change, as it was read while `ticket` was good."""

    application: Application
    ticket: LeaseTicket
    history: History


class WriteAccess:
    """Opens an application for one write: one read, one membership check."""

    def __init__(
        self,
        *,
        directory: ApplicationDirectory,
        credentials: CredentialDirectory,
        store: SecretStore,
        recover: Recover,
        portal: Portal,
    ) -> None:
        self._directory = directory
        self._credentials = credentials
        self._store = store
        self._recover = recover
        self._portal = portal

    async def open(self, principal: Principal, client_id: str) -> Writable:
        """Return the application, with what was left behind on it settled as far as can be.

        Raises ApplicationNotFound or ApplicationPrivileged.
        """
        canonical = guid(client_id)
        if canonical is None:
            raise ApplicationNotFound("malformed")
        writable = await self._open(principal, ClientId(canonical))
        if await self._recovered(writable.history):
            return await self._open(principal, ClientId(canonical))
        return writable

    async def _open(self, principal: Principal, client_id: ClientId) -> Writable:
        ticket = await self._store.lease_ticket(client_id)
        found, history = await both(
            self._directory.application(client_id), self._store.history(client_id)
        )
        application = authorise(principal, found, self._portal)
        groups = groups_to_confirm(principal, application)
        if not await self._credentials.confirm_membership(principal.user_id, groups):
            raise ApplicationNotFound("no longer a member")
        require_writable(application, self._portal)
        return Writable(application=application, ticket=ticket, history=history)

    async def _recovered(self, history: History) -> bool:
        """Settle what is left of earlier writes; one that cannot be settled bars no other."""
        try:
            return await self._recover.of_application(history)
        except PortalError as error:
            log.warning(line("recovery left undone", code=error.code, reason=str(error)))
            return True

    async def lease(
        self, writable: Writable, now: datetime, *, last_start: datetime | None = None
    ) -> Lease:
        """Take the lease; what was read of the application then holds under it."""
        return await self._store.take_lease(writable.ticket, now=now, last_start=last_start)

    async def release(self, lease: Lease) -> None:
        """Give the lease back early, after a definite answer."""
        await release(self._store, lease)
