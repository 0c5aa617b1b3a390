"""Microsoft Graph's adapter keeps the promises, against the simulator: what it asks, and pages."""

import httpx
import pytest

from shared.adapters.graph_directory import GraphDirectory
from shared.domain.applications import manager_tags
from shared.domain.errors import DirectoryUnavailable, Throttled
from shared.domain.ids import ClientId
from tests.contract.directory_contract import (
    APPLICATIONS,
    BOTH,
    FIRST,
    GROUPS,
    JANE,
    REQUEST,
    SCENE,
    DirectoryContract,
)
from tests.contract.graph_scene import OnSimulator, listed, statuses, world
from tests.support.builders import numbered
from tests.support.graph import PORTAL, answering
from tests.support.simulators import Simulator

FIELDS = "id,appId,displayName,tags,passwordCredentials,requiredResourceAccess"


class TestGraphDirectory(OnSimulator, DirectoryContract):
    """The promises that every directory keeps."""


class TestRequests(OnSimulator):
    """How many requests each call costs."""

    @pytest.mark.parametrize(
        ("groups", "requests"), [(0, 0), (1, 1), (15, 1), (16, 2), (30, 2), (31, 3)]
    )
    async def test_fifteen_groups_share_one_request(
        self, directory: GraphDirectory, graph: Simulator, groups: int, requests: int
    ) -> None:
        await directory.applications_of(GROUPS[:groups])
        assert await statuses(graph) == [200] * requests

    @pytest.mark.parametrize(("wanted", "requests"), [(0, 0), (1, 1), (15, 1), (16, 2), (31, 3)])
    async def test_fifteen_client_ids_share_one_request(
        self, directory: GraphDirectory, graph: Simulator, wanted: int, requests: int
    ) -> None:
        found = await directory.applications([ClientId(numbered(each)) for each in range(wanted)])
        assert found == []
        assert await statuses(graph) == [200] * requests

    async def test_an_application_that_was_not_asked_for_is_left_out(self) -> None:
        everything = [
            {**each, "owners": [{"id": owner} for owner in each["owners"]]}
            for each in world()["applications"]
        ]
        directory = answering(httpx.Response(200, json={"value": everything})).directory()
        assert await directory.applications([BOTH.client_id]) == [BOTH]
        await directory.close()

    async def test_every_other_call_is_one_request(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await directory.application(FIRST.client_id)
        await directory.confirm_membership(JANE, GROUPS[:20])
        issued = await directory.add_secret(FIRST.object_id, REQUEST)
        await directory.remove_secret(FIRST.object_id, issued.key_id)
        await directory.groups_with_role()
        await directory.members(GROUPS[0])
        await listed(directory)
        one = f"/v1.0/applications/{FIRST.object_id}"
        assert [(each["method"], each["path"]) for each in await graph.requests()] == [
            ("GET", f"/v1.0/applications(appId='{FIRST.client_id}')"),
            ("POST", f"/v1.0/users/{JANE}/checkMemberGroups"),
            ("POST", f"{one}/addPassword"),
            ("POST", f"{one}/removePassword"),
            ("GET", f"/v1.0/servicePrincipals/{PORTAL}/appRoleAssignedTo"),
            ("GET", f"/v1.0/groups/{GROUPS[0]}/members/graph.user"),
            ("GET", "/v1.0/applications"),
        ]

    async def test_lists_are_asked_for_in_the_largest_pages_and_by_field(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await listed(directory)
        await directory.applications_of(GROUPS[:1])
        await directory.applications([BOTH.client_id, FIRST.client_id])
        await directory.groups_with_role()
        await directory.members(GROUPS[0])
        everything, tagged, named, assigned, members = [
            each["query"] for each in await graph.requests()
        ]
        for query in (everything, tagged, named, assigned, members):
            assert "$top=999" in query
        for query in (everything, tagged, named):
            assert f"$select={FIELDS}&" in query
            assert "$expand=owners($select=id)" in query
        assert f"$filter=tags/any(t:t eq '{manager_tags(GROUPS[:1])[0]}')" in tagged
        assert f"$filter=appId eq '{FIRST.client_id}' or appId eq '{BOTH.client_id}'" in named
        assert "$count=true" in members

    async def test_each_page_is_one_request(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("page_size", size=1)
        assert await listed(directory) == list(APPLICATIONS)
        assert await directory.groups_with_role() == SCENE.with_role
        assert tuple(await directory.members(GROUPS[0])) == SCENE.members[GROUPS[0]]
        assert await statuses(graph) == [200] * (4 + 4 + 2)


class TestPages(OnSimulator):
    """A set of pages is complete, or there is an error."""

    @pytest.mark.parametrize("page", [1, 2])
    async def test_an_empty_page_ends_nothing(
        self, directory: GraphDirectory, graph: Simulator, page: int
    ) -> None:
        await graph.trap("page_size", size=2)
        await graph.trap("empty_page", page=page, times=1)
        assert await listed(directory) == list(APPLICATIONS)

    async def test_a_foreign_next_link_is_not_followed(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("foreign_next_link")
        with pytest.raises(DirectoryUnavailable):
            await listed(directory)

    @pytest.mark.parametrize("base", ["/beta", "/v1.0/../beta", "/v1.0/%2e%2e/beta"])
    async def test_only_a_next_link_on_this_graphs_own_base_is_followed(
        self, directory: GraphDirectory, graph: Simulator, base: str
    ) -> None:
        await graph.trap("foreign_next_link", base=f"{graph.base}{base}", times=1)
        with pytest.raises(DirectoryUnavailable):
            await listed(directory)
        paths = {request["path"] for request in await graph.requests()}
        assert paths == {"/v1.0/applications"}

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    async def test_a_page_that_fails_for_a_moment_is_asked_for_again(
        self, directory: GraphDirectory, graph: Simulator, pauses: list[float], status: int
    ) -> None:
        await graph.trap("page_size", size=2)
        await graph.trap("fail_page", page=2, status=status, retryAfter=7, times=2)
        assert await listed(directory) == list(APPLICATIONS)
        assert await statuses(graph) == [200, status, status, 200]
        assert pauses == [7, 7]

    async def test_a_page_that_keeps_failing_voids_the_set(
        self, directory: GraphDirectory, graph: Simulator, pauses: list[float]
    ) -> None:
        await graph.trap("page_size", size=2)
        await graph.trap("fail_page", page=2, status=429, retryAfter=None)
        with pytest.raises(Throttled):
            await listed(directory)
        assert pauses == [1, 5, 15]

    async def test_a_page_that_keeps_failing_voids_what_client_ids_find(
        self, directory: GraphDirectory, graph: Simulator, pauses: list[float]
    ) -> None:
        await graph.trap("page_size", size=1)
        await graph.trap("fail_page", page=2, status=503, retryAfter=None)
        with pytest.raises(DirectoryUnavailable):
            await directory.applications([FIRST.client_id, BOTH.client_id])
        assert pauses == [1, 5, 15]

    async def test_no_run_waits_for_longer_than_a_minute_at_once(
        self, directory: GraphDirectory, graph: Simulator, pauses: list[float]
    ) -> None:
        await graph.trap("page_size", size=2)
        await graph.trap("fail_page", page=2, status=429, retryAfter=61)
        with pytest.raises(Throttled) as throttled:
            await listed(directory)
        assert throttled.value.retry_after == 61
        assert pauses == []

    @pytest.mark.parametrize("announced", [True, False])
    async def test_half_a_page_voids_the_set(
        self,
        directory: GraphDirectory,
        graph: Simulator,
        announced: bool,  # noqa: FBT001 - a parameter
    ) -> None:
        await graph.trap("truncated_page", announced=announced)
        with pytest.raises(DirectoryUnavailable):
            await listed(directory)
