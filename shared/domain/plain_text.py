"""Text from anywhere, such as names, made fit for one line of a mail."""

import unicodedata

MAX_TEXT = 120
"""Characters of a name in a mail; a name may come from anywhere."""


def plain(text: str | None) -> str | None:
    """Return text that cannot break out of its line, at most MAX_TEXT long; None for nothing."""
    if text is None:
        return None
    kept = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in text
        if unicodedata.category(character) not in {"Cf", "Cs"}
    )
    words = " ".join(kept.split())
    if len(words) > MAX_TEXT:
        words = words[: MAX_TEXT - 1] + "…"
    return words or None
