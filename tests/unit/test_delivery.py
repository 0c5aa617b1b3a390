from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from shared.domain.delivery import (
    FORGIVEN_AFTER,
    HORIZON,
    SUPPRESSIONS,
    WAIT,
    Report,
    Step,
    Suppression,
    digest,
    is_denial_sound,
    next_step,
    reported,
    suppressed,
)
from shared.domain.messages import State
from tests.fakes.system import MORNING
from tests.support.builders import message

SENDING = replace(message(), state=State.SENDING, posted_at=MORNING, attempts=1)
INSTANT = timedelta(microseconds=1)


def test_what_surely_was_not_taken_is_sent() -> None:
    assert next_step(message(), MORNING) is Step.SEND
    refused = replace(SENDING, state=State.READY)
    assert next_step(refused, MORNING) is Step.SEND


@pytest.mark.parametrize(
    ("after", "step"),
    [
        (timedelta(), Step.WAIT),
        (WAIT - INSTANT, Step.WAIT),
        (WAIT, Step.ASK),
        (HORIZON * 2, Step.ASK),
    ],
)
def test_what_may_have_been_taken_is_asked_about_once_the_service_must_know(
    after: timedelta, step: Step
) -> None:
    assert next_step(SENDING, MORNING + after) is step


def test_a_denial_counts_only_while_the_service_cannot_have_forgotten() -> None:
    assert is_denial_sound(SENDING, MORNING + HORIZON - INSTANT)
    assert not is_denial_sound(SENDING, MORNING + HORIZON)
    assert not is_denial_sound(message(), MORNING)


@pytest.mark.parametrize("state", [State.SENDING, State.ACCEPTED, State.UNCERTAIN])
def test_a_report_proves_that_the_mail_was_taken(state: State) -> None:
    assert reported(state, Report.DELIVERED) is State.DELIVERED
    assert reported(state, Report.BOUNCED) is State.BOUNCED
    assert reported(state, Report.LOST) is State.BOUNCED


@pytest.mark.parametrize("state", [State.READY, State.FAILED, State.VOID, State.BOUNCED])
@pytest.mark.parametrize("report", Report)
def test_a_report_changes_nothing_of_what_was_never_taken_or_came_back(
    state: State, report: Report
) -> None:
    assert reported(state, report) is None


@pytest.mark.parametrize("reports", list(permutations([Report.DELIVERED, Report.BOUNCED] * 2)))
def test_what_came_back_was_not_delivered_in_whatever_order_it_is_reported(
    reports: tuple[Report, ...],
) -> None:
    state = State.ACCEPTED
    for report in reports:
        state = reported(state, report) or state
    assert state is State.BOUNCED


def test_an_address_is_left_alone_for_longer_each_time_that_it_bounces() -> None:
    known: Suppression | None = None
    at = MORNING
    for level, period in enumerate([*SUPPRESSIONS, SUPPRESSIONS[-1]], start=1):
        known = suppressed(known, at)
        assert known == Suppression(since=at, level=min(level, len(SUPPRESSIONS)))
        assert known.until == at + period
        at = known.until + timedelta(hours=1)


def test_a_bounce_that_is_reported_again_or_late_prolongs_nothing() -> None:
    known = suppressed(suppressed(None, MORNING), MORNING + timedelta(days=2))
    assert suppressed(known, MORNING + timedelta(days=2)) == known
    assert suppressed(known, MORNING) == known


def test_an_address_that_was_good_for_long_starts_anew() -> None:
    known = suppressed(suppressed(None, MORNING), MORNING + timedelta(days=2))
    late = known.until + FORGIVEN_AFTER + INSTANT
    assert suppressed(known, late) == Suppression(since=late, level=1)
    assert suppressed(known, late - INSTANT).level == 3


def test_an_address_is_known_by_a_digest_that_case_does_not_change() -> None:
    assert digest("Jane.Doe@example.org") == digest("jane.doe@EXAMPLE.org")
    assert digest("jane.doe@example.org") != digest("john.roe@example.org")
    assert len(digest("x@example.org")) == 64
