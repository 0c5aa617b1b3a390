"""The traps of paging of the Graph simulator."""

import aiohttp
import pytest

from tests.integration.simulators.graph_client import NAMES, Graph

LIST = "/applications"


async def test_a_page_size_of_zero_is_one(graph: Graph) -> None:
    await graph.trap("page_size", size=0)

    assert [each.names for each in await graph.pages(LIST)] == [[name] for name in NAMES]


async def test_an_empty_page_comes_in_the_middle_and_loses_nothing(graph: Graph) -> None:
    await graph.trap("page_size", size=2)
    await graph.trap("empty_page", page=2)
    pages = await graph.pages(LIST)

    assert [each.names for each in pages] == [
        list(NAMES[:2]),
        [],
        list(NAMES[2:4]),
        list(NAMES[4:]),
    ]


async def test_the_only_page_can_be_an_empty_one_with_a_link(graph: Graph) -> None:
    await graph.trap("empty_page")
    first = await graph.get(LIST)
    second = await graph.call("GET", first.body["@odata.nextLink"])

    assert (first.names, second.names) == ([], list(NAMES))


async def test_a_link_can_lead_to_another_host(graph: Graph) -> None:
    await graph.trap("foreign_next_link")
    answer = await graph.get(LIST)

    assert answer.body["@odata.nextLink"].startswith("https://graph.example.org/v1.0/applications?")


@pytest.mark.parametrize("status", [429, 500])
async def test_a_later_page_can_fail(graph: Graph, status: int) -> None:
    await graph.trap("fail_page", page=2, status=status, times=1)
    first = await graph.get(LIST, top="3")
    link = first.body["@odata.nextLink"]

    assert first.status == 200
    assert [(await graph.call("GET", link)).status for _ in range(2)] == [status, 200]


async def test_a_page_can_be_cut_in_two_ways(graph: Graph) -> None:
    url = graph.address + "/v1.0/applications"
    await graph.trap("truncated_page", announced=True, times=1)
    async with graph.session.get(url) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()

    await graph.trap("truncated_page", announced=False, times=1)
    async with graph.session.get(url) as response:
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            await response.json()
