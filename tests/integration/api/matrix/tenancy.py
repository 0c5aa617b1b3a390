"""One tenant for the whole matrix: a person for each principal, and things for each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.integration.api.matrix.flaws import Flaw
from tests.integration.api.matrix.operations import SECURED, Operation
from tests.integration.api.matrix.oracle import is_managed
from tests.integration.api.matrix.principals import BOTH, Principal
from tests.integration.api.matrix.things import TELLING, THINGS, Thing
from tests.support.stack import Stack
from tests.support.worlds import (
    MICROSOFT_GRAPH,
    SEARCH_AND_MATCH,
    Record,
    credential,
    new_id,
)

HOUR: Final = 3600
LATE: Final = 30
"""Seconds since a late token ended: well within the leeway of 5 minutes."""

MOST_SECRETS: Final = 10
CHANGES: Final = tuple(operation for operation in SECURED if operation.concerns_application)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A principal's user, and the groups that a thing may be tagged with, by their names here."""

    user: Record
    groups: Mapping[str, Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A thing made for one operation and one principal. `named` is what the path names.

    `client_id` and `object_id` are the application's, empty where there is none.
    """

    named: str
    key_id: str
    client_id: str = ""
    object_id: str = ""


def things_of(operation: Operation, principal: Principal) -> Sequence[Thing]:
    """Return what the principal is sent to with a sound token."""
    return [
        thing
        for thing in (THINGS if principal.meets_everything else TELLING)
        if not (thing.is_of_deletion and not operation.concerns_secret)
        and not (thing.is_of_creation and not operation.takes_body)
    ]


class Tenancy:
    """The tenant, as the sign-in knew it when it issued the tokens and as the directory is now."""

    def __init__(self, product: Stack, principals: Sequence[Principal]) -> None:
        self.principals = principals
        self._product = product
        self._now = product.now()
        self._signed_in, self._current = product.world(), product.world()
        self._tokens: dict[tuple[str, str], str] = {}
        self._foreign = self._group()
        others = self._current.application(
            self._foreign, secrets=[credential(self._now, 100), credential(self._now, 200)]
        )
        self._others_key: str = others["passwordCredentials"][0]["keyId"]
        self.people = {principal.name: self._person(principal) for principal in principals}
        self._portal = self._portal_itself()
        self._targets = {
            (operation.name, principal.name, thing.name): self._target(principal, thing)
            for operation in CHANGES
            for principal in principals
            for thing in things_of(operation, principal)
        }
        self._load()

    def target(self, operation: Operation, principal: Principal, thing: Thing) -> Target:
        return self._targets[operation.name, principal.name, thing.name]

    def token(self, principal: Principal, flaw: Flaw) -> str:
        """Return the principal's token with what the sign-in can do of the flaw."""
        known = (principal.name, repr(flaw.oddities))
        if known not in self._tokens:
            claims = {**self._claims(principal), **flaw.oddities.get("claims", {})}
            user = self.people[principal.name].user
            self._tokens[known] = self._product.token(user, **{**flaw.oddities, "claims": claims})
        return self._tokens[known]

    def listed(self, principal: Principal) -> dict[str, bool]:
        """Return the client ids that the principal is to see, and whether each can be written."""
        things = {thing.name: thing for thing in THINGS}
        return {
            target.client_id: not things[thing].is_privileged
            for (_, name, thing), target in self._targets.items()
            if name == principal.name
            and is_managed(things[thing])
            and things[thing].managers & principal.in_token
        }

    def secrets(self) -> dict[str, set[str]]:
        """Return the key ids of each application, by its client id, as this tenant began."""
        return key_ids(self._current.applications)

    def _load(self) -> None:
        self._product.calm()
        for part, world in (
            (self._product.identity, self._signed_in),
            (self._product.graph, self._current),
        ):
            self._product.dev("PUT", part, "world", world.described())

    def _claims(self, principal: Principal) -> dict[str, Any]:
        person = self.people[principal.name]
        claims = dict(principal.claims)
        if principal.late:
            ended = int(self._now.timestamp()) - LATE
            claims |= {"exp": ended, "iat": ended - HOUR, "nbf": ended - HOUR}
        if principal.in_capitals:
            groups = [person.groups[name]["id"].upper() for name in sorted(principal.in_token)]
            claims |= {"oid": person.user["id"].upper(), "groups": groups}
        return claims

    def _person(self, principal: Principal) -> Person:
        user = self._signed_in.user(
            "Jane Doe",
            userType="Guest" if principal.is_guest else "Member",
        )
        if principal.is_known:
            self._current.users.append({**user, "accountEnabled": principal.is_enabled})
        groups = {
            name: self._group(
                in_token=[user] if name in principal.in_token else [],
                in_directory=[user] if name in principal.in_directory else [],
                role=principal.assigned,
            )
            for name in sorted(BOTH)
        }
        return Person(user=user, groups={**groups, "foreign": self._foreign})

    def _group(
        self,
        *,
        in_token: Sequence[Record] = (),
        in_directory: Sequence[Record] = (),
        role: bool = True,
    ) -> Record:
        made = self._signed_in.group(*in_token, role=role)
        self._current.groups.append({**made, "members": [user["id"] for user in in_directory]})
        return made

    def _portal_itself(self) -> Record:
        """Return the portal's registration, tagged with a group of everybody who could name it."""
        managers = [
            self.people[principal.name].groups["one"]
            for principal in self.principals
            if principal.has_token and principal.is_user
        ]
        return self._current.application(
            *managers,
            app_id=self._current.portal["clientId"],
            secrets=[credential(self._now, 100), credential(self._now, 200)],
        )

    def _target(self, principal: Principal, thing: Thing) -> Target:
        if not thing.exists:
            return Target(named=new_id(), key_id=new_id())
        application = self._portal if thing.is_portal else self._application(principal, thing)
        listed: str = application["passwordCredentials"][0]["keyId"]
        keys = {"listed": listed, "absent": new_id(), "another's": self._others_key}
        return Target(
            named=application["id" if thing.by_object_id else "appId"],
            key_id=keys[thing.key],
            client_id=application["appId"],
            object_id=application["id"],
        )

    def _application(self, principal: Principal, thing: Thing) -> Record:
        person, world = self.people[principal.name], self._current
        permissions = [(SEARCH_AND_MATCH, "Role")]
        permissions += [(MICROSOFT_GRAPH, "Role")] if thing.is_privileged else []
        permissions += [(MICROSOFT_GRAPH, "Scope")] if thing.is_delegated else []
        tags = [thing.tag.format(group=person.groups[name]["id"]) for name in thing.managers]
        made = world.application(
            tags=[*tags, *(["credential-portal:ignore"] if thing.is_retired else [])],
            owned=thing.is_owned,
            permissions=permissions,
            secrets=[credential(self._now, 100 + nth) for nth in range(_secrets(thing))],
        )
        if thing.has_coowner or thing.is_the_callers:
            made["owners"].append(person.user["id"])
        return made


def key_ids(applications: Sequence[Record]) -> dict[str, set[str]]:
    return {
        application["appId"]: {each["keyId"] for each in application["passwordCredentials"]}
        for application in applications
    }


def _secrets(thing: Thing) -> int:
    if thing.is_full:
        return MOST_SECRETS
    return 2 if thing.is_confirmed else 1
