"""Each trap of the Graph simulator, seen on the wire."""

import asyncio

import aiohttp
import pytest

from local.simulators.graph.trap_table import TRAPS
from tests.integration.simulators.graph_client import KEY, OWN, Graph

LIST = "/applications"
YEAR = "2027-11-21T09:00:00Z"


async def test_every_trap_can_be_switched_on_and_off_with_its_defaults(graph: Graph) -> None:
    for trap in TRAPS:
        await graph.trap(trap.name)
    on = (await graph.call("GET", "/dev/traps")).body["traps"]
    await graph.call("DELETE", "/dev/traps")
    off = (await graph.call("GET", "/dev/traps")).body["traps"]

    assert all(each["on"] and each["value"] == each["parameters"] for each in on)
    assert not any(each["on"] or each["value"] for each in off)
    assert len(on) == len(TRAPS)


async def test_a_trap_fires_as_often_as_it_was_told_to(graph: Graph) -> None:
    await graph.trap("throttle", times=2)

    assert [(await graph.get(LIST)).status for _ in range(3)] == [429, 429, 200]


async def test_a_trap_fires_only_for_the_requests_it_names(graph: Graph) -> None:
    await graph.trap("throttle", method="post", pathContains="removePassword")

    assert (await graph.get(LIST)).status == 200
    assert (await graph.add()).status == 200
    assert (await graph.remove(KEY)).status == 429
    assert len(await graph.true_key_ids()) == 2


@pytest.mark.parametrize(("after", "header"), [(17, "17"), (None, None)])
async def test_throttling_comes_with_and_without_retry_after(
    graph: Graph, after: int | None, header: str | None
) -> None:
    await graph.trap("throttle", retryAfter=after)
    answer = await graph.get(LIST)

    assert (answer.status, answer.code) == (429, "TooManyRequests")
    assert answer.headers.get("Retry-After") == header


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("applied", [True, False])
async def test_a_write_that_fails_may_have_been_applied(
    graph: Graph, status: int, *, applied: bool
) -> None:
    await graph.trap("server_error", status=status, applied=applied, pathContains="addPassword")
    answer = await graph.add()

    assert answer.status == status
    assert "Retry-After" not in answer.headers
    assert len(await graph.true_key_ids()) == (2 if applied else 1)


@pytest.mark.parametrize("status", [409, 503])
async def test_concurrency_is_reported_for_writes_only(graph: Graph, status: int) -> None:
    await graph.trap("concurrency", status=status)

    for answer in (await graph.add(), await graph.remove(KEY)):
        assert (answer.status, answer.code) == (status, "Directory_ConcurrencyViolation")
    assert await graph.key_ids() == [KEY]


async def test_of_parallel_writes_some_are_answered_with_success_and_lost(graph: Graph) -> None:
    await graph.trap("lost_writes", milliseconds=60_000)
    answers = await asyncio.gather(graph.add(), graph.add())

    assert [each.status for each in answers] == [200, 200]
    assert all(each.body["secretText"] for each in answers)
    kept = set(await graph.true_key_ids()) & {each.body["keyId"] for each in answers}
    assert len(kept) == 1


async def test_writes_are_lost_as_often_as_the_trap_was_told_to(graph: Graph) -> None:
    await graph.trap("lost_writes", milliseconds=60_000, times=1)
    await asyncio.gather(graph.add(), graph.add())
    await asyncio.gather(graph.add(), graph.add())

    assert len(await graph.true_key_ids()) == 4


async def test_parallel_writes_on_two_applications_are_both_kept(graph: Graph) -> None:
    await graph.trap("lost_writes", milliseconds=0)
    await asyncio.gather(graph.add(0), graph.add(1))

    assert len(await graph.true_key_ids(0)) == 2
    assert len(await graph.true_key_ids(1)) == 1


async def test_parallel_writes_are_all_kept_without_the_trap(graph: Graph) -> None:
    await asyncio.gather(*(graph.add() for _ in range(5)))

    assert len(await graph.true_key_ids()) == 6


async def test_a_dropped_answer_leaves_the_write_done(graph: Graph) -> None:
    await graph.trap("drop_answer", times=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await graph.add()

    assert len(await graph.key_ids()) == 2
    requests = (await graph.call("GET", "/dev/requests")).body["requests"]
    assert [each["status"] for each in requests] == [None, 200]


async def test_reads_and_removals_lag_behind_writes(graph: Graph) -> None:
    await graph.trap("read_lag", seconds=30)
    made = (await graph.add()).body["keyId"]
    assert (await graph.remove(KEY)).status == 204

    early = await graph.remove(made)
    assert early.status == 400
    assert early.message.startswith("No password credential found with keyId")
    assert await graph.key_ids() == [KEY]
    assert await graph.true_key_ids() == [made]

    await graph.later(seconds=30)
    assert await graph.key_ids() == [made]
    assert (await graph.remove(made)).status == 204


async def test_lag_can_end_after_a_number_of_stale_answers(graph: Graph) -> None:
    await graph.trap("read_lag", seconds=3600, times=2)
    assert await graph.key_ids() == [KEY]
    await graph.add()

    assert [len(await graph.key_ids()) for _ in range(3)] == [1, 1, 2]


async def test_a_removed_secret_that_is_still_shown_can_not_be_removed_again(graph: Graph) -> None:
    await graph.trap("read_lag")
    await graph.remove(KEY)

    assert await graph.key_ids() == [KEY]
    assert (await graph.remove(KEY)).status == 400


async def test_a_listing_lags_too_and_counts_once(graph: Graph) -> None:
    await graph.trap("read_lag", times=1)
    await graph.add(0)
    await graph.add(1)

    lists = [await graph.get(LIST, select="passwordCredentials") for _ in range(2)]
    counts = [[len(each["passwordCredentials"]) for each in one.body["value"]] for one in lists]
    assert counts == [[1, 0, 0, 0, 0], [2, 1, 0, 0, 0]]


async def test_a_clock_moved_back_hides_nothing(graph: Graph) -> None:
    await graph.later(seconds=86_400)
    await graph.add()
    await graph.later(seconds=0)
    await graph.trap("read_lag", seconds=30)

    assert len(await graph.key_ids()) == 2


async def test_a_policy_refuses_a_lifetime_that_is_too_long(graph: Graph) -> None:
    await graph.trap("policy_lifetime", days=365)
    refused = await graph.add(endDateTime="2027-11-21T09:00:01Z")

    assert (refused.status, refused.code) == (400, "CredentialInvalidLifetimeAsPerAppPolicy")
    [detail] = refused.body["error"]["details"]
    assert (detail["code"], detail["target"]) == ("InvalidKeyEndDate", "EndDate")
    assert (await graph.add(endDateTime=YEAR)).status == 200


async def test_a_personal_audience_allows_two_secrets(graph: Graph) -> None:
    await graph.trap("personal_audience")
    assert (await graph.add()).status == 200
    refused = await graph.add()

    assert (refused.status, refused.code) == (400, "TooManyAppPasswords")
    assert refused.message.startswith("Not allowed to add 3 passwords")


async def test_an_object_can_be_too_large(graph: Graph) -> None:
    await graph.trap("resource_size")

    assert (await graph.add()).code == "Directory_ResourceSizeExceeded"
    assert await graph.true_key_ids() == [KEY]


async def test_a_gateway_can_answer_in_html(graph: Graph) -> None:
    await graph.trap("html_error", times=1)
    async with graph.session.get(graph.address + "/v1.0/applications") as response:
        assert (response.status, response.content_type) == (502, "text/html")
        assert "<html>" in await response.text()


async def test_a_slow_answer_outlasts_an_impatient_caller(graph: Graph) -> None:
    await graph.trap("slow", milliseconds=600_000, times=1)
    patience = aiohttp.ClientTimeout(total=0.05)
    with pytest.raises(TimeoutError):
        await graph.session.get(f"{graph.address}/v1.0/applications/{OWN}", timeout=patience)

    assert (await graph.get(LIST)).status == 200
