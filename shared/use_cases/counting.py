"""What is counted of mails, and which ones are named in the log since they did not arrive."""

import logging
from enum import StrEnum

from shared.domain.messages import SUPPORT, UNDELIVERED, Message
from shared.log_records import line
from shared.ports.telemetry import RunMeters

log = logging.getLogger(__name__)


class Besides(StrEnum):
    """What mails are about that remind no credential manager."""

    NOTICE = "notice"
    SUPPORT = "support"


def about(message: Message) -> StrEnum:
    """Return the stage of the most urgent reminder in a mail, or what else it is."""
    if message.recipient.partition == SUPPORT:
        return Besides.SUPPORT
    if message.notice is not None:
        return Besides.NOTICE
    return min(message.lines, key=lambda each: each.ends_at).stage


def note(message: Message, meters: RunMeters) -> None:
    """Count a mail that has come to a final state, and tell of one that did not arrive."""
    subject = about(message)
    meters.mail(subject, message.state)
    if message.state in UNDELIVERED:
        log.warning(
            line("undelivered", state=message.state, about=subject, message=message.message_id)
        )
