"""The last days of secrets as a calendar file (RFC 5545), from the frozen message alone.

No alarms: the mails themselves come again, and a calendar's alarm would outlive a secret that was
replaced. A secret has one UID, so that the next mail's file does not enter it twice.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from icalendar import Calendar, Event

from shared.adapters.mail_words import ENTERED, Item, item, link, one_line
from shared.domain.messages import Line
from shared.domain.reminders import secret_of

_PRODUCT: Final = "-//client-secret-self-service//Reminders//EN"


def calendar(lines: Iterable[Line], on: date, portal_url: str) -> bytes:
    """Return one all-day event for each line, as of the day of the message; no clock is asked."""
    entries = Calendar()
    entries.add("PRODID", _PRODUCT)
    entries.add("VERSION", "2.0")
    entries.add("METHOD", "PUBLISH")
    for line in lines:
        entries.add_component(_event(line, on, portal_url))
    content: bytes = entries.to_ical()
    return content


def _event(line: Line, on: date, portal_url: str) -> Event:
    day = line.ends_at.date()
    words = item(line, on)
    event = Event()
    event.add("UID", f"{secret_of(line.claim)}@client-secret-self-service")
    # A later mail about the same secret revises the entry.
    event.add("SEQUENCE", ENTERED.index(line.stage))
    event.add("DTSTAMP", datetime.combine(on, time.min, UTC))
    event.add("DTSTART", day)
    event.add("DTEND", day + timedelta(days=1))
    event.add("SUMMARY", one_line(f"Client secret {words.label} of {line.application} expires"))
    event.add("DESCRIPTION", _description(line, words, portal_url))
    event.add("URL", link(portal_url, line.client_id))
    # The day stays free for meetings.
    event.add("TRANSP", "TRANSPARENT")
    return event


def _description(line: Line, words: Item, portal_url: str) -> str:
    return "\n".join(
        one_line(each)
        for each in (
            f"Application: {line.application}",
            f"Client ID: {line.client_id}",
            f"Secret {words.label}",
            f"expires {words.end}.",
            "Put a new secret into your system before, then delete this one:",
            link(portal_url, line.client_id),
        )
    )
