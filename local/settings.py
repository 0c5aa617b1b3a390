"""Where the local stack reads its environment, its ports and the product's settings."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
DEFAULT_PORT_BASE: Final = 7070
DEFAULT_TABLES_PORT: Final = 10002
HIGHEST_PORT: Final = 65535


class SettingError(Exception):
    """A setting of the local stack can't be used; the text says which and why."""


def environment() -> dict[str, str]:
    """Return a copy of this process's environment."""
    return dict(os.environ)  # noqa: TID251 - the local stack's one place that reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where each part of the stack listens, on loopback."""

    lab: int
    functions: int
    graph: int
    mail: int
    identity: int
    tables: int

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Ports":
        """Return the ports that PORT_BASE and TABLES_PORT ask for; SettingError if unusable."""
        base = _port(values, "PORT_BASE", DEFAULT_PORT_BASE)
        return cls(
            lab=base,
            functions=base + 1,
            graph=base + 2,
            mail=base + 3,
            identity=base + 4,
            tables=_port(values, "TABLES_PORT", DEFAULT_TABLES_PORT),
        )

    def all(self) -> dict[str, int]:
        """Return the ports by the name of the part."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def address(self, part: str) -> str:
        """Return the base address of one part, without a slash at the end."""
        return f"http://127.0.0.1:{self.all()[part]}"


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    room = len(fields(Ports)) if name == "PORT_BASE" else 0
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HIGHEST_PORT - room:
        raise SettingError(f"{name}={text} is no port number.")
    return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSettings:
    """What local.settings.json says, in the shape that Core Tools read too."""

    source: str
    values: Mapping[str, str]
    cors: tuple[str, ...]

    def at(self, ports: Ports) -> dict[str, str]:
        """Return the values with the stack's own default addresses moved to `ports`."""
        moved = dict(zip(DEFAULT_PORTS.all().values(), ports.all().values(), strict=True))
        local = re.compile(rf"(?<=//)127\.0\.0\.1:({'|'.join(map(str, moved))})(?!\d)")
        return {
            name: local.sub(lambda found: f"127.0.0.1:{moved[int(found[1])]}", value)
            for name, value in self.values.items()
        }


DEFAULT_PORTS: Final = Ports.of({})


def product_settings(folder: Path = ROOT) -> ProductSettings:
    """Read local.settings.json, or the sample where there is none; SettingError if unreadable."""
    own = folder / "local.settings.json"
    path = own if own.exists() else folder / "local.settings.sample.json"
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        values = {name: str(value) for name, value in content["Values"].items()}
        origins = content.get("Host", {}).get("CORS", "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise SettingError(f"{path.name} can't be read: {fault!r}") from fault
    return ProductSettings(source=path.name, values=values, cors=origin_list(origins))


def origin_list(text: str) -> tuple[str, ...]:
    """Return the origins of a comma-separated list, without spaces and closing slashes."""
    return tuple(origin for part in text.split(",") if (origin := part.strip().rstrip("/")))
