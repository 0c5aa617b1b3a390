"""Where the page's script repeats a rule of the product, the two are held together."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from functions import problems
from functions.page_files import FOLDER
from shared.domain.ids import KeyId
from shared.domain.reminders import Stage, due
from shared.domain.secrets import ClientSecret, end_of
from tests.support.node import printed_by

TODAY = date(2026, 11, 21)
LIFETIMES = range(1, 365)


def script(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def evaluated(expression: str) -> object:
    """Return what an expression over portal/time.js comes to."""
    source = f"import * as time from '{(FOLDER / 'time.js').as_uri()}';"
    return json.loads(printed_by(f"{source} console.log(JSON.stringify({expression}))"))


def announced(expires_on: date) -> Iterator[tuple[Stage, date]]:
    """Yield when each stage of a secret made today is first due, before it ends."""
    start = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    secret = ClientSecret(
        key_id=KeyId("k"), display_name=None, hint=None, start=start, end=end_of(expires_on)
    )
    seen: set[Stage] = set()
    for days in range((expires_on - TODAY).days + 1):
        for reminder in due([secret], start + timedelta(days=days)):
            if reminder.stage not in seen:
                seen.add(reminder.stage)
                yield reminder.stage, reminder.on


def test_the_days_that_the_page_foretells_are_those_of_the_reminders() -> None:
    ends = [TODAY + timedelta(days=days) for days in LIFETIMES]
    wanted = json.dumps([end.isoformat() for end in ends])
    foretold = evaluated(f"{wanted}.map((end) => time.reminders('{TODAY}', end))")
    expected = []
    for end in ends:
        stages = dict(announced(end))
        weeks = [stages[each] for each in (Stage.SIX_WEEKS, Stage.THREE_WEEKS) if each in stages]
        daily = stages[Stage.DAILY].isoformat()
        expected.append({"weeks": [day.isoformat() for day in weeks], "dailyFrom": daily})
    assert foretold == expected


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-11-21", 3, "2027-02-21"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-31", 6, "2027-06-30"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_months_are_added_as_the_calendar_has_them(day: str, months: int, then: str) -> None:
    assert evaluated(f"time.addMonths('{day}', {months})") == then


def codes() -> set[str]:
    return {error.code for error in problems.PRESENTATIONS} | {"internal_error"}


def test_every_code_of_the_api_has_a_text() -> None:
    texts = script("text/en.js").partition("  problems: {")[2]
    assert codes() - set(re.findall(r"^    (\w+):", texts, re.MULTILINE)) == set()


def named(group: str) -> set[str]:
    """Return the codes of a set that portal/outcomes.js declares."""
    (found,) = re.findall(
        rf"const {group} = new Set\(\[(.*?)\]\)", script("outcomes.js"), re.DOTALL
    )
    return set(re.findall(r"'(\w+)'", found))


def test_after_every_refusal_it_is_settled_whether_the_next_create_is_another_request() -> None:
    definite, turned_away = named("DEFINITE"), named("TURNED_AWAY")
    assert definite - codes() == set()
    assert turned_away - codes() == {"sign_in_away"}
    assert codes() - definite - turned_away == {
        "directory_unavailable",
        "in_progress",
        "internal_error",
        "outcome_unknown",
        "store_unavailable",
    }


def test_a_refusal_settles_an_earlier_request_only_where_its_key_was_looked_up() -> None:
    # What create_secret.py raises once `open_intent` has answered.
    assert named("DEFINITE") - named("BESIDE_THE_KEY") == {
        "aborted",
        "already_created",
        "application_busy",
        "directory_busy",
        "directory_refused",
        "lifetime_refused",
        "too_many_secrets",
    }
    assert named("BESIDE_THE_KEY") < named("DEFINITE")


def test_no_colour_waits_for_a_browser_that_knows_light_dark() -> None:
    styles = {each.name: each.read_text(encoding="utf-8") for each in FOLDER.glob("style/*.css")}
    rules = {name: re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) for name, text in styles.items()}
    assert [name for name, text in rules.items() if "light-dark(" in text] == []
