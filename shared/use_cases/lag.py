"""The directory's reads lag its writes: for a while our own records know better."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.domain.secrets import ClientSecret
from shared.ports.secret_store import RecordState, SecretRecord

LAG = timedelta(minutes=10)
"""The longest for which a reading may not show a change that has been made."""

FRESH = LAG + timedelta(minutes=5)
"""A record's instant is of before its change, by the clock of another process."""


def overlaid(
    listed: Iterable[ClientSecret], records: Iterable[SecretRecord], now: datetime
) -> list[ClientSecret]:
    """Return the secrets by their end: as listed, with our creations and deletions of late."""
    secrets = {secret.key_id: secret for secret in listed}
    for record in records:
        if is_fresh_deletion(record, now):
            secrets.pop(record.key_id, None)
        created = fresh_creation(record, now)
        if created is not None:
            secrets.setdefault(record.key_id, created)
    return sorted(secrets.values(), key=lambda secret: (secret.end, secret.key_id))


def fresh_creation(record: SecretRecord, now: datetime) -> ClientSecret | None:
    """Return the secret that a record says was made of late, and not deleted since."""
    request = record.request
    if request is None or record.state is RecordState.DELETED:
        return None
    if not _is_fresh(record.created_at, now):
        return None
    return ClientSecret(
        key_id=record.key_id,
        display_name=request.display_name,
        hint=record.hint,
        start=request.start,
        end=request.end,
    )


def is_fresh_deletion(record: SecretRecord, now: datetime) -> bool:
    """Tell whether the secret was deleted so recently that it may be listed still."""
    return record.state is RecordState.DELETED and _is_fresh(record.deleted_at, now)


def _is_fresh(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and now - instant < FRESH
