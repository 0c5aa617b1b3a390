"""What Graph's documents say of service principals; DirectoryUnavailable where one is broken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.domain.errors import DirectoryUnavailable
from shared.domain.ids import ClientId, guid

_ROLE = "#microsoft.graph.directoryRole"
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A service principal and the documents of the relationship that was asked for."""

    identifier: str
    client_id: ClientId
    related: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An app role of a resource's service principal that was assigned."""

    resource_id: str
    role_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Delegated scopes of a resource's service principal, granted to a holder for all users."""

    holder: str
    resource_id: str
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """The application behind a service principal."""

    app_id: str
    name: str


def principals(relationship: str, documents: Sequence[Any]) -> list[Principal]:
    return _read(
        relationship,
        documents,
        lambda each: Principal(
            identifier=_guid(each["id"]),
            client_id=ClientId(_guid(each["appId"])),
            # An empty relationship is expanded to an empty list; left out, it was not read.
            related=[*each[relationship]],
        ),
    )


def assignments(operation: str, documents: Sequence[Any]) -> list[Assignment]:
    return _read(
        operation,
        documents,
        lambda each: Assignment(
            resource_id=_guid(each["resourceId"]), role_id=_guid(each["appRoleId"])
        ),
    )


def roles(operation: str, documents: Sequence[Any]) -> list[str]:
    """Return the directory roles among the memberships; without its name, one has its id."""
    named = _read(
        operation,
        documents,
        lambda each: (each["@odata.type"], each.get("displayName") or _guid(each["id"])),
    )
    return sorted(name for kind, name in named if kind == _ROLE)


def consents(operation: str, documents: Sequence[Any]) -> list[Consent]:
    return _read(
        operation,
        documents,
        lambda each: Consent(
            holder=_guid(each["clientId"]),
            resource_id=_guid(each["resourceId"]),
            scopes=(each.get("scope") or "").split(),
        ),
    )


def resources(operation: str, documents: Sequence[Any]) -> dict[str, Resource]:
    return dict(
        _read(
            operation,
            documents,
            lambda each: (
                _guid(each["id"]),
                Resource(app_id=_guid(each["appId"]), name=each.get("displayName") or ""),
            ),
        )
    )


def _read(operation: str, documents: Sequence[Any], read: Callable[[Any], _Item]) -> list[_Item]:
    try:
        return [read(document) for document in documents]
    except _MALFORMED as fault:
        raise DirectoryUnavailable(f"{operation}: a broken object") from fault


def _guid(text: str) -> str:
    canonical = guid(text)
    if canonical is None:
        raise ValueError("no GUID")
    return canonical
