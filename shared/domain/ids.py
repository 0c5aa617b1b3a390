"""Identifiers, all of them canonical GUIDs in lower case unless said otherwise."""

import re
from typing import NewType

ClientId = NewType("ClientId", str)
"""An application's permanent client id (`appId` in Graph)."""

ObjectId = NewType("ObjectId", str)
"""An application's object id in the directory."""

PrincipalId = NewType("PrincipalId", str)
"""The object id of a service principal."""

GroupId = NewType("GroupId", str)
UserId = NewType("UserId", str)
KeyId = NewType("KeyId", str)
MessageId = NewType("MessageId", str)

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def guid(text: str) -> str | None:
    """Return the canonical form of a GUID, or None for any other text.

    Only the hyphenated form counts: it is the one form that Graph, Entra and Tables all write,
    and one form per id means one row, one claim and one answer per id.
    """
    canonical = text.lower()
    return canonical if _GUID.fullmatch(canonical) else None
