"""Route templates as ASP.NET Core reads them, as far as the product uses them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

SEGMENT: Final = re.compile(r"\{(?P<all>\*{0,2})(?P<name>[A-Za-z_]\w*)\}")
# Kestrel decodes a path before it is matched, all but an escaped slash.
ESCAPED_SLASH: Final = re.compile("(%2f)", re.IGNORECASE)


class RouteError(Exception):
    """A route template that this host can't read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A template: literals, `{name}` for one segment, `{*name}` at the end for the rest."""

    pattern: re.Pattern[str]
    # A literal wins over a parameter, a parameter over the rest of the path, from the left.
    rank: tuple[int, ...]

    @classmethod
    def of(cls, template: str, prefix: str = "") -> "Route":
        """Read a template below the route prefix; RouteError if it is beyond this host."""
        whole = "/".join(part for part in (prefix.strip("/"), template.strip("/")) if part)
        segments = whole.split("/")
        parsed = [_segment(segment) for segment in segments]
        if any(rank == _REST for rank, _ in parsed[:-1]):
            raise RouteError(f"{template}: {{*name}} stands at the end only")
        pattern = "".join(part for _, part in parsed)
        return cls(
            pattern=re.compile(f"{pattern}/?", re.IGNORECASE),
            rank=tuple(rank for rank, _ in parsed),
        )

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the parameters if the decoded path (with its first slash) matches."""
        found = self.pattern.fullmatch(path)
        return None if found is None else found.groupdict(default="")


_LITERAL, _ONE, _REST = range(3)


def _segment(segment: str) -> tuple[int, str]:
    if "{" not in segment and "}" not in segment:
        return _LITERAL, "/" + re.escape(segment)
    found = SEGMENT.fullmatch(segment)
    if found is None:
        raise RouteError(f"{segment}: only {{name}} and {{*name}} are known here")
    if found["all"]:
        return _REST, f"(?:/(?P<{found['name']}>.*?))?"
    return _ONE, f"/(?P<{found['name']}>[^/]+)"


def decoded(raw_path: str) -> str:
    """Return the path as it is matched: decoded, escaped slashes kept, dot segments resolved."""
    parts = ESCAPED_SLASH.split(raw_path)
    whole = "".join(part if ESCAPED_SLASH.fullmatch(part) else unquote(part) for part in parts)
    kept: list[str] = []
    segments = whole.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
