"""Faults that a simulator shows when told to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

WORDS = {bool: "true or false", float: "a number", int: "a whole number", str: "a text"}


def slash_collapsing(path: str) -> str:
    """Return the path with runs of slashes made one: Graph's SDK asks for `/v1.0//applications`."""
    return re.sub(r"/{2,}", "/", path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A fault that can be switched on. Every trap also takes `times` (null: until switched off).

    `parameters` are the defaults and give the types (null: an integer or null); `nullable` names
    further ones that may be set to null; `choices` holds the values of those that take only a few.
    A trap with `method` or `pathContains` fires for matching requests only ("" matches all).
    """

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    nullable: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, Any]:
        """All parameters with their defaults."""
        return {**self.parameters, "times": None}

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the defaults overlaid by `values`; ValueError if one is unknown or ill-typed."""
        for name, value in values.items():
            self._check(name, value)
        return {**self.defaults, **values}

    def _check(self, name: str, value: object) -> None:
        if name not in self.defaults:
            raise ValueError(f"{self.name} has no parameter {name}")
        default = self.defaults[name]
        if value is None and (default is None or name in self.nullable):
            return
        kind = int if default is None else type(default)
        if type(value) is not kind and (type(value), kind) != (int, float):
            raise ValueError(f"{name} must be {WORDS[kind]}")
        if isinstance(value, int | float) and value < (name == "times"):
            raise ValueError(f"{name} is too small")
        if name in self.choices and value not in self.choices[name]:
            raise ValueError(f"{name} must be one of {', '.join(map(str, self.choices[name]))}")


class Traps:
    """The traps of one simulator. An unknown name is a KeyError."""

    def __init__(self, traps: Iterable[Trap]) -> None:
        self._known = {trap.name: trap for trap in traps}
        self._on: dict[str, dict[str, Any]] = {}

    def switch_on(self, name: str, values: Mapping[str, Any]) -> None:
        """Switch on with these parameters, defaults for the others; ValueError if one is wrong."""
        self._on[name] = self._known[name].checked(values)

    def switch_off(self, name: str) -> None:
        """Switch off; nothing happens if it is off."""
        self._on.pop(self._known[name].name, None)

    def switch_all_off(self) -> None:
        """Switch every trap off."""
        self._on.clear()

    def value(self, name: str) -> Mapping[str, Any] | None:
        """Return the parameters if the trap is on, without counting it as fired."""
        return self._on.get(self._known[name].name)

    def fire(self, name: str, request: web.BaseRequest | None = None) -> Mapping[str, Any] | None:
        """Return the parameters if the trap is on and `request` matches, and count it as fired."""
        value = self.value(name)
        if value is None or (request is not None and not _matches(value, request)):
            return None
        if value["times"] is not None:
            self._on[name]["times"] -= 1
        if value["times"] == 0:
            self.switch_off(name)
        return value

    def described(self) -> list[dict[str, Any]]:
        """Return each trap as `GET /dev/traps` shows it; `value` is empty while it is off."""
        return [
            {
                "name": trap.name,
                "description": trap.description,
                "parameters": trap.defaults,
                "on": trap.name in self._on,
                "value": self._on.get(trap.name, {}),
            }
            for trap in self._known.values()
        ]


def _matches(value: Mapping[str, Any], request: web.BaseRequest) -> bool:
    return value.get("method", "").upper() in {"", request.method} and value.get(
        "pathContains", ""
    ) in slash_collapsing(request.path)
