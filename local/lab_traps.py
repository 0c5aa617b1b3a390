"""The simulators' traps, as forms."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from local.lab_walk import PartError, Parts

SIMULATORS: Final = {"graph": "Graph", "mail": "Mail", "identity": "Identity"}
FIELD: Final = "parameter."
# On from the start, since the service is said to do so: switched off, it is a fault.
USUAL: Final = {("mail", "dedupe")}
OK: Final = 200


async def described(parts: Parts) -> list[dict[str, Any]]:
    """Return each simulator with its traps, or with what is wrong with it."""
    return list(await asyncio.gather(*(_simulator(parts, part) for part in SIMULATORS)))


async def _simulator(parts: Parts, part: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"part": part, "name": SIMULATORS[part], "traps": [], "fault": None}
    try:
        shown["traps"] = [_shown(part, trap) for trap in await _traps(parts, part)]
    except PartError as fault:
        shown["fault"] = str(fault)
    return shown


def _shown(part: str, trap: Mapping[str, Any]) -> dict[str, Any]:
    current = {**trap["parameters"], **trap["value"]}
    fields = [
        {
            "name": name,
            "value": "" if current[name] is None else current[name],
            "kind": _kind(default),
        }
        for name, default in trap["parameters"].items()
    ]
    unusual = trap["on"] is not ((part, trap["name"]) in USUAL)
    return {**trap, "fields": fields, "unusual": unusual}


def _kind(default: object) -> str:
    if isinstance(default, bool):
        return "checkbox"
    return "text" if isinstance(default, str) else "number"


async def _traps(parts: Parts, part: str) -> list[dict[str, Any]]:
    status, body = await parts.ask("GET", part, "/dev/traps")
    if status != OK:
        raise PartError(f"{part} answered {status}.")
    traps: list[dict[str, Any]] = json.loads(body)["traps"]
    return traps


async def switch_on(parts: Parts, part: str, name: str, form: Mapping[str, Any]) -> None:
    """Switch a trap on with the form's parameters; PartError if the simulator refuses."""
    known = {trap["name"]: trap["parameters"] for trap in await _traps(parts, part)}
    values = {
        parameter: _value(form.get(FIELD + parameter), default)
        for parameter, default in known.get(name, {}).items()
        # A browser leaves out the boxes that are not ticked.
        if FIELD + parameter in form or isinstance(default, bool)
    }
    await parts.demand({204}, "PUT", part, f"/dev/traps/{name}", values)


async def switch_off(parts: Parts, part: str, name: str) -> None:
    """Switch a trap off; PartError if the simulator refuses."""
    await parts.demand({204}, "DELETE", part, f"/dev/traps/{name}", None)


async def switch_all_off(parts: Parts) -> None:
    """Switch every trap of every simulator off; PartError if one refuses."""
    for part in SIMULATORS:
        await parts.demand({204}, "DELETE", part, "/dev/traps", None)


def _value(text: str | None, default: object) -> object:
    """Return a form's text as a value of the default's type; what is no number goes as it is."""
    if isinstance(default, bool):
        return text is not None
    if isinstance(default, str):
        return text
    if not text:
        return None
    try:
        return float(text) if isinstance(default, float) else int(text)
    except ValueError:
        return text
