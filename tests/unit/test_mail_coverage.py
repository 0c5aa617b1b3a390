"""What the monthly report says, in its text and on its page."""

from dataclasses import replace
from datetime import date

import pytest

from shared.adapters.mail_rendering import Rendered
from shared.domain.messages import Unreachable
from shared.domain.reports import (
    MAX_DETAILS,
    MAX_NAMED,
    Kind,
    MonthlyReport,
    ReportedApplication,
    ReportedKind,
    Unread,
)
from tests.support.builders import CLIENT, message, notice, report
from tests.support.mail_pages import Page
from tests.support.mails import HOSTILE, RENDERING, SUPPORTER


def mail(about: MonthlyReport) -> Rendered:
    blank = message(notice=notice(), recipient=SUPPORTER)
    return RENDERING(replace(blank, notice=None, report=about))


def of(kind: Kind, *details: str, name: str = "Partner-NL-Org-SMC", total: int = 1) -> ReportedKind:
    named = ReportedApplication(client_id=CLIENT, application=name, details=details)
    return ReportedKind(kind=kind, total=total, applications=(named,) if total else ())


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_title_and_advice_in_text_and_page(kind: Kind) -> None:
    told = mail(report(of(kind)))
    for words in (flat(told.text), Page(told.html).text):
        title, _, advice = words.partition("What to do: ")
        assert title
        assert len(advice.partition("Partner-NL-Org-SMC")[0]) > 10
        assert kind not in words


@pytest.mark.parametrize("reason", [each for each in Unreachable if not each.is_of_a_mail])
def test_a_reason_is_told_in_words(reason: Unreachable) -> None:
    told = mail(report(of(Kind.NO_MANAGER, reason)))
    assert reason not in told.text.split()
    assert reason not in Page(told.html).text.split()


@pytest.mark.parametrize("unread", Unread)
def test_what_could_not_be_read_is_told_in_words(unread: Unread) -> None:
    told = mail(report(unread=(unread,)))
    for words in (flat(told.text), Page(told.html).text):
        assert "Not known: " in words
        assert "Not known: ;" not in words
        assert f"Not known: {unread}" not in words


def test_the_subject_tells_the_month_and_how_much_was_found() -> None:
    assert mail(report()).subject == "[WMDA] Client secrets in Nov 2026: 5 findings"
    one = report(of(Kind.MFA_NOT_EVIDENCED, total=0), month=date(2027, 1, 1))
    assert mail(one).subject == "[WMDA] Client secrets in Jan 2027: 1 finding"
    none = replace(report(), kinds=())
    assert mail(none).subject == "[WMDA] Client secrets in Nov 2026: nothing found"


def test_text_and_page_name_the_same_applications_and_count_the_rest() -> None:
    told = mail(report())
    for words in (flat(told.text), Page(told.html).text):
        assert words.count("Partner-NL-Organisation") == 2
        assert "last day 2026-12-01: secret Q_e" in words
        assert words.count("and 1 more") == 1
        assert words.count("and 3 more") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_words(name: str) -> None:
    told = mail(report(of(Kind.OFF_PATTERN, name, name=name)))
    page, plain = Page(told.html), Page(mail(report(of(Kind.OFF_PATTERN, "x", name="x"))).html)
    assert page.tags == plain.tags
    assert all(len(row) <= 2 * 120 for row in told.text.splitlines())
    assert "\r" not in told.text


def test_the_longest_report_is_written_within_a_megabyte() -> None:
    named = ReportedApplication(
        client_id=CLIENT, application="W" * 120, details=("w" * 120,) * MAX_DETAILS
    )
    every = [
        ReportedKind(kind=kind, total=9_999, applications=(named,) * MAX_NAMED) for kind in Kind
    ]
    told = mail(report(*every))
    assert len(told.html) + len(told.text) < 1024 * 1024


def test_nothing_goes_into_a_calendar() -> None:
    assert mail(report()).attachments == ()
