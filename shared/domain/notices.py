"""Notices: that a secret was made or deleted, in words that were fixed when it happened."""

from datetime import datetime

from shared.domain.applications import Application
from shared.domain.messages import Change, Notice
from shared.domain.plain_text import plain
from shared.domain.secrets import ClientSecret


def notice_of(
    change: Change, application: Application, secret: ClientSecret, *, by: str, at: datetime
) -> Notice:
    """Return the notice of a change that somebody of the display name `by` made."""
    return Notice(
        change=change,
        client_id=application.client_id,
        application=plain(application.display_name) or application.client_id,
        organisation=plain(application.organisation) or application.client_id,
        key_id=secret.key_id,
        secret=plain(secret.display_name),
        hint=plain(secret.hint),
        ends_at=secret.end,
        by=plain(by),
        at=at,
    )
