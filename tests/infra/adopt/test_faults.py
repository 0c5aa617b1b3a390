"""Graph lags, throttles, refuses and loses answers; the command's pauses take no time here."""

from collections.abc import AsyncIterator

import pytest

from infra.adopt.graph import LONGEST_PAUSE, PAUSES
from infra.adopt.planning import planned
from infra.adopt.report import Line
from infra.adopt.rows import parsed
from shared.domain.errors import DirectoryUnavailable
from tests.infra.adopt.in_process import Run
from tests.infra.adopt.scene import (
    FILE,
    HEADS,
    JANE,
    JEAN,
    JOHN,
    ORGANISATION,
    SMC,
    STEPS,
    TAG,
    application,
    group,
    tenant,
    world,
)


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    async with tenant() as graph:
        yield Run(graph)


def outcomes(lines: list[Line]) -> dict[str, int]:
    found = [line.outcome.value for line in lines]
    return {each: found.count(each) for each in dict.fromkeys(found)}


WHOLE = {"done": 13, "already so": 3}


async def test_a_new_group_is_waited_for_until_all_of_graph_knows_it(run: Run) -> None:
    await run.graph.trap("group_lag", times=5)
    assert outcomes(await run.adopt()) == WHOLE
    assert run.pauses == [1, 2, 4, 8, 15]
    assert group(await run.directory(), ORGANISATION)["members"] == [JANE, JEAN]


async def test_a_group_that_stays_unseen_fails_its_own_steps_alone(run: Run) -> None:
    await run.graph.trap("group_lag")
    lines = await run.adopt()
    assert outcomes(lines) == {"done": 8, "failed": 3, "already so": 3, "to do": 2}
    assert [line.why for line in lines if line.outcome.value == "to do"] == [
        f"group {ORGANISATION} has not got the role"
    ] * 2
    await run.graph.dev("DELETE", "traps")
    assert outcomes(await run.adopt()) == {"already so": 11, "done": 5}


async def test_a_run_that_does_not_see_the_group_of_the_last_one_makes_no_second(run: Run) -> None:
    await run.adopt(HEADS, f"{SMC},{ORGANISATION},")
    await run.graph.trap("group_lag", times=3)
    lines = await run.adopt(HEADS, f"{SMC},{ORGANISATION},jane.doe@example.org")
    assert group(await run.directory(), ORGANISATION)["members"] == [JANE]
    assert outcomes(lines) == {"already so": 5, "done": 1}


async def test_a_group_that_was_renamed_since_keeps_its_new_name(run: Run) -> None:
    await run.adopt()
    changed = await run.directory()
    changed["groups"][-1]["displayName"] = "Renamed"
    await run.graph.dev("PUT", "world", changed)
    assert outcomes(await run.adopt()) == {"already so": STEPS}
    assert group(await run.directory(), "Renamed")["members"] == [JANE, JEAN]


@pytest.mark.parametrize("asked", [7, LONGEST_PAUSE])
async def test_it_waits_for_as_long_as_graph_asks(run: Run, asked: int) -> None:
    await run.graph.trap("throttle", method="PATCH", retryAfter=asked, times=2)
    assert outcomes(await run.adopt()) == WHOLE
    assert run.pauses == [asked, asked]


@pytest.mark.parametrize(
    ("trap", "parameters"),
    [
        ("server_error", {"status": 503, "applied": True}),
        ("server_error", {"status": 500, "applied": False}),
        ("concurrency", {"status": 409, "pathContains": ""}),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_change_is_repeated_until_its_fault_has_passed(
    run: Run, trap: str, parameters: dict[str, object], method: str
) -> None:
    await run.graph.trap(trap, **{**parameters, "method": method, "times": 4})
    lines = await run.adopt()
    assert {line.outcome.value for line in lines} == {"done", "already so"}
    assert len(run.pauses) == 4
    await run.graph.dev("DELETE", "traps")
    assert outcomes(await run.adopt()) == {"already so": STEPS}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_change_whose_answer_was_lost_is_found_made(run: Run, method: str) -> None:
    await run.graph.trap("drop_answer", method=method, pathContains="", times=3)
    lines = await run.adopt()
    assert {line.outcome.value for line in lines} == {"done", "already so"}
    now = await run.directory()
    assert group(now, ORGANISATION)["members"] == [JANE, JEAN]
    assert len(application(now, SMC)["tags"]) == 2


async def test_graph_out_of_reach_ends_the_run_with_the_rest_to_do(run: Run) -> None:
    await run.graph.trap("server_error", method="POST", pathContains="owners")
    lines = await run.adopt()
    assert outcomes(lines) == {"done": 6, "already so": 3, "failed": 1, "to do": 6}
    assert run.pauses == list(PAUSES)
    owners = [each for each in await run.graph.requests() if "owners/" in each["path"]]
    assert len(owners) == 1 + len(PAUSES)


async def test_more_patience_than_that_is_not_given(run: Run) -> None:
    await run.graph.trap("throttle", method="POST", retryAfter=LONGEST_PAUSE + 1)
    lines = await run.adopt()
    assert run.pauses == []
    assert outcomes(lines) == {"done": 1, "failed": 1, "to do": 11, "already so": 3}


async def test_a_refusal_says_why_and_stops_only_what_builds_on_it(run: Run) -> None:
    await run.graph.trap("denied", method="POST", pathContains="owners")
    lines = await run.adopt()
    assert outcomes(lines) == {"done": 9, "already so": 3, "failed": 2, "to do": 2}
    (why, _) = [line.why for line in lines if line.outcome.value == "failed"]
    assert why.startswith("403 Authorization_RequestDenied: Insufficient privileges")
    assert "request-id" in why
    assert application(await run.directory(), SMC)["tags"] == [TAG]


async def test_a_tag_that_somebody_added_meanwhile_is_kept(run: Run) -> None:
    rows = parsed("\n".join([HEADS, f"{SMC},{ORGANISATION},"]))
    before = await run.survey(rows)
    changed = await run.directory()
    application(changed, SMC)["tags"].append("new")
    await run.graph.dev("PUT", "world", changed)
    async with run.parts() as (_, administrator):
        lines = [line async for line in administrator.applied(planned(rows, before))]
    assert application(await run.directory(), SMC)["tags"][:2] == [TAG, "new"]
    assert lines[-1].outcome.value == "done"


async def test_another_application_with_that_unique_name_fails_this_step_alone(run: Run) -> None:
    changed = world()
    changed["applications"][-1]["uniqueName"] = "partner-nl-organisationname-smc"
    await run.graph.dev("PUT", "world", changed)
    lines = await run.adopt()
    assert outcomes(lines) == {"done": 12, "already so": 3, "failed": 1}
    (failed,) = [line for line in lines if line.outcome.value == "failed"]
    assert "uniqueName already exists" in failed.why


@pytest.mark.parametrize(
    ("differing", "word"),
    [
        ({"groupTypes": ["DynamicMembership"]}, "rule"),
        ({"groupTypes": ["Unified"], "mailEnabled": True}, "security group"),
        ({"securityEnabled": False}, "security group"),
        ({"onPremisesSyncEnabled": True}, "synchronised"),
        ({}, None),
    ],
)
async def test_groups_that_others_decide_on_are_told_apart(
    run: Run, differing: dict[str, object], word: str | None
) -> None:
    changed = world()
    changed["groups"][0] |= differing
    await run.graph.dev("PUT", "world", changed)
    surveyed = await run.survey(parsed("\n".join(FILE)))
    (old,) = surveyed.groups["old group"]
    assert (word in str(old.unsuitable)) if word else old.unsuitable is None


async def test_guests_are_found_by_whatever_the_file_calls_them(run: Run) -> None:
    names = [JEAN, "JEAN.dupont@registre.example"]
    names.append("jean.dupont_registre.example#EXT#@example.org")
    lines = [f"{SMC},{ORGANISATION},{name}" for name in [*names, "jo'hn@example.org"]]
    surveyed = await run.survey(parsed("\n".join([HEADS, *lines])))
    found = {name: [each.user_id for each in people] for name, people in surveyed.people.items()}
    assert found == {**{name.casefold(): [JEAN] for name in names}, "jo'hn@example.org": []}


async def test_many_names_are_asked_for_fifteen_comparisons_at_a_time(run: Run) -> None:
    people = [f"somebody.{number}@example.org" for number in range(11)]
    lines = [f"{SMC},Group {number},{name}" for number, name in enumerate([*people, JOHN] * 2)]
    surveyed = await run.survey(parsed("\n".join([HEADS, *lines])))
    assert len(surveyed.people) == 12
    asked = [each for each in await run.graph.requests() if each["path"] == "/v1.0/users"]
    assert [each["status"] for each in asked] == [200, 200, 200]


@pytest.mark.parametrize("trap", ["foreign_next_link", "truncated_page"])
async def test_a_survey_is_whole_or_nothing_is_changed(run: Run, trap: str) -> None:
    await run.graph.trap(trap)
    with pytest.raises(DirectoryUnavailable):
        await run.adopt()
    assert {each["method"] for each in await run.graph.requests()} == {"GET"}


async def test_a_survey_follows_every_page(run: Run) -> None:
    await run.graph.trap("page_size", size=1)
    assert outcomes(await run.adopt()) == WHOLE
