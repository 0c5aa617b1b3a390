"""The lease: how long writes may begin under it, and how it is given back."""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain.errors import TemporarilyUnavailable
from shared.ports.secret_store import Lease, SecretStore

_RESERVE = timedelta(minutes=3)
"""The end of a lease in which no write begins: one takes 30 seconds, a request may take 230."""


def last_start_of_a_write(lease: Lease) -> datetime:
    """Return the instant after which nothing new is sent under the lease."""
    return lease.expires_at - _RESERVE


async def release(store: SecretStore, lease: Lease) -> None:
    """Give the lease back. A lease that cannot be given back runs out by itself."""
    with suppress(TemporarilyUnavailable):
        await store.release_lease(lease)
