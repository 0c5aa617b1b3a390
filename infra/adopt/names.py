"""How groups and applications are named where Graph wants one word."""

import re
import unicodedata
from hashlib import sha256

from shared.domain.applications import Application

MAX_WORD = 64
"""Graph's limit for a mailNickname."""

_DIGEST = 12
_OF_AN_ORGANISATION = re.compile(r"credential managers ([a-z]{2}-[a-z0-9-]+)")


def alike(name: str) -> str:
    """Return what two ways of writing one name have in common: case, and how accents are coded.

    Not `casefold`: it takes Strasse for Straße, which are two names.
    """
    return unicodedata.normalize("NFC", name).lower()


def group_key(name: str) -> str:
    """Return what tells groups apart by name: neither case nor the width of a space does."""
    return alike(" ".join(name.split()))


def group_word(name: str) -> str:
    """Return a group's uniqueName and mailNickname: the same word for the same name, always.

    "Credential managers NL-Organisation" has the word that partner-application.bicep gives it;
    any other name keeps what is ASCII of it and gets a digest, since two may be alike in the rest.
    """
    key = group_key(name)
    known = _OF_AN_ORGANISATION.fullmatch(key)
    word = f"credential-managers-{known[1]}" if known else ""
    if known and len(word) <= MAX_WORD:
        return word
    plain = unicodedata.normalize("NFKD", key).encode("ascii", "ignore").decode()
    start = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MAX_WORD - _DIGEST - 1].rstrip("-")
    return f"{start or 'group'}-{sha256(key.encode()).hexdigest()[:_DIGEST]}"


def unique_name(application: Application) -> str:
    """Return the uniqueName that an application gets, for good: Graph never changes one.

    Named by the pattern it is the one of partner-application.bicep, so that deploying this finds
    the application instead of making a second one. A name off the pattern may yet be mended.
    """
    if application.name is None:
        return f"partner-application-{application.client_id}"
    return application.display_name.lower()
