"""What mails say: every stage, every number, whatever names people give their secrets."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.adapters.mail_rendering import Rendering
from shared.domain.messages import Successor
from shared.domain.reminders import Stage
from tests.support.builders import (
    CLIENT,
    OTHER_CLIENT,
    day,
    line,
    message,
    numbered,
)
from tests.support.mails import (
    HOSTILE,
    PORTAL_URL,
    RENDERING,
    WORDING,
    ending,
    rendered,
    to_support,
)

# The subject


def test_the_subject_names_the_secret_and_its_last_day() -> None:
    subject = rendered(ending(13, Stage.THREE_WEEKS, secret="Secret by Jane Doe")).subject  # noqa: S106 - a name
    assert subject == '[WMDA] Client secret "Secret by Jane Doe" expires Fri 4 Dec 2026'


def test_the_subject_names_the_first_and_counts_the_others() -> None:
    subject = rendered(ending(1), ending(13), ending(42)).subject
    assert subject == '[WMDA] Client secret "Secret by JD" expires Sun 22 Nov 2026 (and 2 more)'


def test_the_subject_says_that_a_secret_has_expired() -> None:
    assert rendered(ending(-2, Stage.EXPIRED)).subject == (
        '[WMDA] Client secret "Secret by JD" expired on Thu 19 Nov 2026'
    )


@pytest.mark.parametrize(
    ("hint", "words"),
    [("Q_e", "without a name that starts with Q_e…"), (None, "without a name")],
)
def test_the_subject_of_a_nameless_secret_reads_well(hint: str | None, words: str) -> None:
    subject = rendered(ending(13, secret=None, hint=hint)).subject
    assert subject == f"[WMDA] Client secret {words} expires Fri 4 Dec 2026"


@pytest.mark.parametrize("broken", ["a\r\nBcc: x@example.org", "a\u2028b", "a\u0085b", "a\vb"])
def test_no_name_makes_a_second_line(broken: str) -> None:
    mail = rendered(ending(3, secret=broken, application=broken))
    assert len(mail.subject.splitlines()) == 1
    assert len(mail.text.splitlines()) == len(rendered(ending(3)).text.splitlines())


# Dates


@pytest.mark.parametrize(
    ("days", "stage", "words"),
    [
        (42, Stage.SIX_WEEKS, "expires Sat 2 Jan 2027, 23:59 UTC (in 42 days)"),
        (21, Stage.THREE_WEEKS, "expires Sat 12 Dec 2026, 23:59 UTC (in 21 days)"),
        (7, Stage.DAILY, "expires Sat 28 Nov 2026, 23:59 UTC (in 7 days)"),
        (2, Stage.DAILY, "expires Mon 23 Nov 2026, 23:59 UTC (in 2 days)"),
        (1, Stage.DAILY, "expires Sun 22 Nov 2026, 23:59 UTC (tomorrow)"),
        (0, Stage.DAILY, "expires Sat 21 Nov 2026, 23:59 UTC (today)"),
        (-1, Stage.EXPIRED, "has expired: Fri 20 Nov 2026, 23:59 UTC (yesterday)"),
        (-2, Stage.EXPIRED, "has expired: Thu 19 Nov 2026, 23:59 UTC (2 days ago)"),
        (-400, Stage.EXPIRED, "has expired: Fri 17 Oct 2025, 23:59 UTC (400 days ago)"),
    ],
)
def test_every_stage_says_the_last_moment_and_how_far_it_is(
    days: int, stage: Stage, words: str
) -> None:
    assert f"  {words}\n" in rendered(ending(days, stage)).text


def test_a_secret_that_expired_this_morning_has_expired_today() -> None:
    ends_at = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
    text = rendered(line(ends_at=ends_at, stage=Stage.EXPIRED)).text
    assert "has expired: Sat 21 Nov 2026, 08:05 UTC (today)" in text


def test_days_are_counted_from_the_day_of_the_message() -> None:
    mail = message(lines=[ending(13)])
    assert "(in 13 days)" in RENDERING(mail).text
    assert "(in 14 days)" in RENDERING(replace(mail, on=day(-1))).text


def test_a_repeat_says_the_same() -> None:
    mail = message(lines=[ending(3), ending(9, Stage.THREE_WEEKS, client_id=OTHER_CLIENT)])
    later = replace(mail, nonce="other", attempts=1, posted_at=mail.lines[0].ends_at)
    assert Rendering(WORDING)(later) == RENDERING(mail)


# The secrets


def test_a_secret_is_told_with_all_that_is_known_of_it() -> None:
    text = rendered(ending(13)).text
    assert "Application: Partner-NL-OrganisationName-SMC\n" in text
    assert f"Client ID:   {CLIENT}\n" in text
    assert f"Manage it:   {PORTAL_URL}#{CLIENT}\n" in text
    assert '* Secret "Secret by JD" (starts with Q_e)\n' in text


@pytest.mark.parametrize(
    ("name", "hint", "words"),
    [
        ("Secret by JD", None, 'Secret "Secret by JD"'),
        (None, "Q_e", "Secret without a name that starts with Q_e…"),
        (None, None, "Secret without a name"),
    ],
)
def test_what_is_not_known_of_a_secret_is_left_out(
    name: str | None, hint: str | None, words: str
) -> None:
    text = rendered(ending(13, secret=name, hint=hint)).text
    assert f"* {words}\n" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("successor", "words"),
    [
        (Successor(secret="Secret by VM", hint="abc"), '"Secret by VM" (starts with abc)'),  # noqa: S106 - a name
        (Successor(secret=None, hint="abc"), "without a name that starts with abc…"),
        (Successor(secret=None, hint=None), "without a name"),
    ],
)
def test_a_newer_secret_changes_the_words(successor: Successor, words: str) -> None:
    text = rendered(ending(13, successor=successor)).text
    assert (
        f"  A newer secret {words} exists;\n"
        "  once your system uses it, delete this one, and its reminders stop.\n"
    ) in text
    assert "Where a newer secret exists already" in text


def test_without_a_newer_secret_none_is_spoken_of() -> None:
    assert "newer secret" not in rendered(ending(13)).text


def test_secrets_are_grouped_by_application_the_most_urgent_first() -> None:
    text = rendered(
        ending(1, secret="first", client_id=CLIENT),  # noqa: S106 - a name
        ending(2, secret="second", client_id=OTHER_CLIENT, application="Another"),  # noqa: S106 - a name
        ending(3, secret="third", client_id=CLIENT),  # noqa: S106 - a name
    ).text
    told = re.findall(r"^(?:Application: |\* Secret )(\S+)", text, re.MULTILINE)
    assert told == [
        "Partner-NL-OrganisationName-SMC",
        '"first"',
        '"third"',
        "Another",
        '"second"',
    ]


def test_forty_secrets_are_all_told() -> None:
    lines = [
        ending(n, secret=f"Number {n}", client_id=numbered(n % 2), application=f"App {n % 2}")
        for n in range(40)
    ]
    mail = rendered(*lines)
    assert mail.subject.endswith("(and 39 more)")
    assert "40 client secrets expire soon." in mail.text
    assert re.findall(r'"Number (\d+)"', mail.text) == [
        str(n) for n in (*range(0, 40, 2), *range(1, 40, 2))
    ]
    assert mail.text.count("Application: ") == 2


@pytest.mark.parametrize(
    ("live", "expired", "words"),
    [
        (1, 0, "a client secret expires soon."),
        (0, 1, "a client secret has expired."),
        (2, 0, "2 client secrets expire soon."),
        (0, 2, "2 client secrets have expired."),
        (1, 1, "1 client secret has expired, and 1 more expires soon."),
        (2, 1, "1 client secret has expired, and 2 more expire soon."),
        (1, 2, "2 client secrets have expired, and 1 more expires soon."),
    ],
)
def test_the_first_sentence_counts(live: int, expired: int, words: str) -> None:
    lines = [ending(-1 - n, Stage.EXPIRED) for n in range(expired)]
    lines += [ending(5 + n) for n in range(live)]
    assert rendered(*lines).text.startswith(f"Hello,\n\n{words}")


# What follows


def test_a_mail_says_what_to_do_in_four_steps() -> None:
    steps = re.findall(r"^(\d)\. (.+)$", rendered(ending(13)).text, re.MULTILINE)
    assert [number for number, _ in steps] == ["1", "2", "3", "4"]
    assert [words.split(".")[0].split(":")[0] for _, words in steps] == [
        "Create a new secret",
        "Put it into your system",
        "Confirm that it connects",
        "Delete the old one on the same page",
    ]


def test_a_mail_says_why_it_came_and_who_changes_that() -> None:
    text = " ".join(rendered(ending(13)).text.split())
    assert "you are a credential manager of the application above." in text
    assert "To change who is a credential manager, write to support@example.org." in text
    assert "https://guide.example.org/tokens" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_and_means_nothing_nor_does_it_end_its_quotation(name: str) -> None:
    mail = rendered(ending(13, secret=name, hint="<&>", application=name))
    shown = " ".join(name.split())
    quoted = shown.replace('"', "'")
    assert f'"{quoted[:29]}' in mail.subject
    assert mail.subject.endswith('" expires Fri 4 Dec 2026')
    assert f'* Secret "{quoted}" (starts with <&>)\n' in mail.text
    assert f"Application: {shown}\n" in mail.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * 60, "x" * 60),
        ("x" * 120, "x" * 59 + "…"),
        ("\uff37" * 30, "\uff37" * 30),
        ("\uff37" * 64, "\uff37" * 29 + "…"),
        ("\u5bc6x" * 40, "\u5bc6x" * 19 + "\u5bc6…"),
    ],
)
def test_a_long_or_wide_name_leaves_the_deadline_in_sight(name: str, shown: str) -> None:
    subject = rendered(ending(13, secret=name)).subject
    assert subject == f'[WMDA] Client secret "{shown}" expires Fri 4 Dec 2026'


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("count", [1, 2])
def test_no_line_is_ragged_and_no_gap_is_wide(stage: Stage, count: int) -> None:
    told = [ending(1 + n, stage) for n in range(count)]
    for mail in (rendered(*told), to_support(*told)):
        lines = mail.text.splitlines()
        assert all(each == each.rstrip() for each in lines)
        assert "\n\n\n" not in mail.text
        assert all(len(each) <= 76 for each in lines if PORTAL_URL not in each)
