"""What support is told: which secrets, why who was not told, and what to do about it."""

import pytest

from shared.domain.messages import UNDELIVERED, Unreachable
from shared.domain.reminders import Stage
from tests.support.builders import OTHER_CLIENT
from tests.support.mails import ending, to_support

ADDRESSES = ("jane.doe@example.org", "john@registry.example.org")
NOBODY = [each for each in Unreachable if not each.is_partial]


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("reason", "why", "remedy"),
    [
        (Unreachable.UNMANAGED, "does not manage this application", "tag it"),
        (Unreachable.GROUP_WITHOUT_ROLE, "is assigned the role", "assign the role to the group"),
        (Unreachable.GROUP_EMPTY, "have no members", "put them into the group"),
        (Unreachable.MEMBERS_UNREACHABLE, "disabled or has no mail address", "replace them"),
        (Unreachable.BOUNCED, "an earlier mail to the same address came back", "an address that"),
        (Unreachable.FAILED, "refused or failed to send a reminder", "check the address"),
        (Unreachable.UNCERTAIN, "cannot say whether a reminder went out", "tell the organisation"),
    ],
)
def test_support_is_told_what_happened_and_what_to_do(
    reason: Unreachable, why: str, remedy: str
) -> None:
    text = flat(to_support(ending(7, unreachable=reason, addresses=ADDRESSES)).text)
    cause = "What happened: " if reason.is_partial else "Why nobody was told: "
    told, _, to_do = text.partition(cause)[2].partition("What to do: ")
    assert why in told
    assert remedy in to_do.partition("* Secret")[0]


@pytest.mark.parametrize("reason", Unreachable)
def test_every_reason_has_words(reason: Unreachable) -> None:
    text = to_support(ending(7, unreachable=reason)).text
    assert text.count("Why nobody was told: ") + text.count("What happened: ") == 1
    assert text.count("What to do: ") == 1


@pytest.mark.parametrize("reason", UNDELIVERED.values())
def test_support_is_told_the_addresses_where_a_reminder_did_not_arrive(reason: Unreachable) -> None:
    text = to_support(ending(7, unreachable=reason, addresses=ADDRESSES)).text
    heading = "Perhaps not reached" if reason is Unreachable.UNCERTAIN else "Not reached"
    assert f"\n{heading}:\n  {ADDRESSES[0]}\n  {ADDRESSES[1]}\nWhat to do: " in text


def test_where_no_address_is_known_none_is_spoken_of() -> None:
    assert "eached:" not in to_support(ending(7, unreachable=Unreachable.BOUNCED)).text


def test_secrets_of_the_same_reason_and_addresses_are_told_together() -> None:
    text = to_support(
        ending(1, unreachable=Unreachable.BOUNCED, addresses=ADDRESSES),
        ending(2, unreachable=Unreachable.BOUNCED, addresses=ADDRESSES),
        ending(3, unreachable=Unreachable.BOUNCED, addresses=ADDRESSES[:1]),
    ).text
    assert text.count("Application: ") == 2
    assert text.count(ADDRESSES[0]) == 2
    assert text.count(ADDRESSES[1]) == 1


@pytest.mark.parametrize("reason", NOBODY)
def test_the_subject_says_that_nobody_was_reached(reason: Unreachable) -> None:
    lines = [ending(7, unreachable=reason), ending(13, unreachable=NOBODY[0])]
    assert to_support(*lines).subject == (
        '[WMDA] Nobody reached: client secret "Secret by JD" expires Sat 28 Nov 2026 (and 1 more)'
    )


@pytest.mark.parametrize("reason", UNDELIVERED.values())
def test_the_subject_claims_no_more_than_is_known_where_somebody_may_have_been_told(
    reason: Unreachable,
) -> None:
    lines = [
        ending(-1, Stage.EXPIRED, unreachable=Unreachable.UNMANAGED),
        ending(13, unreachable=reason, addresses=ADDRESSES),
    ]
    assert to_support(*lines).subject == (
        '[WMDA] Reminder problem: client secret "Secret by JD" expired on Fri 20 Nov 2026'
        " (and 1 more)"
    )


@pytest.mark.parametrize(
    ("expired", "live", "words"),
    [
        (0, 1, "a client secret expires soon, and"),
        (1, 0, "a client secret has expired, and"),
        (0, 2, "2 client secrets expire soon, and"),
        (2, 0, "2 client secrets have expired, and"),
        (1, 1, "1 client secret has expired, 1 more expires soon, and"),
        (2, 2, "2 client secrets have expired, 2 more expire soon, and"),
    ],
)
@pytest.mark.parametrize("reason", Unreachable)
def test_the_first_sentence_counts_and_is_true(
    expired: int, live: int, words: str, reason: Unreachable
) -> None:
    lines = [ending(-1 - n, Stage.EXPIRED, unreachable=reason) for n in range(expired)]
    lines += [ending(5 + n, unreachable=reason) for n in range(live)]
    doubt = "not every credential manager is known to have been told."
    told = doubt if reason.is_partial else "no credential manager could be told."
    assert flat(to_support(*lines).text).startswith(f"Hello, {words} {told} Please ")


def test_a_secret_with_two_reasons_is_counted_once_and_told_with_both() -> None:
    mail = to_support(
        ending(3, unreachable=Unreachable.BOUNCED, addresses=ADDRESSES[:1]),
        ending(3, unreachable=Unreachable.FAILED, addresses=ADDRESSES[1:]),
    )
    assert mail.subject.endswith("expires Tue 24 Nov 2026")
    assert flat(mail.text).startswith("Hello, a client secret expires soon, and not every")
    assert "make sure that the organisation knows" in flat(mail.text)
    assert mail.text.count("What happened: ") == 2


def test_support_is_told_the_reason_of_each_application() -> None:
    text = to_support(
        ending(1, unreachable=Unreachable.UNMANAGED),
        ending(2, unreachable=Unreachable.GROUP_EMPTY, client_id=OTHER_CLIENT, application="B"),
        ending(3, unreachable=Unreachable.UNMANAGED),
    ).text
    assert text.count("Why nobody was told: ") == text.count("Application: ") == 2
    assert "Please tell the organisations, and mend the causes." in text


def test_an_address_is_text_of_one_line() -> None:
    hostile = "<b>x</b>\r\nBcc: y@\u202eexample.org"
    line = ending(3, unreachable=Unreachable.FAILED, addresses=(hostile,))
    assert "\n  <b>x</b> Bcc: y@example.org\n" in to_support(line).text


@pytest.mark.parametrize("reason", Unreachable)
def test_no_line_of_a_digest_is_ragged_or_over_long(reason: Unreachable) -> None:
    text = to_support(ending(3, unreachable=reason, addresses=ADDRESSES)).text
    lines = text.splitlines()
    assert all(each == each.rstrip() and len(each) <= 76 for each in lines)
    assert "\n\n\n" not in text


def test_support_is_not_told_that_it_manages_credentials() -> None:
    text = to_support(ending(1, unreachable=Unreachable.GROUP_EMPTY)).text
    assert "you are a credential manager" not in text
    assert "you are the support address" in text
