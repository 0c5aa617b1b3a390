from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.reminders import Stage, due
from shared.domain.secrets import ClientSecret
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, secret


def stages_through_life(target: ClientSecret, *others: ClientSecret, days: int) -> dict[int, str]:
    """Walk the days from today and return what is announced of the target, by days left."""
    announced = {}
    for offset in range(days):
        now = MORNING + timedelta(days=offset)
        for reminder in due([target, *others], now):
            if reminder.secret is target:
                announced[reminder.days_left] = reminder.stage.value
    return announced


def test_a_secret_is_due_from_six_weeks_on_and_every_day_of_the_last_week() -> None:
    life = stages_through_life(secret(days_left=50), days=53)
    assert [days for days, stage in life.items() if stage == "sixWeeks"] == list(range(42, 21, -1))
    assert [days for days, stage in life.items() if stage == "threeWeeks"] == list(range(21, 7, -1))
    assert [days for days, stage in life.items() if stage == "daily"] == list(range(7, -1, -1))
    assert [days for days, stage in life.items() if stage == "expired"] == [-1, -2]


@pytest.mark.parametrize(
    ("days_left", "stage"),
    [
        (43, None),
        (42, Stage.SIX_WEEKS),
        (22, Stage.SIX_WEEKS),
        (21, Stage.THREE_WEEKS),
        (8, Stage.THREE_WEEKS),
        (7, Stage.DAILY),
        (0, Stage.DAILY),
        (-1, Stage.EXPIRED),
        (-400, Stage.EXPIRED),
    ],
)
def test_the_tightest_stage_at_or_past_is_due(days_left: int, stage: Stage | None) -> None:
    found = due([secret(days_left=days_left, age=500)], MORNING)
    assert [reminder.stage for reminder in found] == ([stage] if stage else [])


def test_claims_name_the_stage_once_and_each_day_of_the_daily_ones() -> None:
    key = secret().key_id
    claims = [due([secret(days_left=days, age=500)], MORNING)[0].claim for days in (42, 21, 7, -1)]
    assert claims == [
        f"{key}|sixWeeks",
        f"{key}|threeWeeks",
        f"{key}|day:2026-11-21",
        f"{key}|day:2026-11-21",
    ]


def test_a_secret_expires_at_its_end_and_not_at_midnight() -> None:
    noon = ClientSecret(
        key_id=secret().key_id,
        display_name=None,
        hint=None,
        start=MORNING - timedelta(days=90),
        end=datetime(2026, 11, 21, 12, tzinfo=UTC),
    )
    stages = [
        due([noon], datetime(2026, 11, 21, hour, tzinfo=UTC))[0].stage for hour in (11, 12, 13)
    ]
    assert stages == [Stage.DAILY, Stage.EXPIRED, Stage.EXPIRED]


def test_an_expired_secret_is_replaced_by_any_valid_one() -> None:
    expired, valid = secret(1, days_left=-3), secret(2, days_left=300)
    assert due([expired, valid], MORNING) == []


def test_an_expired_secret_is_not_replaced_by_an_expired_or_a_future_one() -> None:
    expired, older, future = (
        secret(1, days_left=-3),
        secret(2, days_left=-9),
        secret(3, days_left=300, age=-2),
    )
    found = [reminder.secret for reminder in due([expired, older, future], MORNING)]
    assert found == [older, expired]


def test_a_newer_secret_silences_nothing_but_is_named() -> None:
    old, new, newest = secret(1, days_left=5), secret(2, days_left=200), secret(3, days_left=300)
    (reminder,) = due([old, new, newest], MORNING)
    assert (reminder.stage, reminder.successor) == (Stage.DAILY, newest)


def test_a_secret_that_ends_earlier_or_is_not_valid_yet_succeeds_nothing() -> None:
    old, earlier, future = (
        secret(1, days_left=20),
        secret(2, days_left=10),
        secret(3, days_left=300, age=-2),
    )
    successors = {r.secret.key_id: r.successor for r in due([old, earlier, future], MORNING)}
    assert successors == {earlier.key_id: old, old.key_id: None}


def test_deleting_a_secret_stops_its_reminders() -> None:
    kept = secret(2, days_left=300)
    assert due([secret(1, days_left=5), kept], MORNING)
    assert due([kept], MORNING) == []


@pytest.mark.parametrize(
    ("lifetime", "first"),
    [(1, 0), (2, 1), (7, 6), (8, 7), (10, 7), (21, 7), (22, 21), (42, 21), (43, 42), (300, 42)],
)
def test_a_fresh_secret_is_not_announced_by_a_stage_that_began_before_it(
    lifetime: int, first: int
) -> None:
    life = stages_through_life(secret(days_left=lifetime, age=0), days=lifetime + 1)
    assert next(iter(life)) == first


def test_nothing_is_announced_on_the_day_that_a_secret_was_made() -> None:
    assert due([secret(days_left=3, age=0)], MORNING) == []


def test_the_most_urgent_comes_first() -> None:
    found = due([secret(1, days_left=40), secret(2, days_left=2), secret(3, days_left=20)], MORNING)
    assert [reminder.days_left for reminder in found] == [2, 20, 40]


@given(
    lifetime=st.integers(1, 400),
    missed=st.sets(st.integers(0, 420)),
)
def test_whatever_days_are_missed_each_stage_is_caught_up_on_the_next_day_that_is_not(
    lifetime: int, missed: set[int]
) -> None:
    fresh = secret(days_left=lifetime, age=0)
    sent: set[str] = set()
    for offset in sorted(set(range(lifetime + 3)) - missed):
        now = MORNING + timedelta(days=offset)
        found = due([fresh], now)
        left = fresh.days_left(TODAY + timedelta(days=offset))
        if left <= 7 and offset:
            assert found, "a secret in its last week, or past it, is due every day but its first"
        fresh_claims = {reminder.claim for reminder in found} - sent
        sent |= fresh_claims
        assert len(found) <= 1
    assert len({claim for claim in sent if claim.endswith("Weeks")}) <= 2
