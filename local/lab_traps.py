"""The simulators' traps, as forms."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.lab_walk import PartError, Parts

SIMULATORS: Final = {"graph": "Graph", "mail": "Mail", "identity": "Identity"}
FIELD: Final = "parameter."
# On from the start, since the service is said to do so: switched off, it is a fault.
USUAL: Final = {("mail", "dedupe"), ("mail", "suppression_list")}
OK, DONE, REFUSED = 200, 204, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into the form of one trap."""

    part: str
    name: str
    form: Mapping[str, Any]

    def value(self, parameter: str, default: object) -> object:
        """Return a form's text as a value of the default's type; no number goes as it is."""
        text = self.form.get(FIELD + parameter)
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

    def values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form holds of these parameters, given with their defaults."""
        return {
            name: self.value(name, default)
            for name, default in parameters.items()
            # A browser leaves out the boxes that are not ticked.
            if FIELD + name in self.form or isinstance(default, bool)
        }


async def described(parts: Parts, typed: Typed | None) -> list[dict[str, Any]]:
    """Return each simulator with its traps, or with what is wrong with it.

    A form whose content was refused holds it still.
    """
    return list(await asyncio.gather(*(_simulator(parts, part, typed) for part in SIMULATORS)))


async def _simulator(parts: Parts, part: str, typed: Typed | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"part": part, "name": SIMULATORS[part], "traps": [], "fault": None}
    try:
        shown["traps"] = [_shown(part, trap, typed) for trap in await _traps(parts, part)]
    except PartError as fault:
        shown["fault"] = str(fault)
    return shown


def _shown(part: str, trap: Mapping[str, Any], typed: Typed | None) -> dict[str, Any]:
    current = {**trap["parameters"], **trap["value"]}
    refused = typed is not None and (typed.part, typed.name) == (part, trap["name"])
    if typed is not None and refused:
        current |= typed.values(trap["parameters"])
    fields = [
        {
            "name": name,
            "value": "" if current[name] is None else current[name],
            "kind": _kind(default),
        }
        for name, default in trap["parameters"].items()
    ]
    unusual = trap["on"] is not ((part, trap["name"]) in USUAL)
    return {**trap, "fields": fields, "unusual": unusual, "open": unusual or refused}


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


async def switch_on(parts: Parts, typed: Typed) -> None:
    """Switch a trap on with the form's parameters; PartError if the simulator refuses."""
    known = {trap["name"]: trap["parameters"] for trap in await _traps(parts, typed.part)}
    values = typed.values(known.get(typed.name, {}))
    status, text = await parts.ask("PUT", typed.part, f"/dev/traps/{typed.name}", values)
    if status == REFUSED:
        raise PartError(f"{typed.name} was not set: {text.decode()}.")
    if status != DONE:
        raise PartError(f"{typed.part} answered {status}.")


async def switch_off(parts: Parts, part: str, name: str) -> None:
    """Switch a trap off; PartError if the simulator refuses."""
    await parts.demand({DONE}, "DELETE", part, f"/dev/traps/{name}", None)


async def switch_all_off(parts: Parts) -> None:
    """Switch every trap of every simulator off; PartError if one refuses."""
    for part in SIMULATORS:
        await parts.demand({DONE}, "DELETE", part, "/dev/traps", None)
