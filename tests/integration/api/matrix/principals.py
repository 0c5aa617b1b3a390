"""Who may be calling: what the token says of them, and what the directory says by now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ONE: Final = frozenset({"one"})
TWO: Final = frozenset({"two"})
BOTH: Final = ONE | TWO
NONE: Final[frozenset[str]] = frozenset()
"""Each principal has groups of their own that no other is in, called "one" and "two" here."""

OVERAGE: Final = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A kind of caller. `claims` differ from what the sign-in would say; None takes one away.

    `in_token` are the groups that the token names, `in_directory` those that the user is in by now.
    """

    name: str
    in_token: frozenset[str] = ONE
    in_directory: frozenset[str] = ONE
    roles: frozenset[str] = frozenset({"credential_management"})
    has_token: bool = True
    is_user: bool = True
    names_groups: bool = True
    """False: Entra left the groups out, for there were too many."""

    is_known: bool = True
    """False: deleted from the directory since the token was issued."""

    is_enabled: bool = True
    is_guest: bool = False
    assigned: bool = True
    """Whether their groups are assigned the role."""

    in_capitals: bool = False
    late: bool = False
    """The token ended within the leeway."""

    claims: Mapping[str, Any] = field(default_factory=dict)
    meets_everything: bool = False
    """Whether they are sent to every thing, or to the most telling ones."""

    def __str__(self) -> str:
        return self.name


MANAGER: Final = Principal(name="manager", meets_everything=True)
OPERATOR: Final = Principal(
    name="operations",
    roles=frozenset({"credential_operations"}),
    claims={"roles": ["credential_operations"]},
)
"""In a group of managers too: only the role is missing."""

NOBODY: Final = Principal(name="nobody", has_token=False)
PRINCIPALS: Final = (
    MANAGER,
    Principal(
        name="manager of two organisations",
        in_token=BOTH,
        in_directory=BOTH,
        meets_everything=True,
    ),
    Principal(name="guest who is a manager", is_guest=True),
    Principal(name="manager disabled since", is_enabled=False),
    Principal(
        name="manager with another role too",
        roles=frozenset({"credential_operations", "credential_management"}),
        claims={"roles": ["credential_operations", "credential_management"]},
    ),
    Principal(name="manager in capitals", in_capitals=True),
    Principal(name="manager without a name", claims={"name": None, "preferred_username": None}),
    Principal(name="manager with an old token", late=True),
    Principal(name="manager removed since", in_directory=NONE, meets_everything=True),
    Principal(
        name="manager removed since from one of two",
        in_token=BOTH,
        in_directory=TWO,
        meets_everything=True,
    ),
    Principal(name="manager moved since to another group", in_directory=TWO),
    Principal(name="manager deleted since", in_directory=NONE, is_known=False),
    Principal(
        name="role without a group",
        in_token=NONE,
        in_directory=NONE,
        claims={"roles": ["credential_management"]},
        meets_everything=True,
    ),
    Principal(name="manager of something else", in_token=TWO, in_directory=TWO),
    Principal(name="member without a role", assigned=False, roles=NONE, meets_everything=True),
    OPERATOR,
    Principal(
        name="roles in capitals",
        roles=NONE,
        claims={"roles": ["CREDENTIAL_MANAGEMENT", "CREDENTIAL_OPERATIONS"]},
    ),
    Principal(name="stranger", in_token=NONE, in_directory=NONE, roles=NONE, meets_everything=True),
    Principal(
        name="member of too many groups", names_groups=False, claims={"groups": None, **OVERAGE}
    ),
    Principal(
        name="member of too many groups, in short",
        names_groups=False,
        claims={"groups": None, "hasgroups": True},
    ),
    Principal(name="application", is_user=False, claims={"idtyp": "app"}),
    NOBODY,
)
TELLING: Final = tuple(
    each
    for each in PRINCIPALS
    if each.meets_everything or each is OPERATOR or not (each.has_token and each.is_user)
)
"""A few that differ in every rule."""
