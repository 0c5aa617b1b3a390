"""One word for each group and application, always the same."""

import re

import pytest

from infra.adopt.names import MAX_WORD, group_key, group_word, unique_name
from tests.support.builders import CLIENT, application

ALLOWED = re.compile(r"[a-z0-9-]+")


def test_a_group_of_an_organisation_has_the_word_that_its_bicep_file_gives_it() -> None:
    assert group_word("Credential managers NL-Some-Org") == "credential-managers-nl-some-org"


@pytest.mark.parametrize(
    "name", ["Credential managers NL-Some-Org", "Überwachung", "東京", "a" * 256, "x@y (z)", "-"]
)
def test_a_word_is_such_as_graph_takes_for_a_mail_nickname(name: str) -> None:
    assert ALLOWED.fullmatch(group_word(name))
    assert len(group_word(name)) <= MAX_WORD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Credential managers NL-Some-Org", "Credential managers NL-Some Org"),
        ("Registre Été", "Registre Ete"),
        ("東京", "大阪"),
        ("a" * 100 + "b", "a" * 100 + "c"),
        ("Credential managers NL-" + "o" * 80 + "1", "Credential managers NL-" + "o" * 80 + "2"),
    ],
)
def test_two_groups_never_share_a_word(one: str, other: str) -> None:
    assert group_word(one) != group_word(other)


@pytest.mark.parametrize("name", ["some  GROUP", " Some Group "])
def test_case_and_width_of_spaces_make_no_other_group(name: str) -> None:
    assert group_key(name) == "some group"
    assert group_word(name) == group_word("Some group")


def test_an_application_named_by_the_pattern_is_unique_by_that_name() -> None:
    named = application(name="PartnerAlternative-NL-Some-Org-SMC")
    assert unique_name(named) == "partneralternative-nl-some-org-smc"


def test_a_name_off_the_pattern_is_not_frozen() -> None:
    assert unique_name(application(name="Legacy")) == f"partner-application-{CLIENT}"
