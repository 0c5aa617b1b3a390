"""The fake directory keeps the promises; and its switches work."""

import pytest

from shared.domain.errors import DirectoryUnavailable, OutcomeUnknown
from tests.contract.directory_contract import FIRST, REQUEST, SCENE, DirectoryContract
from tests.fakes.directory import FakeDirectory


@pytest.fixture
def directory() -> FakeDirectory:
    fake = FakeDirectory(*SCENE.applications, page_size=3)
    for group, members in SCENE.members.items():
        fake.set_group(group, *members, with_role=group in SCENE.with_role)
    for client_id, held in SCENE.grants.items():
        fake.grant(client_id, held)
    return fake


class TestFakeDirectory(DirectoryContract):
    async def test_a_call_fails_before_its_effect(self, directory: FakeDirectory) -> None:
        directory.fail_next("add_secret", DirectoryUnavailable("away"))
        with pytest.raises(DirectoryUnavailable):
            await directory.add_secret(FIRST.object_id, REQUEST)
        assert await directory.application(FIRST.client_id) == FIRST

    async def test_a_call_fails_after_its_effect(self, directory: FakeDirectory) -> None:
        directory.fail_next("add_secret", OutcomeUnknown("lost"), applied=True)
        with pytest.raises(OutcomeUnknown):
            await directory.add_secret(FIRST.object_id, REQUEST)
        found = await directory.application(FIRST.client_id)
        assert found is not None
        assert len(found.secrets) == len(FIRST.secrets) + 1

    async def test_a_failure_is_over_after_one_call(self, directory: FakeDirectory) -> None:
        directory.fail_next("groups_with_role", DirectoryUnavailable("away"))
        with pytest.raises(DirectoryUnavailable):
            await directory.groups_with_role()
        assert await directory.groups_with_role() == SCENE.with_role
        assert directory.calls == ["groups_with_role"] * 2

    async def test_pages_may_come_before_the_failure(self, directory: FakeDirectory) -> None:
        directory.fail_next("every_application", DirectoryUnavailable("page"), applied=True)
        pages = directory.every_application()
        assert len(await anext(pages)) == 3
        assert len(await anext(pages)) == 1
        with pytest.raises(DirectoryUnavailable):
            await anext(pages)
