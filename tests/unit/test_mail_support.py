"""What support is told: which secrets, why nobody else was told, and what to do about it."""

import pytest

from shared.domain.messages import Unreachable
from shared.domain.reminders import Stage
from tests.support.builders import OTHER_CLIENT
from tests.support.mails import ending, to_support


@pytest.mark.parametrize(
    ("reason", "why", "remedy"),
    [
        (Unreachable.UNMANAGED, "does not manage this application", "tag it"),
        (Unreachable.GROUP_WITHOUT_ROLE, "is assigned the role", "assign the role to the group"),
        (Unreachable.GROUP_EMPTY, "have no members", "put them into the group"),
        (Unreachable.MEMBERS_UNREACHABLE, "disabled or has no mail address", "replace them"),
    ],
)
def test_support_is_told_why_nobody_was_and_what_to_do(
    reason: Unreachable, why: str, remedy: str
) -> None:
    text = " ".join(to_support(ending(7, unreachable=reason)).text.split())
    told, _, to_do = text.partition("Why nobody was told: ")[2].partition("What to do: ")
    assert why in told
    assert remedy in to_do.partition("* Secret")[0]


@pytest.mark.parametrize("reason", Unreachable)
def test_every_reason_has_words(reason: Unreachable) -> None:
    assert to_support(ending(7, unreachable=reason)).text.count("Why nobody was told: ") == 1


def test_supports_subject_says_that_nobody_was_reached() -> None:
    assert to_support(ending(7), ending(13)).subject == (
        '[WMDA] Nobody reached: client secret "Secret by JD" expires Sat 28 Nov 2026 (and 1 more)'
    )
    assert '"Secret by JD" has expired (Fri 20' in to_support(ending(-1, Stage.EXPIRED)).subject


def test_support_is_told_the_reason_of_each_application() -> None:
    text = to_support(
        ending(1, unreachable=Unreachable.UNMANAGED),
        ending(2, unreachable=Unreachable.GROUP_EMPTY, client_id=OTHER_CLIENT, application="B"),
        ending(3, unreachable=Unreachable.UNMANAGED),
    ).text
    assert text.count("Why nobody was told: ") == text.count("Application: ") == 2
    assert text.startswith(
        "Hello,\n\n3 client secrets expire soon, and no credential manager could be told.\n"
    )


def test_support_is_not_told_that_it_manages_credentials() -> None:
    text = to_support(ending(1, unreachable=Unreachable.GROUP_EMPTY)).text
    assert "you are a credential manager" not in text
    assert "you are the support address" in text
