"""What was granted, asked of the Graph simulator: how it is asked for, cut off, and refused."""

import httpx
import pytest

from shared.adapters.graph_directory import GraphDirectory
from shared.domain.errors import DirectoryUnavailable
from shared.domain.findings import Grants
from shared.domain.ids import ClientId
from shared.domain.reports import Unread
from tests.contract.directory_contract import APPLICATIONS, BOTH, FEW, FIRST, MANY
from tests.contract.graph_scene import OnSimulator, world
from tests.support.builders import SEARCH_AND_MATCH, numbered
from tests.support.graph import answering
from tests.support.simulators import Simulator

WANTED = [each.client_id for each in APPLICATIONS]


def denied() -> httpx.Response:
    return httpx.Response(403, json={"error": {"code": "Authorization_RequestDenied"}})


def page(*documents: object) -> httpx.Response:
    return httpx.Response(200, json={"value": documents})


class TestGrants(OnSimulator):
    """Few requests, and no answer that looks whole and is not."""

    async def test_fifteen_share_two_requests_and_what_is_cut_off_is_read_whole(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await directory.grants(WANTED)
        asked = [each["path"].removeprefix("/v1.0/") for each in await graph.requests()]
        assert sorted(asked) == sorted(
            [
                "servicePrincipals",
                "servicePrincipals/00c00001-0000-4000-8000-00000000eeee/appRoleAssignments",
                "servicePrincipals",
                "servicePrincipals/00c00002-0000-4000-8000-00000000eeee/memberOf",
                "oauth2PermissionGrants",
                "servicePrincipals",
            ]
        )

    @pytest.mark.parametrize(("wanted", "requests"), [(0, 0), (1, 3), (15, 3), (16, 5), (31, 7)])
    async def test_the_requests_grow_by_two_for_fifteen(
        self, directory: GraphDirectory, graph: Simulator, wanted: int, requests: int
    ) -> None:
        await directory.grants([ClientId(numbered(number)) for number in range(wanted)])
        assert len(await graph.requests()) == requests

    async def test_they_are_asked_for_by_field_and_one_relationship(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await directory.grants([FIRST.client_id])
        first = (await graph.requests())[0]["query"]
        assert "$expand=appRoleAssignments&" in first
        assert f"$filter=appId eq '{FIRST.client_id}'" in first
        assert "$select=id,appId,displayName" in first
        assert "$top=999" in first

    async def test_pages_are_followed_to_the_last(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        await graph.trap("page_size", size=1)
        granted = await directory.grants(WANTED)
        assert granted.grants[FIRST.client_id] == MANY
        assert granted.grants[BOTH.client_id] == FEW

    async def test_a_page_that_keeps_failing_voids_the_answer(
        self, directory: GraphDirectory, graph: Simulator, pauses: list[float]
    ) -> None:
        await graph.trap("page_size", size=1)
        await graph.trap("fail_page", page=2, status=503, retryAfter=None)
        with pytest.raises(DirectoryUnavailable):
            await directory.grants(WANTED)
        assert pauses[:3] == [1, 5, 15]

    async def test_without_the_permission_delegated_grants_are_named_as_unread(
        self, directory: GraphDirectory, graph: Simulator
    ) -> None:
        narrow = world()
        del narrow["portal"]["readsDelegatedGrants"]
        await graph.dev("PUT", "world", narrow)
        granted = await directory.grants([BOTH.client_id])
        assert granted.unread == {Unread.DELEGATED_GRANTS}
        held = granted.grants[BOTH.client_id]
        assert held.permissions == FEW.permissions[:1]
        assert held.directory_roles == FEW.directory_roles


class TestAnswers:
    """Graph's answers that the simulator would not give."""

    async def test_whatever_is_denied_is_named_and_nothing_is_taken_for_whole(self) -> None:
        directory = answering(denied()).directory()
        granted = await directory.grants([FIRST.client_id])
        assert granted.unread == {
            Unread.APPLICATION_GRANTS,
            Unread.DELEGATED_GRANTS,
            Unread.DIRECTORY_ROLES,
        }
        assert granted.grants == {FIRST.client_id: Grants(is_whole=False)}
        await directory.close()

    async def test_a_resource_that_is_denied_where_its_grants_are_not_voids_the_answer(
        self,
    ) -> None:
        principal = {"id": numbered(1), "appId": FIRST.client_id}
        assignment = {"appRoleId": numbered(2), "resourceId": numbered(3)}
        directory = answering(
            page({**principal, "appRoleAssignments": [assignment]}),
            page({**principal, "memberOf": []}),
            page(),
            denied(),
        ).directory()
        with pytest.raises(DirectoryUnavailable):
            await directory.grants([FIRST.client_id])
        await directory.close()

    @pytest.mark.parametrize("code", ["Forbidden", ""])
    async def test_a_403_of_anything_else_on_the_way_is_no_denial(self, code: str) -> None:
        answer = httpx.Response(403, json={"error": {"code": code}})
        directory = answering(answer).directory()
        with pytest.raises(DirectoryUnavailable):
            await directory.grants([FIRST.client_id])
        await directory.close()

    @pytest.mark.parametrize(
        "broken",
        [
            "text",
            {"id": numbered(1), "appId": FIRST.client_id},
            {"id": numbered(1), "appId": FIRST.client_id, "appRoleAssignments": None},
            {"id": numbered(1), "appId": None, "appRoleAssignments": []},
            {"id": numbered(1), "appId": FIRST.client_id, "appRoleAssignments": [{}]},
        ],
    )
    async def test_a_broken_object_breaks_the_answer(self, broken: object) -> None:
        directory = answering(page(broken)).directory()
        with pytest.raises(DirectoryUnavailable):
            await directory.grants([FIRST.client_id])
        await directory.close()

    async def test_a_role_whose_name_may_not_be_read_and_a_resource_that_is_gone_have_their_ids(
        self,
    ) -> None:
        principal = {"id": numbered(1), "appId": FIRST.client_id}
        assignment = {"appRoleId": numbered(2), "resourceId": numbered(3)}
        role = {"@odata.type": "#microsoft.graph.directoryRole", "id": numbered(4)}
        directory = answering(
            page({**principal, "appRoleAssignments": [assignment]}),
            page({**principal, "memberOf": [{**role, "displayName": None}]}),
            page(),
            page(),
        ).directory()
        held = (await directory.grants([FIRST.client_id])).grants[FIRST.client_id]
        assert held.directory_roles == (numbered(4),)
        (grant,) = held.permissions
        assert grant.resource_app_id not in {SEARCH_AND_MATCH, numbered(3)}
        assert grant.resource_name == numbered(3)
        await directory.close()
