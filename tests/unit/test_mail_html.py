"""The HTML part: the words of the text, nothing that is fetched, whatever names secrets have."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from shared.adapters.mail_rendering import Rendered
from shared.domain.messages import UNDELIVERED, Change, Line, Successor, Unreachable
from shared.domain.reminders import Stage
from tests.support.builders import CLIENT, OTHER_CLIENT, numbered
from tests.support.mail_pages import Page, words
from tests.support.mails import (
    HOSTILE,
    PORTAL_URL,
    RENDERING,
    SUPPORT_ADDRESS,
    WORDING,
    announced,
    ending,
    rendered,
    to_support,
)

ADDRESSES = ("jane.doe@example.org", "john@registry.example.org")
NEWER = Successor(secret="Secret by VM", hint="abc")  # noqa: S106 - a name


def elsewhere(days: int, stage: Stage = Stage.DAILY, **changes: object) -> Line:
    application = "Partner-DE-Some-Org-SMC"
    return ending(days, stage, client_id=OTHER_CLIENT, application=application, **changes)


REMINDERS: Sequence[Sequence[Line]] = [
    [ending(42, Stage.SIX_WEEKS)],
    [ending(0, secret=None)],
    [ending(-1, Stage.EXPIRED, secret=None, hint=None)],
    [ending(3, successor=NEWER), ending(20, Stage.THREE_WEEKS)],
    [ending(-3, Stage.EXPIRED), elsewhere(-1, Stage.EXPIRED)],
    [ending(-1, Stage.EXPIRED), ending(5), elsewhere(6)],
    [ending(-2, Stage.EXPIRED), ending(-1, Stage.EXPIRED), ending(6)],
]
DIGESTS: Sequence[Sequence[Line]] = [
    *([ending(7, unreachable=each)] for each in Unreachable),
    [ending(-1, Stage.EXPIRED, unreachable=Unreachable.GROUP_EMPTY)],
    [
        ending(3, unreachable=Unreachable.UNMANAGED, successor=NEWER),
        elsewhere(21, Stage.THREE_WEEKS, unreachable=Unreachable.GROUP_EMPTY),
    ],
    [ending(-1, Stage.EXPIRED), ending(-2, Stage.EXPIRED)],
    [ending(-1, Stage.EXPIRED), ending(1)],
    [ending(-1, Stage.EXPIRED), ending(-2, Stage.EXPIRED), ending(1), ending(2)],
    *([ending(7, unreachable=each, addresses=ADDRESSES)] for each in UNDELIVERED.values()),
    [
        ending(-1, Stage.EXPIRED, unreachable=Unreachable.UNMANAGED),
        elsewhere(2, unreachable=Unreachable.BOUNCED, addresses=ADDRESSES),
        elsewhere(2, unreachable=Unreachable.FAILED, addresses=ADDRESSES[:1]),
    ],
    [
        ending(-1, Stage.EXPIRED, unreachable=Unreachable.UNCERTAIN, addresses=ADDRESSES),
        ending(-2, Stage.EXPIRED, unreachable=Unreachable.UNCERTAIN, addresses=ADDRESSES),
    ],
]
NOTICES: Sequence[Mapping[str, object]] = [
    {},
    {"secret": None},
    {"secret": None, "hint": None, "by": None},
    {"by": None, "organisation": CLIENT},
]
MAILS = [
    *(rendered(*each) for each in REMINDERS),
    *(to_support(*each) for each in DIGESTS),
    *(announced(change, **each) for change in Change for each in NOTICES),
]
TAGS = {
    *("html", "head", "meta", "title", "style", "body"),
    *("table", "tr", "th", "td", "h2", "p", "ol", "li", "a", "b", "br", "span"),
}
ATTRIBUTES = {
    *("lang", "dir", "charset", "name", "content", "class", "style", "role", "scope", "href"),
    *("width", "align", "cellpadding", "cellspacing", "border"),
}


@pytest.fixture(params=MAILS, ids=lambda mail: mail.subject)
def mail(request: pytest.FixtureRequest) -> Rendered:
    found: Rendered = request.param
    return found


# What is said


def test_the_page_has_the_words_of_the_text(mail: Rendered) -> None:
    assert words(Page(mail.html).text) == words(mail.text)


def test_the_pages_title_is_the_subject(mail: Rendered) -> None:
    assert Page(mail.html).title == mail.subject


def test_each_application_has_a_button_to_its_place_on_the_page() -> None:
    page = Page(rendered(ending(3), ending(4), elsewhere(5)).html)
    assert page.links[:2] == [f"{PORTAL_URL}#{CLIENT}", f"{PORTAL_URL}#{OTHER_CLIENT}"]
    assert page.text.count("Manage it") == 2


def test_support_gets_no_button_for_what_it_does_not_manage() -> None:
    page = Page(to_support(ending(3, unreachable=Unreachable.UNMANAGED)).html)
    assert page.links == [PORTAL_URL]


# How it is built


def test_nothing_is_fetched_tracked_or_run(mail: Rendered) -> None:
    page = Page(mail.html)
    assert set(page.tags) <= TAGS
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert not re.search(r"url\(|@import|@font-face|expression\(", mail.html)


def test_links_lead_to_the_portal_the_guide_and_support_alone(mail: Rendered) -> None:
    allowed = (PORTAL_URL, WORDING.api_auth_guide_url, f"mailto:{SUPPORT_ADDRESS}")
    links = {link.partition("#")[0] for link in Page(mail.html).links}
    assert links <= set(allowed)


def test_it_names_its_language_and_its_colour_schemes(mail: Rendered) -> None:
    page = Page(mail.html)
    assert mail.html.startswith("<!doctype html>")
    assert ("html", {"lang": "en", "dir": "ltr"}) in page.elements
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in page.elements


def test_a_table_is_for_layout_or_has_headers_with_a_scope(mail: Rendered) -> None:
    page = Page(mail.html)
    headers = [attributes for tag, attributes in page.elements if tag == "th"]
    tables = [attributes for tag, attributes in page.elements if tag == "table"]
    assert headers
    assert all(each["scope"] == "row" for each in headers)
    assert {each.get("role") for each in tables} == {"presentation", None}


def test_whatever_is_coloured_inline_has_a_colour_for_the_dark(mail: Rendered) -> None:
    dark = mail.html.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    known = set(re.findall(r"\.([a-z-]+)", dark))
    for tag, attributes in Page(mail.html).elements:
        if re.search(r"(^|;)(color|background):", attributes.get("style") or ""):
            assert known & set((attributes["class"] or "").split()), (tag, attributes)


def test_a_mail_of_forty_secrets_is_not_cut_off_by_clients() -> None:
    lines = [
        ending(n, secret="x" * 120, client_id=numbered(n % 2), successor=NEWER) for n in range(40)
    ]
    mail = rendered(*lines)
    # Gmail clips a page at 102 kB.
    assert len(mail.html.encode()) < 90_000
    assert mail.html.count("A newer secret") == 40


# Names


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_adds_no_element(name: str) -> None:
    successor = Successor(secret=name, hint=name)
    mail = rendered(
        ending(13, secret=name, hint=name, application=name, successor=successor),
    )
    ordinary = rendered(ending(13, successor=NEWER))
    page = Page(mail.html)
    shown = " ".join(name.split())
    quoted = shown.replace('"', "'")
    assert page.elements == Page(ordinary.html).elements
    assert f'Secret "{quoted}" (starts with {shown}) expires' in page.text
    assert f"Application: {shown} Client ID:" in page.text
    assert f'A newer secret "{quoted}" (starts with {shown}) exists' in page.text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_to_support_too(name: str) -> None:
    undelivered = ending(13, unreachable=Unreachable.BOUNCED, addresses=ADDRESSES)
    told = (name, ADDRESSES[0])
    named = replace(undelivered, secret=name, application=name, addresses=told)
    page = Page(to_support(named).html)
    assert page.elements == Page(to_support(undelivered).html).elements
    assert f"Not reached: {' '.join(name.split())} {ADDRESSES[0]} What to do:" in page.text


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("change", Change)
def test_a_name_is_text_in_a_notice_too(change: Change, name: str) -> None:
    mail = announced(change, secret=name, hint=name, application=name, organisation=name, by=name)
    page = Page(mail.html)
    shown = " ".join(name.split())
    quoted = shown.replace('"', "'")
    assert page.elements == Page(announced(change).html).elements
    assert f'Secret "{quoted}" (starts with {shown}) {change} ' in page.text
    assert f"Application: {shown} Client ID:" in page.text
    assert f"UTC by {shown} " in page.text


def test_what_turns_the_direction_of_text_is_left_out_of_every_part() -> None:
    mail = rendered(ending(42, Stage.SIX_WEEKS, secret="a\u202eb\u2066c\x00d\ud800e"))  # noqa: S106 - a name
    (calendar,) = mail.attachments
    for part in (mail.subject, mail.text, Page(mail.html).text, calendar.content.decode()):
        assert '"abcde"' in part


@pytest.mark.parametrize(
    ("hint", "shown"),
    [("Q_e", "Secret without a name that starts with Q_e… expires"), (None, "without a name exp")],
)
def test_a_nameless_secret_reads_well(hint: str | None, shown: str) -> None:
    text = Page(rendered(ending(13, secret=None, hint=hint)).html).text
    assert shown in text
    assert "None" not in text


def test_a_word_that_no_value_stands_for_is_an_error_in_a_page_too() -> None:
    environment = RENDERING._pages  # noqa: SLF001 - how it is set up is what is tested
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()
