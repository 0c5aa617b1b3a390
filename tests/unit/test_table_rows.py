"""Keys, instants and filters as Table Storage takes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.adapters.table_rows import Row, instant, partition_is, storable, written

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("key", ["a/b", "a\\b", "a#b", "a?b", "a\nb", "a\x7fb", "a\x9fb", ""])
def test_a_key_that_the_service_refuses_makes_no_row(key: str) -> None:
    with pytest.raises(ValueError, match="a key that Table Storage refuses"):
        Row(partition="p", key=key, columns={})
    with pytest.raises(ValueError, match="a key that Table Storage refuses"):
        Row(partition=key, key="k", columns={})


@pytest.mark.parametrize("moment", [NOON, NOON.replace(microsecond=0), NOON.replace(second=59)])
def test_an_instant_comes_back_as_it_was(moment: datetime) -> None:
    assert instant(written(moment)) == moment
    assert instant(written(moment)).tzinfo is UTC


def test_an_instant_is_written_in_utc() -> None:
    amsterdam = timezone(timedelta(hours=1))
    assert written(NOON.astimezone(amsterdam)) == "2026-11-21T12:00:00.123456Z"


def test_instants_sort_as_text() -> None:
    moments = [NOON + timedelta(microseconds=step) for step in (-123456, -1, 0, 1, 10**6, 10**12)]
    assert [written(each) for each in moments] == sorted(written(each) for each in moments)


@pytest.mark.parametrize("value", ["000000c1-0000-4000-8000-000000000000", "support", "open"])
def test_a_partition_is_filtered_for(value: str) -> None:
    assert partition_is(value) == f"PartitionKey eq '{value}'"


@pytest.mark.parametrize(
    "value", ["", "a'b", "x' or 'a' eq 'a", "000000C1-0000-4000-8000-000000000000", "a b"]
)
def test_what_would_need_quoting_is_no_partition(value: str) -> None:
    with pytest.raises(ValueError, match="neither a GUID nor a word"):
        partition_is(value)


def test_text_that_no_request_can_carry_is_replaced() -> None:
    assert storable("Jane \ud83d 😀") == "Jane ? 😀"


def test_a_missing_column_and_a_null_are_the_same() -> None:
    row = Row(partition="p", key="k", columns={"hint": None})
    assert row.optional("hint") is row.optional("other") is None
    assert row.number("attempts") == 0
    assert row.optional_instant("postedAt") is None
