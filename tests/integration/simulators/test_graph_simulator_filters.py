"""$filter of the Graph simulator."""

import pytest

from tests.integration.simulators.graph_client import FOREIGN, NAMES, OWN_CLIENT, TAG, Graph


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"tags/any(t:t eq '{TAG}')", [0, 1]),
        (f"tags/any(anything: anything eq '{TAG}' or anything eq 't3')", [0, 1, 3]),
        ("tags/any(t:t eq 't2') or tags/any(s:s eq 't3')", [2, 3]),
        ("(tags/any(t:t eq 't2') or tags/any(t:t eq 't3'))", [2, 3]),
        ("tags/any(t:startsWith(t,'credential-managers:'))", [0, 1]),
        ("tags/any(t:t eq 'nobody''s')", []),
        (f"appId eq '{OWN_CLIENT}'", [0]),
        (f"id eq '{FOREIGN}'", [4]),
        ("startswith(displayName,'partner-')", [0, 1, 3]),
        ("displayName eq 'Somebody''s own'", [4]),
        (" or ".join(f"tags/any(t:t eq 't{n}')" for n in range(15)), [2, 3, 4]),
    ],
)
async def test_a_filter_that_is_known_finds_what_it_means(
    graph: Graph, text: str, found: list[int]
) -> None:
    answer = await graph.get("/applications", filter=text)

    assert answer.status == 200
    assert answer.names == [NAMES[number] for number in found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tags eq 'x'",
        "tags/any(t:t eq 'x'",
        "tags/any(t:s eq 'x')",
        "tags/any(t:t eq x)",
        "tags/all(t:t eq 'x')",
        "tags/any(t:t ne 'x')",
        "tags/any(t:tags/any(s:s eq 'x'))",
        "not tags/any(t:t eq 'x')",
        "startswith(displayName,'a') and startswith(displayName,'b')",
        "appId eq 'no-guid'",
        "passwordCredentials/any(p:p/endDateTime lt 2027-01-01)",
        "displayName eq 'unclosed",
        "displayName eq 'a' 'b'",
        "displayName EQ 'a';",
    ],
)
async def test_any_other_filter_is_refused(graph: Graph, text: str) -> None:
    answer = await graph.get("/applications", filter=text)

    assert answer.status == 400
    assert answer.code in {"BadRequest", "Request_BadRequest", "Request_UnsupportedQuery"}


@pytest.mark.parametrize(
    "text",
    [
        " or ".join(f"tags/any(t:t eq 't{n}')" for n in range(16)),
        "tags/any(t:" + " or ".join(f"t eq 't{n}'" for n in range(16)) + ")",
    ],
)
async def test_sixteen_comparisons_are_one_too_many(graph: Graph, text: str) -> None:
    answer = await graph.get("/applications", filter=text)

    assert (answer.status, answer.code) == (400, "Request_UnsupportedQuery")
    assert answer.message.endswith("containing 'OR' operators: 16. Max allowed: 15.")
