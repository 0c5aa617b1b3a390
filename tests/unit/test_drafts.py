from collections.abc import Iterable

import pytest

from shared.domain.applications import Application
from shared.domain.audience import Audience, audience, groups_to_ask
from shared.domain.drafts import (
    MAX_LINES,
    MAX_LINES_PER_APPLICATION,
    Draft,
    Due,
    by_recipient,
    drafts,
)
from shared.domain.ids import ClientId, UserId
from shared.domain.messages import SUPPORT, Member, Partition, Recipient, Unreachable
from shared.domain.plain_text import plain
from shared.domain.reminders import due
from shared.domain.secrets import ClientSecret
from tests.fakes.system import MORNING
from tests.support.builders import (
    CLIENT,
    GROUP,
    OTHER_CLIENT,
    OTHER_GROUP,
    PORTAL,
    TODAY,
    application,
    numbered,
    secret,
)

JANE = Recipient(partition=Partition(numbered(1)), address="jane.doe@example.org")
JOHN = Recipient(partition=Partition(numbered(2)), address="john.roe@example.org")
HELP = Recipient(partition=SUPPORT, address="support@example.org")


def member(
    number: int, *, address: str | None = "someone@example.org", enabled: bool = True
) -> Member:
    return Member(user_id=UserId(numbered(number)), address=address, enabled=enabled)


def told(
    target: Application, *recipients: Recipient, unreachable: Unreachable | None = None
) -> list[Due]:
    return [
        Due(
            application=target,
            reminder=reminder,
            recipients=recipients,
            unreachable=unreachable,
        )
        for reminder in due(target.secrets, MORNING)
    ]


def expiring(count: int, *, first: int = 1) -> list[ClientSecret]:
    return [secret(first + number, days_left=number % 40) for number in range(count)]


def days_left(mail: Draft) -> list[int]:
    return [(line.ends_at.date() - TODAY).days for line in mail.lines]


def asked(members: Iterable[Member], target: Application | None = None) -> Audience:
    return audience(target or application(), PORTAL, {GROUP: tuple(members)}, "support@example.org")


def test_each_enabled_member_with_an_address_is_told_once_whatever_groups_they_are_in() -> None:
    both = application(groups=[GROUP, OTHER_GROUP])
    members = {GROUP: [member(1), member(2)], OTHER_GROUP: [member(2), member(3)]}
    found = audience(both, PORTAL, members, "support@example.org")
    assert [r.partition for r in found.recipients] == [numbered(1), numbered(2), numbered(3)]
    assert found.unreachable is None


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, Unreachable.GROUP_WITHOUT_ROLE),
        ({GROUP: []}, Unreachable.GROUP_EMPTY),
        ({GROUP: [member(1, enabled=False)]}, Unreachable.MEMBERS_UNREACHABLE),
        ({GROUP: [member(1, address=None)]}, Unreachable.MEMBERS_UNREACHABLE),
        ({GROUP: [member(1, address="jane.doe")]}, Unreachable.MEMBERS_UNREACHABLE),
    ],
)
def test_support_hears_where_nobody_can_be_reached(
    members: dict[str, list[Member]], reason: Unreachable
) -> None:
    found = audience(application(), PORTAL, members, HELP.address)  # type: ignore[arg-type]  # plain ids
    assert (found.recipients, found.unreachable) == ((HELP,), reason)


@pytest.mark.parametrize("lost", [application(groups=[]), application(owners=[])])
def test_support_hears_of_an_application_that_lost_its_tag_or_owner(lost: Application) -> None:
    found = asked([member(1)], lost)
    assert (found.recipients, found.unreachable) == ((HELP,), Unreachable.UNMANAGED)
    assert groups_to_ask(lost, PORTAL, [GROUP]) == frozenset()


def test_only_tagged_groups_that_hold_the_role_are_asked_for_their_members() -> None:
    tagged = application(groups=[GROUP, OTHER_GROUP])
    assert groups_to_ask(tagged, PORTAL, [GROUP]) == {GROUP}


def test_a_recipient_gets_one_mail_per_organisation() -> None:
    search = application(secret(1, days_left=9), name="Partner-NL-Org-SMC")
    data = application(secret(2, days_left=3), client_id=OTHER_CLIENT, name="Partner-NL-Org-DM")
    other = application(
        secret(3, days_left=5), client_id=ClientId(numbered(0xC3)), name="Partner-DE-Org-DM"
    )
    mails = list(
        drafts(
            by_recipient(told(search, JANE) + told(data, JANE) + told(other, JANE))[JANE.partition]
        )
    )
    assert {mail.organisation: days_left(mail) for mail in mails} == {
        "NL-Org": [3, 9],
        "DE-Org": [5],
    }


def test_each_recipient_is_told_the_most_urgent_recipient_first() -> None:
    late = told(application(secret(1, days_left=30)), JANE)
    soon = told(application(secret(2, days_left=1), client_id=OTHER_CLIENT), JOHN)
    assert list(by_recipient(late + soon)) == [JOHN.partition, JANE.partition]


def test_support_gets_one_digest_of_all_organisations() -> None:
    one = told(application(secret(1, days_left=9)), HELP, unreachable=Unreachable.GROUP_EMPTY)
    two = told(
        application(secret(2, days_left=3), client_id=OTHER_CLIENT, name="Partner-DE-Org-DM"),
        HELP,
        unreachable=Unreachable.UNMANAGED,
    )
    (digest,) = drafts(by_recipient(one + two)[SUPPORT])
    assert [line.claim for line in digest.lines] == [
        f"{numbered(2)}|day:2026-11-21|unmanaged",
        f"{numbered(1)}|threeWeeks|group_empty",
    ]


def test_a_mail_holds_40_secrets_at_most_and_20_of_one_application() -> None:
    one = told(application(*expiring(30)), JANE)
    two = told(application(*expiring(30, first=100), client_id=OTHER_CLIENT), JANE)
    three = told(application(*expiring(30, first=200), client_id=ClientId(numbered(0xC3))), JANE)
    (mail,) = drafts(by_recipient(one + two + three)[JANE.partition])
    counts = [line.client_id for line in mail.lines]
    assert len(counts) == MAX_LINES
    assert max(counts.count(client) for client in counts) <= MAX_LINES_PER_APPLICATION
    (small,) = drafts(by_recipient(one)[JANE.partition])
    assert len(small.lines) == MAX_LINES_PER_APPLICATION
    assert days_left(small) == sorted(days_left(small))


def test_a_line_says_what_is_due_and_what_succeeds_it() -> None:
    old, new = secret(1, days_left=5), secret(2, days_left=300, name="Secret by VM")
    (mail,) = drafts(by_recipient(told(application(old, new), JANE))[JANE.partition])
    (line,) = mail.lines
    assert (line.client_id, line.secret, line.hint, days_left(mail)) == (
        CLIENT,
        "Secret by JD",
        "Q_e",
        [5],
    )
    assert line.successor is not None
    assert (line.successor.secret, line.successor.hint) == ("Secret by VM", "Q_e")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, None),
        ("", None),
        (" \u200b ", None),
        ("Secret by VM", "Secret by VM"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\u202eb\u2066c", "abc"),
        ("a\x00b", "a b"),
        ("x" * 121, "x" * 119 + "…"),
        ("x" * 120, "x" * 120),
    ],
)
def test_a_name_cannot_break_out_of_its_line(text: str | None, shown: str | None) -> None:
    assert plain(text) == shown
