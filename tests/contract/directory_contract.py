"""What every directory promises, whoever keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import pytest

from shared.domain.applications import Application
from shared.domain.errors import DirectoryRefused
from shared.domain.findings import Grant, Grants
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.domain.messages import Member
from shared.ports.directory import (
    ApplicationDirectory,
    CredentialDirectory,
    GrantDirectory,
    IssuedSecret,
    ManagerDirectory,
    SecretRequest,
)
from tests.support.builders import (
    MICROSOFT_GRAPH,
    SEARCH_AND_MATCH,
    application,
    numbered,
    permission,
    secret,
)


class Directory(
    ApplicationDirectory, CredentialDirectory, ManagerDirectory, GrantDirectory, Protocol
):
    """All that one directory does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the directory holds when a test begins."""

    applications: Sequence[Application]
    members: Mapping[GroupId, Sequence[Member]]
    with_role: frozenset[GroupId]
    grants: Mapping[ClientId, Grants]


GROUPS = [GroupId(numbered(0xB0_0000 + number)) for number in range(33)]
JANE, JOHN, STRANGER = (UserId(numbered(0xD0_0000 + number)) for number in range(3))
ABSENT = numbered(0xFFFF)
REQUEST = SecretRequest(
    display_name="Secret by Zoë D'Oe",
    start=datetime(2026, 11, 21, 9, 0, 1, tzinfo=UTC),
    end=datetime(2027, 11, 20, 23, 59, 59, tzinfo=UTC),
)


def _application(number: int, *groups: GroupId) -> Application:
    return application(
        secret(2 * number),
        secret(2 * number + 1, name=None),
        client_id=ClientId(numbered(0xC0_0000 + number)),
        name=f"Partner-NL-Organisation{number}-SMC",
        groups=groups,
        tags=("HideApp",),
    )


FIRST, BOTH, UNTAGGED, LAST = APPLICATIONS = (
    replace(
        _application(1, GROUPS[0]),
        permissions=(
            permission(SEARCH_AND_MATCH),
            permission(MICROSOFT_GRAPH, delegated=True),
        ),
    ),
    _application(2, GROUPS[0], GROUPS[20]),
    replace(_application(3), owners=frozenset(), tags=(), secrets=()),
    _application(4, GROUPS[32]),
)
MANY, FEW = (
    Grants(
        permissions=tuple(
            Grant(
                resource_app_id=SEARCH_AND_MATCH,
                resource_name="Search and Match",
                permission=numbered(0xE0_0000 + number),
                is_application_permission=True,
            )
            for number in range(25)
        )
    ),
    Grants(
        permissions=(
            Grant(
                resource_app_id=SEARCH_AND_MATCH,
                resource_name="Search and Match",
                permission=numbered(0xE0_0000),
                is_application_permission=True,
            ),
            *(
                Grant(
                    resource_app_id=MICROSOFT_GRAPH,
                    resource_name="Microsoft Graph",
                    permission=scope,
                    is_application_permission=False,
                )
                for scope in ("openid", "User.Read")
            ),
        ),
        directory_roles=tuple(f"Role {number:02}" for number in range(22)),
    ),
)
SCENE = Scene(
    applications=APPLICATIONS,
    members={
        GROUPS[0]: (
            Member(user_id=JANE, address="jane.doe@example.org", enabled=True),
            Member(user_id=JOHN, address=None, enabled=False),
        ),
        GROUPS[1]: (),
        GROUPS[20]: (Member(user_id=JOHN, address=None, enabled=False),),
    },
    with_role=frozenset({GROUPS[0], GROUPS[1]}),
    grants={FIRST.client_id: MANY, BOTH.client_id: FEW},
)


async def _listed(directory: Directory, application: Application) -> Application:
    found = await directory.application(application.client_id)
    assert found is not None
    return found


async def _issue(directory: Directory, application: Application = FIRST) -> IssuedSecret:
    return await directory.add_secret(application.object_id, REQUEST)


class DirectoryContract:
    """Subclasses give the fixture `directory`: one that holds SCENE."""

    async def test_every_application_comes_once(self, directory: Directory) -> None:
        found = [each async for page in directory.every_application() for each in page]
        assert found == list(APPLICATIONS)

    async def test_a_group_finds_what_is_tagged_with_it(self, directory: Directory) -> None:
        assert list(await directory.applications_of({GROUPS[20]})) == [BOTH]

    async def test_an_application_of_several_groups_comes_once(self, directory: Directory) -> None:
        found = await directory.applications_of({GROUPS[0], GROUPS[20]})
        assert sorted(each.client_id for each in found) == [FIRST.client_id, BOTH.client_id]

    async def test_many_groups_find_all_that_is_theirs(self, directory: Directory) -> None:
        found = await directory.applications_of(GROUPS)
        expected = [each.client_id for each in (FIRST, BOTH, LAST)]
        assert sorted(each.client_id for each in found) == expected

    async def test_no_group_finds_nothing(self, directory: Directory) -> None:
        assert list(await directory.applications_of(())) == []

    @pytest.mark.parametrize("expected", APPLICATIONS)
    async def test_a_client_id_finds_its_application(
        self, directory: Directory, expected: Application
    ) -> None:
        assert await directory.application(expected.client_id) == expected

    async def test_an_unknown_client_id_finds_none(self, directory: Directory) -> None:
        assert await directory.application(ClientId(ABSENT)) is None

    async def test_client_ids_find_their_applications_each_once(self, directory: Directory) -> None:
        wanted = [BOTH.client_id, UNTAGGED.client_id, BOTH.client_id, ClientId(ABSENT)]
        found = await directory.applications(wanted)
        assert sorted(found, key=lambda each: each.client_id) == [BOTH, UNTAGGED]

    async def test_many_client_ids_find_all_that_exist(self, directory: Directory) -> None:
        strangers = {ClientId(numbered(0xCF_0000 + number)) for number in range(40)}
        known = {each.client_id for each in APPLICATIONS}
        found = await directory.applications(strangers | known)
        assert sorted(each.client_id for each in found) == sorted(known)

    async def test_no_client_id_finds_nothing(self, directory: Directory) -> None:
        assert list(await directory.applications(())) == []
        assert list(await directory.applications({ClientId(ABSENT)})) == []

    @pytest.mark.parametrize(
        ("user", "groups"), [(JANE, {GROUPS[0]}), (JOHN, {GROUPS[1], GROUPS[20]})]
    )
    async def test_a_member_is_confirmed(
        self, directory: Directory, user: UserId, groups: set[GroupId]
    ) -> None:
        assert await directory.confirm_membership(user, groups) is True

    @pytest.mark.parametrize(
        ("user", "groups"),
        [
            (JANE, {GROUPS[20]}),
            (JANE, {GROUPS[1], GroupId(ABSENT)}),
            (STRANGER, {GROUPS[0]}),
            (UserId(ABSENT), set(GROUPS[:20])),
        ],
    )
    async def test_nobody_else_is_confirmed(
        self, directory: Directory, user: UserId, groups: set[GroupId]
    ) -> None:
        assert await directory.confirm_membership(user, groups) is False

    async def test_a_new_secret_is_listed_as_it_was_asked_for(self, directory: Directory) -> None:
        issued = await _issue(directory)
        *before, made = (await _listed(directory, FIRST)).secrets
        assert tuple(before) == FIRST.secrets
        assert (made.display_name, made.start, made.end) == (
            REQUEST.display_name,
            REQUEST.start,
            REQUEST.end,
        )
        assert (made.key_id, made.hint) == (issued.key_id, issued.hint)

    async def test_the_hint_is_the_start_of_the_value(self, directory: Directory) -> None:
        issued = await _issue(directory)
        assert len(issued.value.reveal()) == 40
        assert issued.value.reveal()[:3] == issued.hint

    async def test_each_secret_has_a_value_and_an_id_of_its_own(self, directory: Directory) -> None:
        one, other = await _issue(directory), await _issue(directory)
        assert one.key_id != other.key_id
        assert one.value.reveal() != other.value.reveal()

    async def test_no_secret_is_made_for_an_unknown_application(self, directory: Directory) -> None:
        with pytest.raises(DirectoryRefused):
            await directory.add_secret(ObjectId(ABSENT), REQUEST)

    async def test_a_removed_secret_is_listed_no_more(self, directory: Directory) -> None:
        gone, kept = FIRST.secrets
        assert await directory.remove_secret(FIRST.object_id, gone.key_id) is True
        assert (await _listed(directory, FIRST)).secrets == (kept,)

    async def test_a_secret_is_removed_once(self, directory: Directory) -> None:
        issued = await _issue(directory)
        assert await directory.remove_secret(FIRST.object_id, issued.key_id) is True
        assert await directory.remove_secret(FIRST.object_id, issued.key_id) is False

    async def test_another_applications_secret_is_not_removed(self, directory: Directory) -> None:
        foreign = BOTH.secrets[0].key_id
        assert await directory.remove_secret(FIRST.object_id, foreign) is False
        assert await _listed(directory, BOTH) == BOTH

    async def test_nothing_is_removed_from_an_unknown_application(
        self, directory: Directory
    ) -> None:
        with pytest.raises(DirectoryRefused):
            await directory.remove_secret(ObjectId(ABSENT), KeyId(ABSENT))

    async def test_the_groups_with_the_role_are_told(self, directory: Directory) -> None:
        assert await directory.groups_with_role() == SCENE.with_role

    @pytest.mark.parametrize("group", SCENE.members)
    async def test_a_groups_members_are_told(self, directory: Directory, group: GroupId) -> None:
        assert tuple(await directory.members(group)) == SCENE.members[group]

    async def test_a_group_that_is_gone_has_no_members(self, directory: Directory) -> None:
        assert tuple(await directory.members(GroupId(ABSENT))) == ()

    async def test_what_applications_hold_is_told_whole(self, directory: Directory) -> None:
        wanted = [each.client_id for each in APPLICATIONS]
        granted = await directory.grants([*wanted, *wanted])
        assert granted.unread == set()
        assert granted.grants == {each: SCENE.grants.get(each, Grants()) for each in wanted}

    async def test_many_applications_are_told_each(self, directory: Directory) -> None:
        strangers = [ClientId(numbered(0xCF_0000 + number)) for number in range(40)]
        granted = await directory.grants([*strangers, FIRST.client_id])
        assert granted.grants == {**dict.fromkeys(strangers, Grants()), FIRST.client_id: MANY}

    async def test_of_no_application_nothing_is_told(self, directory: Directory) -> None:
        assert (await directory.grants(())).grants == {}
