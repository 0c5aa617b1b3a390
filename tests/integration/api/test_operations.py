"""Coverage and forecast of the sample tenant, and that the forecast comes true, day by day."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import pytest

from local.world import sample
from shared.domain.reports import Kind
from tests.integration.api.living import Life, is_report, managed
from tests.support.api import Api
from tests.support.worlds import Record, credential

DAYS: Final = 60
SECTION: Final = re.compile(
    r"^Client ID: +(\S+)$|^\* Secret \"(.+)\" \(starts with (.{3})\)$", re.MULTILINE
)

Mails = Counter[tuple[str, bool, frozenset[tuple[str, str, str]]]]
"""How often a recipient was told of these secrets (client id, name, hint); or of a report."""


@pytest.fixture
def api(life: Life) -> Iterator[Api]:
    """Yield the API as the sample tenant's operations see it."""
    life.go_to(0)
    world = sample(life.now)
    for simulator in (life.product.graph, life.product.identity):
        life.product.dev("PUT", simulator, "world", world)
    with life.product.api({"userPrincipalName": "joe.bloggs@example.org"}) as api:
        yield api


def foreseen(answer: Record) -> Mails:
    return Counter(
        (
            mail["address"],
            mail["kind"] == "coverage",
            frozenset(
                (each["clientId"], each["displayName"], each["hint"]) for each in mail["secrets"]
            ),
        )
        for mail in answer["mails"]
    )


def mailed(life: Life, since: int) -> dict[date, Mails]:
    """Return what was really mailed, by the day of this life."""
    days: dict[date, Mails] = {}
    for mail in life.product.accepted()[since:]:
        on = date.fromisoformat(mail["acceptedAt"][:10])
        told = frozenset() if is_report(mail) else frozenset(secrets(mail["text"]))
        days.setdefault(on, Counter())[mail["recipient"], is_report(mail), told] += 1
    return days


def secrets(text: str) -> Iterator[tuple[str, str, str]]:
    client_id = ""
    for found in SECTION.finditer(text):
        if found[1]:
            client_id = found[1]
        else:
            yield (client_id, found[2], found[3])


def test_the_sample_tenant_shows_at_least_one_finding_of_each_kind(api: Api) -> None:
    answer = api.coverage().json()
    assert [each["kind"] for each in answer["findings"]] == list(Kind)
    assert [each["kind"] for each in answer["findings"] if not each["found"]] == []
    named = {each["kind"] for each in answer["findings"] if each["applications"]}
    assert named == set(Kind) - {Kind.MFA_NOT_EVIDENCED}
    assert answer["unread"] == ["delegatedGrants"]


@pytest.mark.timeout(300)
def test_what_is_forecast_for_60_days_is_what_is_mailed_on_them(api: Api, life: Life) -> None:
    days = [(life.now + timedelta(days=ahead)).date() for ahead in range(DAYS)]
    before = len(life.product.accepted())
    forecast = {on: foreseen(api.forecast(on.isoformat()).json()) for on in days}
    assert len(life.product.accepted()) == before
    life.live(range(DAYS))
    really = mailed(life, before)
    assert {on: really.get(on, Counter()) for on in days} == forecast
    assert sum(mails.total() for mails in forecast.values()) > DAYS
    told = [(is_report_, bool(of)) for mails in forecast.values() for _, is_report_, of in mails]
    assert {(True, False), (False, True)} == set(told)


def test_the_report_that_support_is_mailed_names_what_the_coverage_names(
    api: Api, life: Life
) -> None:
    first = next(
        ahead for ahead in range(DAYS) if (life.now + timedelta(days=ahead)).date().day == 1
    )
    life.go_to(first)
    told = api.coverage().json()
    before = len(life.product.accepted())
    life.live([first, first])
    (mail,) = [each for each in life.product.accepted()[before:] if is_report(each)]
    assert mail["recipient"] == life.product.settings["SUPPORT_EMAIL"]
    for finding in told["findings"]:
        for application in finding["applications"]:
            assert application["clientId"] in mail["text"]
    found = sum(max(len(each["applications"]), each["found"]) for each in told["findings"])
    assert mail["subject"].endswith(f": {found} findings")


def test_what_was_mailed_already_is_not_forecast_again(life: Life) -> None:
    world = managed(life, credential(life.now, 30))
    operator = world.user("Joe Bloggs")
    world.group(operator, role=False, operations=True)
    life.begin(world)
    with life.product.api(operator) as api:
        today, tomorrow = (
            (life.now + timedelta(days=ahead)).date().isoformat() for ahead in (0, 1)
        )
        (mail,) = api.forecast(today).json()["mails"]
        assert (mail["kind"], mail["userId"]) == ("reminder", world.users[0]["id"])
        assert mail["organisation"] == "NL-OrganisationName"
        assert mail["secrets"][0]["stage"] == "sixWeeks"
        assert api.forecast(tomorrow).json()["mails"] == []
        life.live([0])
        assert api.forecast(today).json()["mails"] == []
        assert len(life.mails_to(world.users[0])) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?on=",
        "?on=tomorrow",
        "?on=2026-13-01",
        "?on=20261121",
        "?on=0001-01-01",
        "?on=9999-12-31",
    ],
)
def test_a_day_that_is_none_past_or_too_far_is_refused_by_name(api: Api, query: str) -> None:
    answer = api.get(f"/api/forecast{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/on"]


def test_a_year_ahead_is_the_farthest(api: Api, life: Life) -> None:
    for ahead, status in ((-1, 422), (0, 200), (365, 200), (366, 422)):
        on = (life.now + timedelta(days=ahead)).date().isoformat()
        assert api.forecast(on).status_code == status


def test_a_credential_manager_is_told_neither(life: Life) -> None:
    world = managed(life)
    life.begin(world)
    with life.product.api(world.users[0]) as api:
        answers = [api.coverage(), api.forecast(life.now.date().isoformat())]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(403, "role_missing")}
    assert life.product.graph_requests() == []


def test_where_the_directory_does_not_answer_nothing_is_told_for_whole(
    api: Api, life: Life
) -> None:
    life.product.trap("graph", "server_error", status=500, pathContains="oauth2PermissionGrants")
    assert api.coverage().status_code == 503
    life.product.trap("graph", "fail_page", page=1, status=500)
    assert api.forecast(life.now.date().isoformat()).status_code == 503
