"""The way to a write: authorised by the token, confirmed by the directory, fenced by the lease."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.access import Portal, Principal, authorise, groups_to_confirm, require_writable
from shared.domain.applications import Application
from shared.domain.errors import ApplicationNotFound, TemporarilyUnavailable
from shared.domain.ids import ClientId, guid
from shared.ports.directory import ApplicationDirectory, CredentialDirectory
from shared.ports.secret_store import Lease, LeaseTicket, SecretStore

_RESERVE = timedelta(minutes=3)
"""The end of a lease in which no write begins: one takes 30 seconds, a request may take 230."""


def last_start_of_a_write(lease: Lease) -> datetime:
    """Return the instant after which nothing new is sent under the lease."""
    return lease.expires_at - _RESERVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Writable:
    """An application that the caller may change, as it was read while `ticket` was good."""

    application: Application
    ticket: LeaseTicket


class WriteAccess:
    """Opens an application for one write: one read, one membership check."""

    def __init__(
        self,
        *,
        directory: ApplicationDirectory,
        credentials: CredentialDirectory,
        store: SecretStore,
        portal: Portal,
    ) -> None:
        self._directory = directory
        self._credentials = credentials
        self._store = store
        self._portal = portal

    async def open(self, principal: Principal, client_id: str) -> Writable:
        """Return the application; raise ApplicationNotFound or ApplicationPrivileged."""
        canonical = guid(client_id)
        if canonical is None:
            raise ApplicationNotFound("malformed")
        ticket = await self._store.lease_ticket(ClientId(canonical))
        found = await self._directory.application(ClientId(canonical))
        application = authorise(principal, found, self._portal)
        groups = groups_to_confirm(principal, application)
        if not await self._credentials.confirm_membership(principal.user_id, groups):
            raise ApplicationNotFound("no longer a member")
        require_writable(application, self._portal)
        return Writable(application=application, ticket=ticket)

    async def lease(
        self, writable: Writable, now: datetime, *, last_start: datetime | None = None
    ) -> Lease:
        """Take the lease; what was read of the application then holds under it."""
        return await self._store.take_lease(writable.ticket, now=now, last_start=last_start)

    async def release(self, lease: Lease) -> None:
        """Give the lease back. A lease that cannot be given back runs out by itself."""
        with suppress(TemporarilyUnavailable):
            await self._store.release_lease(lease)
