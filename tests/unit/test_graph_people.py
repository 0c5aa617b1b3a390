"""Graph's JSON of groups and people: who counts, and where a mail reaches them."""

import orjson
import pytest

from shared.adapters import graph_reading as reading
from shared.adapters.graph_answers import Answer
from shared.domain.errors import DirectoryUnavailable
from shared.domain.messages import Member
from tests.support.builders import numbered

KEY = numbered(0x1ABC)


class TestGroups:
    def test_the_groups_that_graph_confirms_are_canonical(self) -> None:
        body = orjson.dumps({"value": [numbered(0xABC).upper()]})
        found = reading.member_groups("x", Answer(status=200, headers={}, body=body))
        assert found == {numbered(0xABC)}

    def test_only_groups_with_the_role_itself_count(self) -> None:
        role, other = numbered(0xA), numbered(0xB)
        assignments = [
            {"appRoleId": role.upper(), "principalType": "Group", "principalId": numbered(0xABC)},
            {"appRoleId": other, "principalType": "Group", "principalId": numbered(2)},
            {"appRoleId": role, "principalType": "User", "principalId": numbered(3)},
            {"appRoleId": role, "principalType": "ServicePrincipal", "principalId": numbered(4)},
        ]
        assert reading.assigned_groups("x", assignments, role) == [numbered(0xABC)]

    @pytest.mark.parametrize(
        "broken",
        [
            "text",
            {},
            {"appRoleId": None, "principalType": "Group", "principalId": KEY},
            {"appRoleId": KEY, "principalType": "Group", "principalId": None},
        ],
    )
    def test_a_broken_assignment_breaks_the_answer(self, broken: object) -> None:
        with pytest.raises(DirectoryUnavailable):
            reading.assigned_groups("x", [broken], KEY)


class TestMembers:
    @pytest.mark.parametrize(
        ("known", "address"),
        [
            ({"mail": "jane@example.org"}, "jane@example.org"),
            ({"mail": " jane@example.org "}, "jane@example.org"),
            ({"mail": None, "otherMails": ["a@example.org", "b@example.org"]}, "a@example.org"),
            ({"mail": "", "otherMails": ["none", "b@example.org"]}, "b@example.org"),
            ({"mail": None, "userPrincipalName": "jane@example.org"}, "jane@example.org"),
            ({"mail": "jane@example.org\nBcc: x@example.org"}, None),
            ({"userPrincipalName": "jane_example.org#EXT#@tenant.example"}, None),
            ({"userPrincipalName": "jane_example.org#ext#@tenant.example"}, None),
            ({"userType": "Guest", "userPrincipalName": "jane@example.org"}, None),
            ({"userType": "Guest", "otherMails": ["a@example.org"]}, "a@example.org"),
            ({"userPrincipalName": "jane"}, None),
            ({"userPrincipalName": "jane@localhost"}, None),
            ({"userPrincipalName": None, "otherMails": None}, None),
            ({"mail": 7, "otherMails": [None]}, None),
            ({}, None),
        ],
    )
    def test_a_member_is_reached_where_mail_arrives(
        self, known: dict[str, object], address: str | None
    ) -> None:
        (member,) = reading.members("x", [{"id": KEY, "accountEnabled": True, **known}])
        assert member == Member(user_id=member.user_id, address=address, enabled=True)

    @pytest.mark.parametrize("enabled", [False, None, "true"])
    def test_only_an_enabled_account_is_enabled(self, enabled: object) -> None:
        (member,) = reading.members("x", [{"id": KEY.upper(), "accountEnabled": enabled}])
        assert member == Member(user_id=member.user_id, address=None, enabled=False)
        assert member.user_id == KEY

    @pytest.mark.parametrize("broken", ["text", None, {}, {"id": "no guid"}, {"id": 7}])
    def test_a_broken_member_breaks_the_answer(self, broken: object) -> None:
        with pytest.raises(DirectoryUnavailable):
            reading.members("x", [broken])
