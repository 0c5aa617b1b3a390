"""Values that may show in one place alone, and every disguise in which they could slip through."""

import base64
import html
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~"
HALF = 15
SPOKEN_DIFFERENTLY = '"\\</é+&'
"""Each of these looks different in some encoding."""


def half() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(HALF))


def canary(family: str | None = None) -> str:
    """Return a value in Entra's shape, with what encodings change in its middle.

    A family is the first half of many: where it does not show in any disguise, none of them does.
    """
    return f"Q_e8Q~{family or half()}{SPOKEN_DIFFERENTLY}{half()}"


def disguises(text: str) -> Mapping[str, str]:
    """Return what a text looks like in each encoding, its two halves alone included."""
    return dict(_disguises(text))


def _disguises(text: str) -> Iterator[tuple[str, str]]:
    yield "plain", text
    yield "first half", text[-2 * HALF - len(SPOKEN_DIFFERENTLY) :][:HALF]
    yield "second half", text[-HALF:]
    yield "reversed", text[::-1]
    yield "changed case", text.swapcase()
    yield "JSON", json.dumps(text)[1:-1]
    yield "JSON in UTF-8", json.dumps(text, ensure_ascii=False)[1:-1]
    yield "JSON in JSON", json.dumps(json.dumps(text))[3:-3]
    yield "JSON by numbers", "".join(f"\\u{ord(each):04x}" for each in text)
    yield "repr", repr(text)[1:-1]
    yield "HTML", html.escape(text)
    yield "percent", quote(text, safe="")
    yield "percent in lower case", quote(text, safe="").lower()
    yield "percent of a path", quote(text)
    yield "form", quote_plus(text)
    for charset in ("utf-8", "utf-16-le", "utf-16-be"):
        yield from _disguised(text.encode(charset), charset)


def _disguised(raw: bytes, charset: str) -> Iterator[tuple[str, str]]:
    yield f"bytes of {charset}", repr(raw)[2:-1]
    yield f"{charset} read as Latin-1", raw.decode("latin-1")
    yield f"hex of {charset}", raw.hex()
    yield f"upper hex of {charset}", raw.hex().upper()
    yield f"spaced hex of {charset}", raw.hex(" ")
    yield f"reversed bytes of {charset}", raw[::-1].hex()
    for before in range(3):
        yield f"base64 of {charset} after {before}", _base64_after(before, raw)
        safe = _base64_after(before, raw).replace("+", "-").replace("/", "_")
        yield f"base64url of {charset} after {before}", safe


def _base64_after(before: int, raw: bytes) -> str:
    """Return the base64 digits that the bytes alone decide, behind so many others."""
    whole = base64.b64encode(bytes(before) + raw).decode()
    return whole[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]


def shown(text: str, places: Mapping[str, str]) -> list[str]:
    """Return in which places a text shows, and how; each place is named once."""
    looks = disguises(text)
    return [
        f"{place}: {name}"
        for place, content in places.items()
        for name in [next((name for name, look in looks.items() if look in content), None)]
        if name is not None
    ]


def leaks(texts: Iterable[str], places: Mapping[str, str]) -> list[str]:
    """Return all that shows of any of the texts."""
    return [found for text in texts for found in shown(text, places)]
