"""The coverage: what it reads, what it makes of that, and what it does not take for whole."""

import pytest

from shared.domain.errors import DirectoryUnavailable, StoreUnavailable
from shared.domain.findings import Coverage, Grants
from shared.domain.ids import ClientId
from shared.domain.messages import Unreachable
from shared.domain.reports import Kind, Unread
from tests.support.builders import (
    CLIENT,
    GROUP,
    OTHER_CLIENT,
    OTHER_GROUP,
    application,
    day,
    numbered,
    principal,
    secret,
)
from tests.unit.use_cases.conftest import House, manager
from tests.unit.use_cases.creating import WISH
from tests.unit.use_cases.reminding import OTHER_USER


@pytest.fixture
def house() -> House:
    made = House(reports=True)
    made.directory.set_group(GROUP, manager())
    made.holds(application(secret(1)))
    return made


async def find(house: House) -> Coverage:
    return await house.reminding.coverage()


def concerned(found: Coverage, kind: Kind) -> list[ClientId]:
    (finding,) = (each for each in found.findings if each.kind is kind)
    return [each.application.client_id for each in finding.concerns]


def details(found: Coverage, kind: Kind) -> list[str]:
    (finding,) = (each for each in found.findings if each.kind is kind)
    return [detail for each in finding.concerns for detail in each.details]


async def test_only_those_who_can_be_told_count_as_managers(house: House) -> None:
    assert concerned(await find(house), Kind.ONE_MANAGER) == [CLIENT]
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, None))
    assert concerned(await find(house), Kind.ONE_MANAGER) == [CLIENT]
    house.directory.set_group(GROUP, manager(), manager(OTHER_USER, "john.roe@example.org"))
    found = await find(house)
    assert concerned(found, Kind.ONE_MANAGER) == concerned(found, Kind.NO_MANAGER) == []
    house.directory.set_group(GROUP, manager(), with_role=False)
    assert details(await find(house), Kind.NO_MANAGER) == [Unreachable.GROUP_WITHOUT_ROLE]


async def test_a_secret_that_was_made_here_is_known_as_such(house: House) -> None:
    assert concerned(await find(house), Kind.MADE_ELSEWHERE) == [CLIENT]
    house.holds(application())
    await house.create(principal(), CLIENT, WISH)
    assert concerned(await find(house), Kind.MADE_ELSEWHERE) == []


async def test_a_record_of_a_deletion_alone_is_no_making(house: House) -> None:
    house.holds(application(secret(1), secret(2)))
    await house.delete(principal(), CLIENT, secret(2).key_id, confirm_last=False)
    house.holds(application(secret(1), secret(2)))
    (finding,) = (each for each in (await find(house)).findings if each.kind is Kind.MADE_ELSEWHERE)
    assert len(finding.concerns[0].secrets) == 2


async def test_grants_are_asked_for_those_that_are_partners_alone(house: House) -> None:
    house.holds(
        application(client_id=OTHER_CLIENT, name="Intranet", groups=[], owners=[]),
    )
    house.directory.grant(CLIENT, Grants(directory_roles=("Reader",)))
    house.directory.grant(OTHER_CLIENT, Grants(directory_roles=("Reader",)))
    found = await find(house)
    assert found.examined == 1
    assert concerned(found, Kind.EXCESSIVE_GRANTS) == [CLIENT]


async def test_a_group_that_cannot_be_read_is_told_and_voids_nothing(house: House) -> None:
    house.directory.set_group(OTHER_GROUP, manager(OTHER_USER, "john.roe@example.org"))
    house.holds(application(client_id=OTHER_CLIENT, groups=[OTHER_GROUP]))
    house.directory.fail_next("members", DirectoryUnavailable("away"))
    found = await find(house)
    assert found.unread == (Unread.GROUPS,)
    assert details(found, Kind.NO_MANAGER) == [Unreachable.GROUP_UNREADABLE]
    assert len(concerned(found, Kind.ONE_MANAGER)) == 1


@pytest.mark.parametrize("method", ["every_application", "groups_with_role", "grants"])
async def test_a_directory_that_does_not_answer_is_no_coverage(house: House, method: str) -> None:
    house.directory.fail_next(method, DirectoryUnavailable("away"))
    with pytest.raises(DirectoryUnavailable):
        await find(house)


async def test_a_store_that_does_not_answer_is_no_coverage(house: House) -> None:
    house.store.fail_next("records", StoreUnavailable("away"))
    with pytest.raises(StoreUnavailable):
        await find(house)


async def test_each_page_and_group_is_read_once(house: House) -> None:
    for number in range(5):
        house.holds(application(client_id=ClientId(numbered(0xC10 + number))))
    house.directory.calls.clear()
    await find(house)
    assert house.directory.calls == ["every_application", "groups_with_role", "members", "grants"]


async def test_what_expires_is_told_as_of_now(house: House) -> None:
    house.holds(application(secret(1, days_left=42)))
    found = await find(house)
    (finding,) = (each for each in found.findings if each.kind is Kind.NO_SUCCESSOR)
    assert [each.expires_on for each in finding.concerns[0].secrets] == [day(42)]
