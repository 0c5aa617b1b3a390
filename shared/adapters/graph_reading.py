"""Graph's JSON as the domain's records. What is broken is never read as empty."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from shared.adapters.graph_answers import Answer, parsed
from shared.domain.addresses import is_mail_address
from shared.domain.applications import Application, Permission
from shared.domain.errors import DirectoryUnavailable
from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, PrincipalId, UserId, guid
from shared.domain.messages import Member
from shared.domain.secrets import ClientSecret, SecretValue
from shared.ports.directory import IssuedSecret

log = logging.getLogger(__name__)

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of a secret that Graph lists without one."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The start of a secret that Graph lists without one."""

MAX_NAMED = 20
GUEST_MARK = "#EXT#"

Document = Mapping[str, Any]

_MALFORMED = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What reading raises where an answer is not as Graph's schema says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The objects of one page, and the link to the next."""

    items: Sequence[Any]
    next_link: str | None


def page(operation: str, answer: Answer) -> Page:
    """Return a page; DirectoryUnavailable if the answer is none."""
    document = parsed(answer.body)
    if isinstance(document, dict):
        items, link = document.get("value"), document.get("@odata.nextLink")
        if isinstance(items, list) and (link is None or isinstance(link, str)):
            return Page(items=items, next_link=link)
    raise DirectoryUnavailable(f"{operation}: no page")


def single(operation: str, answer: Answer) -> Sequence[Any]:
    """Return the one object of an answer; DirectoryUnavailable if there is none."""
    document = parsed(answer.body)
    if isinstance(document, dict):
        return (document,)
    raise DirectoryUnavailable(f"{operation}: no object")


def applications(
    operation: str, documents: Sequence[Any], *, is_whole_tenant: bool = False
) -> list[Application]:
    """Return the applications of an answer; DirectoryUnavailable if one of them is broken.

    A secret that cannot be read is left out and told in the log: one odd row must not keep all the
    others from being looked after. If not one of a whole page's secrets can be read, it is Graph's
    format that is not understood, and the answer is broken.
    """
    try:
        read = [_application(document) for document in documents]
    except _MALFORMED as fault:
        raise DirectoryUnavailable(f"{operation}: a broken application") from fault
    odd = [application for application, unreadable in read if unreadable]
    if odd:
        named = ", ".join(application.client_id for application in odd[:MAX_NAMED])
        log.error("secrets left out as unreadable, in %d applications: %s", len(odd), named)
        if is_whole_tenant and not any(application.secrets for application, _ in read):
            raise DirectoryUnavailable(f"{operation}: no secret is readable")
    return [application for application, _ in read]


def _application(document: Document) -> tuple[Application, int]:
    """Return the application, and how many of its secrets are unreadable."""
    credentials = _list(document["passwordCredentials"])
    secrets = tuple([each for each in map(_secret, credentials) if each is not None])
    application = Application(
        object_id=ObjectId(_guid(document["id"])),
        client_id=ClientId(_guid(document["appId"])),
        display_name=document.get("displayName") or "",
        tags=tuple(document.get("tags") or ()),
        owners=frozenset([PrincipalId(o["id"].lower()) for o in document.get("owners") or ()]),
        permissions=_permissions(_list(document["requiredResourceAccess"])),
        secrets=secrets,
    )
    return application, len(credentials) - len(secrets)


def _list(value: object) -> list[Any]:
    """Return a collection that was selected: Graph always sends it, be it empty."""
    if type(value) is not list:
        raise TypeError("no collection")
    return value


def _guid(text: str) -> str:
    canonical = guid(text)
    if canonical is None:
        raise ValueError("no GUID")
    return canonical


def _permissions(resources: Sequence[Document]) -> tuple[Permission, ...]:
    asked: dict[Permission, None] = {}
    for resource in resources:
        app_id = (resource["resourceAppId"] or "").lower()
        for access in _list(resource["resourceAccess"]):
            # Anything but a delegated scope is an application permission: when in doubt, refuse.
            is_scope = access.get("type") == "Scope"
            asked[_permission(app_id, (access.get("id") or "").lower(), not is_scope)] = None
    return tuple(asked)


@lru_cache(maxsize=1024)
def _permission(app_id: str, permission_id: str, is_application_permission: bool) -> Permission:  # noqa: FBT001 - the key of a cache
    """Share the records, which are few, among thousands of applications."""
    return Permission(
        resource_app_id=app_id,
        permission_id=permission_id,
        is_application_permission=is_application_permission,
    )


def _secret(document: Document) -> ClientSecret | None:
    """Return a secret, or None for one without a readable key id, start or end."""
    try:
        return ClientSecret(
            key_id=KeyId(_guid(document["keyId"])),
            display_name=document.get("displayName"),
            hint=document.get("hint"),
            start=_instant(document.get("startDateTime"), LONG_AGO),
            end=_instant(document.get("endDateTime"), NEVER),
        )
    except _MALFORMED:
        return None


def _instant(text: str | None, absent: datetime) -> datetime:
    """Return an instant in UTC; digits beyond the microsecond are cut off."""
    if text is None:
        return absent
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset")
    return instant.astimezone(UTC)


def issued(answer: Answer) -> IssuedSecret | None:
    """Return the secret that addPassword has made, or None if the answer does not say."""
    document = parsed(answer.body)
    if not isinstance(document, dict):
        return None
    key_id, value = guid(str(document.get("keyId"))), document.get("secretText")
    if key_id is None or not isinstance(value, str) or not value:
        return None
    return IssuedSecret(key_id=KeyId(key_id), hint=document.get("hint"), value=SecretValue(value))


def member_groups(operation: str, answer: Answer) -> frozenset[GroupId]:
    """Return the groups that checkMemberGroups names."""
    ids = page(operation, answer).items
    return frozenset(GroupId(each.lower()) for each in ids if isinstance(each, str))


def assigned_groups(operation: str, documents: Sequence[Any], role_id: str) -> list[GroupId]:
    """Return the groups among the role assignments that are assigned this role."""
    try:
        return [
            GroupId(_guid(document["principalId"]))
            for document in documents
            if document["principalType"] == "Group" and document["appRoleId"].lower() == role_id
        ]
    except _MALFORMED as fault:
        raise DirectoryUnavailable(f"{operation}: a broken assignment") from fault


def members(operation: str, documents: Sequence[Any]) -> list[Member]:
    """Return the members of an answer; one whose account is not said to be enabled is not."""
    try:
        return [
            Member(
                user_id=UserId(_guid(document["id"])),
                address=_address(document),
                enabled=document.get("accountEnabled") is True,
            )
            for document in documents
        ]
    except _MALFORMED as fault:
        raise DirectoryUnavailable(f"{operation}: a broken member") from fault


def _address(document: Document) -> str | None:
    """Return where a member is reached: mail, else another mail, else the sign-in name.

    A guest's sign-in name is no address: it holds `#EXT#` and the tenant's own domain.
    """
    candidates = [document.get("mail"), *(document.get("otherMails") or ())]
    sign_in_name = document.get("userPrincipalName")
    if document.get("userType") != "Guest" and GUEST_MARK not in str(sign_in_name).upper():
        candidates.append(sign_in_name)
    return next((each.strip() for each in candidates if _is_address(each)), None)


def _is_address(text: object) -> bool:
    return isinstance(text, str) and is_mail_address(text.strip())
