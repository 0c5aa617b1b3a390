"""What may be asked about: applications as they stand to the caller, and how they are spelled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tests.integration.api.matrix.principals import BOTH, NONE, ONE

FOREIGN: Final = frozenset({"foreign"})
"""The group of another organisation's managers."""

Spelling = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An application of the directory, or none. Without further words it is the caller's own.

    `spelled` writes an id into a path, `is_id` tells whether that still is one.
    """

    name: str
    managers: frozenset[str] = ONE
    exists: bool = True
    spelled: Spelling = str
    is_id: bool = True
    is_owned: bool = True
    is_the_callers: bool = False
    has_coowner: bool = False
    is_portal: bool = False
    is_privileged: bool = False
    is_delegated: bool = False
    is_retired: bool = False
    is_full: bool = False
    tag: str = "credential-managers:{group}"
    by_object_id: bool = False

    key: str = "listed"
    """Which secret a deletion names: listed, absent, another's."""

    key_spelled: Spelling = str
    is_key: bool = True
    is_confirmed: bool = True
    """False: the last valid secret, and `confirmLast` is not given."""

    wish: bytes | None = None
    """The body of a create, where it breaks a rule."""

    media_type: str = "application/json"
    names_wish: bool = True
    """Whether there is an Idempotency-Key."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_deletion(self) -> bool:
        by_key = self.key != "listed" or self.key_spelled is not str
        return by_key or not self.is_key or not self.is_confirmed

    @property
    def breaks_create(self) -> bool:
        media_type = self.media_type != "application/json"
        return self.wish is not None or media_type or not self.names_wish

    @property
    def is_of_creation(self) -> bool:
        return self.breaks_create or self.is_full


def _malformed(name: str, spelled: Spelling) -> Thing:
    return Thing(name=name, spelled=spelled, is_id=False)


def _own(client_id: str) -> str:
    """Write an id so that only decoding the path shows it."""
    return client_id.replace("-", "%2D")


OWN: Final = Thing(name="own")
FOREIGN_ONE: Final = Thing(name="foreign", managers=FOREIGN)
MALFORMED: Final = _malformed("malformed", lambda _: "not-a-guid")
TELLING: Final = (
    OWN,
    FOREIGN_ONE,
    MALFORMED,
    Thing(name="absent", managers=NONE, exists=False),
    Thing(name="untagged, whatever its name", managers=NONE),
    Thing(name="own, but unowned", is_owned=False),
    Thing(name="own, privileged", is_privileged=True),
    Thing(name="of both one's groups", managers=BOTH),
    Thing(name="the portal itself", is_portal=True),
)
STANDING: Final = (
    Thing(name="own, retired", is_retired=True),
    Thing(name="own, with a co-owner", has_coowner=True),
    Thing(name="own, delegated permissions", is_delegated=True),
    Thing(name="own and another's", managers=ONE | FOREIGN),
    Thing(name="foreign, privileged", managers=FOREIGN, is_privileged=True),
    Thing(name="untagged and unowned", managers=NONE, is_owned=False),
    Thing(name="owned by the caller", is_owned=False, is_the_callers=True),
    Thing(name="tagged by the group's name", tag="credential-managers:Credential managers"),
    Thing(name="tagged in other words", tag="Credential-Managers:{group}"),
    Thing(name="tagged with a blank", tag="credential-managers: {group}"),
    Thing(name="tagged without a prefix", tag="{group}"),
)
SPELLED: Final = (
    Thing(name="own, in capitals", spelled=str.upper),
    Thing(name="own, encoded", spelled=_own),
    Thing(name="foreign, in capitals", managers=FOREIGN, spelled=str.upper),
    Thing(name="own, by its object id", by_object_id=True),
    _malformed("own, in braces", lambda each: quote(f"{{{each}}}")),
    _malformed("own, in quotes", lambda each: f"'{each}'"),
    _malformed("own, without hyphens", lambda each: each.replace("-", "")),
    _malformed("own, as a URN", lambda each: f"urn:uuid:{each}"),
    _malformed("own, and a tab", lambda each: f"{each}%09"),
    _malformed("own, and a line feed", lambda each: f"{each}%0A"),
    _malformed("own, and a blank", lambda each: f"{each}%20"),
    _malformed("own, in full-width digits", lambda each: quote(_wide(each))),
    _malformed("own, by traversal", lambda each: f"..%2Fapplications%2F{each}"),
    _malformed("a filter", lambda each: f"{each}'%20or%20appId%20ne%20'"),
    _malformed("another partition", lambda _: "open"),
    _malformed("a wildcard", lambda _: "*"),
    _malformed("long", lambda _: "a" * 2000),
)
OF_DELETION: Final = (
    Thing(name="own, absent key", key="absent"),
    Thing(name="own, another's key", key="another's"),
    Thing(name="own, key in capitals", key_spelled=str.upper),
    Thing(name="own, last valid secret", is_confirmed=False),
    Thing(name="own, malformed key", key_spelled=lambda _: "1", is_key=False),
    Thing(name="own, key in quotes", key_spelled=lambda each: f"'{each}'", is_key=False),
    Thing(name="foreign, absent key", managers=FOREIGN, key="absent"),
    Thing(name="foreign, malformed key", managers=FOREIGN, key_spelled=lambda _: "1", is_key=False),
    Thing(name="privileged, absent key", is_privileged=True, key="absent"),
)
OF_CREATION: Final = (
    Thing(name="own, full", is_full=True),
    Thing(name="own, empty wish", wish=b""),
    Thing(name="own, overlong wish", wish=b'{"displayName":"x","expiresOn":"9999-01-01"}'),
    Thing(name="own, wish as text", media_type="text/plain"),
    Thing(name="own, no key of the wish", names_wish=False),
    Thing(name="foreign, empty wish", managers=FOREIGN, wish=b""),
    Thing(name="foreign, wish as text", managers=FOREIGN, media_type="text/plain"),
)
THINGS: Final = (*TELLING, *STANDING, *SPELLED, *OF_DELETION, *OF_CREATION)
NO_THING: Final = Thing(name="-")


def _wide(text: str) -> str:
    """Write digits that are digits to Unicode, and none to a GUID."""
    return text.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
