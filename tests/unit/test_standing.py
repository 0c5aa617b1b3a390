from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.applications import Application
from shared.domain.drafts import Draft, by_recipient, drafts
from shared.domain.ids import GroupId
from shared.domain.messages import Member, Message, Recipient, State, Unreachable
from shared.domain.reminders import Claim
from shared.domain.standing import Audiences, Standing
from tests.fakes.system import MORNING
from tests.support.builders import (
    CLIENT,
    GROUP,
    PORTAL,
    USER,
    application,
    message,
    notice,
    secret,
)

AUDIENCES = Audiences(portal=PORTAL, support_address="support@example.org")
JANE = Member(user_id=USER, address="jane.doe@example.org", enabled=True)
DUE = secret(1, days_left=5)
TOMORROW = MORNING + timedelta(days=1)


def standing(
    target: Application | None, *members: Member, group: GroupId = GROUP
) -> dict[str, Standing]:
    return {CLIENT: Standing(application=target, members={group: members}, read_at=MORNING)}


def draft(target: Application, *members: Member) -> Draft:
    (told,) = by_recipient(AUDIENCES.dues(standing(target, *members)[CLIENT], MORNING)).values()
    (found,) = drafts(told)
    return found


def mail(target: Application, *members: Member) -> Message:
    said = draft(target, *members)
    return replace(message(), recipient=said.recipient, lines=said.lines)


def holds(said: Message, now: dict[str, Standing], at: datetime = MORNING) -> bool:
    return AUDIENCES.holds(said, now, at)  # type: ignore[arg-type]  # plain ids


def test_what_has_not_changed_holds() -> None:
    assert holds(mail(application(DUE), JANE), standing(application(DUE), JANE))


@pytest.mark.parametrize(
    ("target", "member"),
    [
        (None, JANE),
        (application(), JANE),
        (application(DUE, groups=[]), JANE),
        (application(DUE, owners=[]), JANE),
        (application(DUE, tags=["credential-portal:ignore"]), JANE),
        (application(DUE), replace(JANE, enabled=False)),
        (application(DUE), replace(JANE, address=None)),
        (application(DUE), replace(JANE, address="jane.roe@example.org")),
    ],
)
def test_a_reminder_of_what_is_gone_or_for_who_is_no_manager_does_not_hold(
    target: Application | None, member: Member
) -> None:
    assert not holds(mail(application(DUE), JANE), standing(target, member))


def test_a_daily_reminder_holds_on_its_day() -> None:
    said = mail(application(DUE), JANE)
    assert not holds(said, standing(application(DUE), JANE), TOMORROW)


def test_a_reminder_of_weeks_holds_while_its_stage_lasts() -> None:
    target = application(secret(1, days_left=22))
    said = mail(target, JANE)
    assert holds(said, standing(target, JANE))
    assert not holds(said, standing(target, JANE), TOMORROW)


def test_one_line_that_does_not_hold_spoils_the_mail_but_not_its_draft() -> None:
    both = application(DUE, secret(2, days_left=6))
    now = standing(application(DUE), JANE)
    assert not holds(mail(both, JANE), now)
    left = AUDIENCES.current(draft(both, JANE), now, MORNING)  # type: ignore[arg-type]  # plain ids
    assert [line.claim for line in left.lines] == [f"{DUE.key_id}|day:2026-11-21"]


def test_support_is_not_told_of_a_manager_who_can_be_reached_again() -> None:
    said = mail(application(DUE))
    assert said.lines[0].unreachable is Unreachable.GROUP_EMPTY
    assert holds(said, standing(application(DUE)))
    assert not holds(said, standing(application(DUE), JANE))
    assert not holds(said, standing(application(DUE), replace(JANE, enabled=False)))


@pytest.mark.parametrize("reason", [each for each in Unreachable if each.is_of_a_mail])
def test_what_did_not_arrive_is_told_to_support_while_it_is_due(reason: Unreachable) -> None:
    managers = mail(application(DUE), JANE)
    claim = Claim(f"{managers.lines[0].claim}|{reason}")
    lines = (replace(managers.lines[0], claim=claim, unreachable=reason),)
    for support, expected in [(AUDIENCES.support, True), (managers.recipient, False)]:
        said = replace(managers, recipient=support, lines=lines)
        assert holds(said, standing(application(DUE), JANE)) is expected
        assert holds(said, standing(application(DUE), JANE), TOMORROW) is expected
        assert not holds(said, standing(application(), JANE))


def test_a_notice_holds_for_whoever_is_a_manager_though_its_secret_is_gone() -> None:
    said = replace(
        message(),
        lines=(),
        notice=notice(),
        state=State.READY,
        recipient=Recipient(
            partition=mail(application(DUE), JANE).recipient.partition,
            address="jane.doe@example.org",
        ),
    )
    assert holds(said, standing(application(), JANE))
    assert not holds(said, standing(application()))
    assert not holds(said, standing(application(owners=[]), JANE))
    assert not holds(said, standing(None, JANE))
