"""What credential managers hear of a change: who did what, when, and what follows from it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.adapters.mail_rendering import Rendered
from shared.domain.messages import Change
from shared.domain.plain_text import MAX_TEXT
from tests.support.builders import CLIENT, day, message, notice
from tests.support.mails import (
    HOSTILE,
    PORTAL_URL,
    RENDERING,
    SUPPORT_ADDRESS,
    SUPPORTER,
    announced,
)

AT = datetime(2026, 12, 4, 14, 3, 59, tzinfo=UTC)


def flat(mail: Rendered) -> str:
    return " ".join(mail.text.split())


@pytest.mark.parametrize("change", Change)
def test_the_subject_names_secret_change_and_organisation(change: Change) -> None:
    mail = announced(change, secret="Secret by VM", organisation="DE-Some-Org")  # noqa: S106 - a name
    assert mail.subject == f'[WMDA] Client secret "Secret by VM" was {change} (DE-Some-Org)'


def test_an_application_without_an_organisation_is_named_itself() -> None:
    subject = announced(organisation=CLIENT, application="Partner of old").subject
    assert subject.endswith("was created (Partner of old)")
    assert announced(organisation=CLIENT, application="").subject.endswith(f"({CLIENT})")


@pytest.mark.parametrize(
    ("hint", "words"),
    [("abc", "without a name that starts with abc…"), (None, "without a name")],
)
def test_a_nameless_secret_reads_well(hint: str | None, words: str) -> None:
    mail = announced(secret=None, hint=hint)
    assert mail.subject == f"[WMDA] Client secret {words} was created (NL-OrganisationName)"
    assert f"\n* Secret {words}\n" in mail.text
    assert "None" not in mail.text


def test_a_new_secret_is_told_with_all_that_is_known_of_it() -> None:
    mail = announced(at=AT)
    assert (
        "Application: Partner-NL-OrganisationName-SMC\n"
        f"Client ID:   {CLIENT}\n"
        f"Manage it:   {PORTAL_URL}#{CLIENT}\n"
        "\n"
        '* Secret "Secret by JD" (starts with Q_e)\n'
        "  created Fri 4 Dec 2026, 14:03 UTC\n"
        "  by Jane Doe\n"
        "  expires Fri 17 Sep 2027, 23:59 UTC (in 300 days)\n"
    ) in mail.text
    assert "It works within a minute or so;" in flat(mail)


def test_a_deleted_secret_is_told_with_what_follows_and_without_its_last_day() -> None:
    mail = announced(Change.DELETED, at=AT)
    assert "  deleted Fri 4 Dec 2026, 14:03 UTC\n  by Jane Doe\n\n" in mail.text
    assert "A system that still uses it can no longer connect to the WMDA APIs," in flat(mail)
    assert "expires" not in mail.text
    assert "minute" not in mail.text


@pytest.mark.parametrize("by", [None, "", " \u202e\r\n"])
def test_whoever_has_no_name_is_a_credential_manager(by: str | None) -> None:
    assert "  by a credential manager\n" in announced(by=by).text


@pytest.mark.parametrize("change", Change)
def test_a_notice_says_what_to_do_if_it_was_none_of_them_and_why_it_came(change: Change) -> None:
    text = flat(announced(change))
    assert f"If it was none of you, write to {SUPPORT_ADDRESS} at once." in text
    assert "Why you get this mail: you are a credential manager of the application above" in text
    assert f"To change who is a credential manager, write to {SUPPORT_ADDRESS}." in text


def test_a_notice_puts_nothing_into_a_calendar() -> None:
    assert announced().attachments == ()


def test_days_are_counted_from_the_day_of_the_message() -> None:
    mail = message(notice=notice())
    assert "(in 300 days)" in RENDERING(mail).text
    assert "(in 301 days)" in RENDERING(replace(mail, on=day(-1))).text


def test_a_repeat_says_the_same() -> None:
    mail = message(notice=notice())
    assert RENDERING(replace(mail, nonce="other", attempts=1, posted_at=AT)) == RENDERING(mail)


def test_a_notice_to_support_is_a_notice_all_the_same() -> None:
    mail = message(notice=notice())
    assert RENDERING(replace(mail, recipient=SUPPORTER)) == RENDERING(mail)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("change", Change)
def test_a_name_is_shown_and_means_nothing(change: Change, name: str) -> None:
    mail = announced(change, secret=name, hint="<&>", application=name, by=name)
    shown = " ".join(name.split())
    quoted = shown.replace('"', "'")
    assert f'"{quoted[:29]}' in mail.subject
    assert mail.subject.endswith(f'" was {change} (NL-OrganisationName)')
    assert f'\n* Secret "{quoted}" (starts with <&>)\n' in mail.text
    assert f"\nApplication: {shown}\n" in mail.text
    assert f"\n  by {shown}\n" in mail.text


@pytest.mark.parametrize("name", HOSTILE)
def test_an_organisations_name_is_text_in_the_subject(name: str) -> None:
    subject = announced(organisation=name).subject
    shown = " ".join(name.split())
    assert len(subject.splitlines()) == 1
    assert f"was created ({shown[:29]}" in subject


def test_what_is_long_is_cut_and_what_turns_the_direction_is_left_out() -> None:
    long = "\u202e" + "x" * 500
    mail = announced(secret=long, application=long, organisation=long, by=long)
    cut, brief = "x" * (MAX_TEXT - 1) + "…", "x" * 59 + "…"
    assert mail.subject == f'[WMDA] Client secret "{brief}" was created ({brief})'
    assert f'* Secret "{cut}" (starts' in mail.text
    assert f"Application: {cut}\n" in mail.text
    assert f"  by {cut}\n" in mail.text
    assert "\u202e" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("change", Change)
def test_no_line_is_ragged_and_no_gap_is_wide(change: Change) -> None:
    text = announced(change).text
    lines = text.splitlines()
    assert all(each == each.rstrip() for each in lines)
    assert "\n\n\n" not in text
    assert all(len(each) <= 76 for each in lines if PORTAL_URL not in each)
