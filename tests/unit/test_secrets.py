import copy
import json
import logging
import pickle
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidInput
from shared.domain.secrets import (
    MAX_LIFETIME,
    SecretStatus,
    SecretValue,
    end_of,
    first_free_start,
    is_last_valid,
    limits,
    new_secret,
)
from tests.fakes.system import MORNING
from tests.support.builders import TODAY, day, secret

VALUE = "Q_e8Q~not-a-real-value-0123456789abcdefgh"


def faults(name: str, expires_on: date = TODAY + timedelta(days=30)) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        new_secret(display_name=name, expires_on=expires_on, now=MORNING)
    return [fault.pointer for fault in refused.value.faults]


def test_a_value_is_masked_wherever_it_might_be_shown(caplog: pytest.LogCaptureFixture) -> None:
    value = SecretValue(VALUE)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger().warning("%s %r", value, value)
    shown = [repr(value), str(value), f"{value}", f"{value!r:>80}", f"{[value]}", caplog.text]
    assert not any(VALUE in text for text in shown)


@pytest.mark.parametrize("serialise", [json.dumps, orjson.dumps, pickle.dumps, copy.copy, vars])
def test_a_value_is_not_serialised(serialise: object) -> None:
    with pytest.raises(TypeError) as refused:
        serialise(SecretValue(VALUE))  # type: ignore[operator]  # any of several callables
    assert VALUE not in str(refused.value)


def test_the_latest_expiry_is_the_364th_day_so_that_a_policy_of_a_year_accepts_it() -> None:
    allowed = limits(MORNING)
    assert (allowed.earliest, allowed.latest) == (date(2026, 11, 22), date(2027, 11, 20))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_at_any_instant_the_latest_day_is_the_last_within_365_days(now: datetime) -> None:
    latest = limits(now).latest
    assert end_of(latest) - now <= MAX_LIFETIME < end_of(latest + timedelta(days=1)) - now


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        (datetime(2027, 3, 1, 12, tzinfo=UTC), date(2028, 2, 28)),
        (datetime(2027, 3, 2, 12, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), date(2029, 2, 27)),
        (datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC), date(2029, 2, 28)),
    ],
)
def test_leap_days_are_days_like_others(now: datetime, latest: date) -> None:
    assert limits(now).latest == latest


def test_a_wish_keeps_its_name_trimmed_and_composed() -> None:
    wish = new_secret(display_name="  Se\u0301cret by VM ", expires_on=day(1), now=MORNING)
    assert wish.display_name == "Sécret by VM"
    assert wish.end == datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("name", ["x", "x" * 64, "Geheimnis für Ünal", "秘密", "a\u200db"])
def test_a_name_of_1_to_64_characters_is_taken(name: str) -> None:
    assert new_secret(display_name=name, expires_on=day(1), now=MORNING).display_name == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "x" * 65, "a\nb", "a\x00b", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b"]
    + [f"a{chr(bidi)}b" for bidi in (0x202A, 0x202E, 0x2066, 0x2069, 0x200E, 0x200F, 0x61C)],
)
def test_a_name_that_breaks_a_rule_is_refused(name: str) -> None:
    assert set(faults(name)) == {"/displayName"}


@pytest.mark.parametrize("offset", [-1, 0, 365, 366, 3650])
def test_yesterday_today_and_more_than_a_year_are_refused(offset: int) -> None:
    assert faults("x", day(offset)) == ["/expiresOn"]


def test_every_broken_rule_is_named_at_once() -> None:
    assert faults("", day(0)) == ["/displayName", "/expiresOn"]


@pytest.mark.parametrize(
    ("days_left", "status"),
    [
        (300, SecretStatus.ACTIVE),
        (30, SecretStatus.ACTIVE),
        (29, SecretStatus.EXPIRING),
        (0, SecretStatus.EXPIRING),
        (-1, SecretStatus.EXPIRED),
    ],
)
def test_a_secret_warns_with_fewer_than_30_days_left(days_left: int, status: SecretStatus) -> None:
    assert secret(days_left=days_left).status(MORNING) is status


def test_a_secret_works_up_to_its_last_second() -> None:
    ending = secret(days_left=0)
    assert ending.is_valid(ending.end - timedelta(seconds=1))
    assert ending.is_expired(ending.end)
    assert not ending.is_valid(ending.end)


def test_a_secret_is_not_valid_before_its_start() -> None:
    assert not secret(age=-1).is_valid(MORNING)


def test_the_last_valid_secret_is_one_beside_which_none_is_valid() -> None:
    valid, other, expired, early = secret(1), secret(2), secret(3, days_left=-1), secret(4, age=-1)
    assert is_last_valid(valid, [valid, expired, early], MORNING)
    assert not is_last_valid(valid, [valid, other], MORNING)
    assert not is_last_valid(expired, [expired], MORNING)


def test_a_start_is_in_whole_seconds_and_free() -> None:
    now = MORNING + timedelta(microseconds=5)
    taken = [MORNING, MORNING + timedelta(seconds=1)]
    assert first_free_start(now, [], None) == MORNING
    assert first_free_start(now, taken, None) == MORNING + timedelta(seconds=2)


def test_a_start_comes_after_the_last_given_out_though_the_list_lags() -> None:
    last = MORNING + timedelta(seconds=7)
    assert first_free_start(MORNING, [], last) == MORNING + timedelta(seconds=8)
    assert first_free_start(MORNING, [], MORNING - timedelta(days=1)) == MORNING
