"""The calendar file: one all-day event per secret that is weeks from its end, and no clock."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Component

from shared.adapters.mail_rendering import Rendered
from shared.domain.reminders import Claim, Stage
from tests.support.builders import CLIENT, OTHER_CLIENT, TODAY, day, message, numbered
from tests.support.mails import HOSTILE, PORTAL_URL, RENDERING, ending, rendered, to_support

ROOT = Path(__file__).parents[2]


def calendar(mail: Rendered) -> Component:
    (file,) = mail.attachments
    assert (file.name, file.content_type) == ("client-secrets.ics", "text/calendar")
    return Calendar.from_ical(file.content)


def events(mail: Rendered) -> Sequence[Component]:
    return calendar(mail).walk("VEVENT")


def test_one_calendar_is_published_with_an_event_for_each_secret_weeks_from_its_end() -> None:
    mail = rendered(ending(3), ending(13, Stage.THREE_WEEKS), ending(42, Stage.SIX_WEEKS))
    assert calendar(mail)["METHOD"] == "PUBLISH"
    assert calendar(mail)["VERSION"] == "2.0"
    assert calendar(mail)["PRODID"] == "-//client-secret-self-service//Reminders//EN"
    assert [each.decoded("DTSTART") for each in events(mail)] == [day(13), day(42)]


@pytest.mark.parametrize("stage", [Stage.DAILY, Stage.EXPIRED])
def test_from_the_last_week_on_there_is_no_calendar(stage: Stage) -> None:
    mail = rendered(ending(0, stage))
    assert mail.attachments == ()
    assert "calendar" not in mail.text


def test_support_gets_no_calendar() -> None:
    assert to_support(ending(42, Stage.SIX_WEEKS)).attachments == ()


def test_the_mail_says_what_the_file_holds() -> None:
    one, more = ending(42, Stage.SIX_WEEKS), ending(3)
    assert "the attached file holds the last day." in rendered(one).text
    assert "each last day that is more than\na week away." in rendered(more, one).text


def test_an_event_is_the_whole_last_day_and_keeps_nobody_busy() -> None:
    (event,) = events(rendered(ending(42, Stage.SIX_WEEKS)))
    last = day(42)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (last, last + timedelta(days=1))
    assert type(event.decoded("DTSTART")) is date
    assert event["TRANSP"] == "TRANSPARENT"
    assert event.walk("VALARM") == []


def test_an_event_names_secret_application_and_where_to_go() -> None:
    (event,) = events(rendered(ending(42, Stage.SIX_WEEKS)))
    assert event["SUMMARY"] == (
        'Client secret "Secret by JD" (starts with Q_e) of Partner-NL-OrganisationName-SMC expires'
    )
    assert str(event["DESCRIPTION"]).splitlines() == [
        "Application: Partner-NL-OrganisationName-SMC",
        f"Client ID: {CLIENT}",
        'Secret "Secret by JD" (starts with Q_e)',
        "expires Sat 2 Jan 2027, 23:59 UTC.",
        "Put a new secret into your system before, then delete this one:",
        f"{PORTAL_URL}#{CLIENT}",
    ]
    assert event["URL"] == f"{PORTAL_URL}#{CLIENT}"


def test_a_nameless_secret_reads_well() -> None:
    (event,) = events(rendered(ending(42, Stage.SIX_WEEKS, secret=None, hint=None)))
    assert event["SUMMARY"] == (
        "Client secret without a name of Partner-NL-OrganisationName-SMC expires"
    )


def test_a_later_mail_revises_the_entry_instead_of_adding_one() -> None:
    key = numbered(7)
    first = ending(42, Stage.SIX_WEEKS)
    (six,) = events(rendered(replace(first, claim=Claim(f"{key}|sixWeeks"))))
    (three,) = events(
        rendered(replace(first, claim=Claim(f"{key}|threeWeeks"), stage=Stage.THREE_WEEKS))
    )
    assert six["UID"] == three["UID"] == f"{key}@client-secret-self-service"
    assert (six["SEQUENCE"], three["SEQUENCE"]) == (0, 1)


def test_events_are_dated_by_the_message_not_by_a_clock() -> None:
    mail = message(lines=[ending(42, Stage.SIX_WEEKS)])
    (event,) = events(RENDERING(mail))
    assert event.decoded("DTSTAMP") == datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    (earlier,) = events(RENDERING(replace(mail, on=day(-1))))
    assert event.decoded("DTSTAMP") - earlier.decoded("DTSTAMP") == timedelta(days=1)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_adds_no_property(name: str) -> None:
    line = ending(42, Stage.SIX_WEEKS, secret=name, hint=name, application=name)
    plain = ending(9, Stage.THREE_WEEKS, client_id=OTHER_CLIENT)
    named, other = events(rendered(line, plain))
    assert named.keys() == other.keys()
    assert named.subcomponents == []
    shown = " ".join(name.split())
    quoted = shown.replace('"', "'")
    assert named["SUMMARY"] == f'Client secret "{quoted}" (starts with {shown}) of {shown} expires'
    told = str(named["DESCRIPTION"]).splitlines()
    assert told[0] == f"Application: {shown}"
    assert told[2] == f'Secret "{quoted}" (starts with {shown})'
    assert len(told) == 6


@pytest.mark.parametrize("name", HOSTILE)
def test_lines_are_folded_as_the_format_wants(name: str) -> None:
    (file,) = rendered(ending(42, Stage.SIX_WEEKS, secret=name)).attachments
    lines = file.content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(each) <= 75 for each in lines)
    assert not any(b"\n" in each or b"\r" in each for each in lines)


def test_the_calendars_library_is_loaded_by_the_first_mail_that_needs_it() -> None:
    code = (
        "import sys\n"
        "import shared.adapters.acs_mailer\n"
        "from tests.support.mails import ending, rendered\n"
        "rendered(ending(3))\n"
        "print('icalendar' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter and code
    assert run.stdout == "False\n"
