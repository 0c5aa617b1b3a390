"""Requests made from the contract: right ones, wrong ones, and some that come close to the mark."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import schemathesis
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode

from tests.support.api import CONTRACT
from tests.support.stack import Stack
from tests.support.worlds import MICROSOFT_GRAPH, Record, credential, new_id

PRINTABLE: Final = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)
HEADERS: Final = (
    "Accept",
    "Accept-Language",
    "Cookie",
    "If-Match",
    "Origin",
    "Range",
    "Referer",
    "traceparent",
    "tracestate",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
    "X-Original-URL",
)
"""Of any request: what the contract has no word for must make no difference."""

LONGEST: Final = "x" * 64
NAMES: Final = ("Secret by JD", " Ünal ", LONGEST, "\u202eterces")
KEY: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
MOSTLY: Final = st.sampled_from((True, True, True, False))
MEDIA_TYPES: Final = ("application/json; charset=utf-8", "text/plain", "application/xml", "json")
DAYS: Final = (100, 1, 30, 200, 364, 0, 366)
SCHEMA: Final = schemathesis.openapi.from_dict(CONTRACT)
Label = tuple[str, str]
"""An operation's method and path."""

LABELS: Final[Sequence[Label]] = tuple(
    (method.upper(), path) for path, item in CONTRACT["paths"].items() for method in item
)


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """A tenant that may be written, and whose ids random text would never hit."""

    manager: Record
    clients: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=lambda: [new_id() for _ in range(4)])
    """Idempotency-Keys, few enough to be repeated."""

    days: list[str] = field(default_factory=list)


def sandbox(product: Stack) -> Sandbox:
    """Load a tenant: most of its applications are the manager's."""
    world, now = product.world(), product.now()
    manager = world.user()
    own = world.group(manager, operations=True)
    for _ in range(20):
        world.application(own, secrets=[credential(now, 100 + number) for number in range(2)])
    world.application(own, secrets=[credential(now, 100)])
    world.application(own, permissions=[(MICROSOFT_GRAPH, "Role")])
    world.application(world.group(world.user("Erika Mustermann")), secrets=[credential(now, 100)])
    product.load(world)
    return Sandbox(
        manager=manager,
        clients=[each["appId"] for each in world.applications],
        keys=[key["keyId"] for each in world.applications for key in each["passwordCredentials"]],
        days=[(now + timedelta(days=ahead)).date().isoformat() for ahead in DAYS],
    )


@st.composite
def cases(draw: st.DrawFn, label: Label, mode: GenerationMode, known: Sandbox) -> Case[Any]:
    """Draw a request of an operation, most of whose sound values are the sandbox's."""
    method, path = label
    case = draw(SCHEMA[path][method].as_strategy(generation_mode=mode))
    body = case.body if isinstance(case.body, dict) else {}
    for given, name, is_sound, values in (
        (case.path_parameters, "clientId", _is_text, known.clients),
        (case.path_parameters, "keyId", _is_text, known.keys),
        (case.headers, "Idempotency-Key", _is_key, known.wishes),
        (case.query, "on", _is_day, known.days),
        (body, "displayName", _is_name, NAMES),
        (body, "expiresOn", _is_day, known.days),
    ):
        if is_sound(given.get(name)) and draw(MOSTLY):
            given[name] = draw(st.sampled_from(values))
    return case


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= len(LONGEST)


def _is_key(value: object) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    return isinstance(value, str) and DAY.fullmatch(value) is not None


def noise() -> SearchStrategy[dict[str, str]]:
    """Return headers that no operation asks for, now and then another type of body."""
    # What surrounds a header's value is no part of it.
    values = PRINTABLE.map(str.strip)
    some = st.dictionaries(st.sampled_from(HEADERS), values, max_size=3)
    typed = st.sampled_from(MEDIA_TYPES).map(lambda each: {"Content-Type": each})
    return MOSTLY.flatmap(lambda plain: some if plain else typed)


def queries() -> SearchStrategy[dict[str, str]]:
    """Return query parameters that no operation asks for."""
    return st.dictionaries(
        st.sampled_from(("access_token", "code", "$filter", "x")), PRINTABLE, max_size=2
    )


def tokens(sound: str | None) -> SearchStrategy[str | None]:
    """Return what a caller shows: the sound token, or without one whatever comes to mind."""
    if sound is not None:
        return st.just(f"Bearer {sound}")
    schemes = st.sampled_from(("Bearer ", "bearer ", "Basic ", ""))
    return st.none() | st.builds("".join, st.tuples(schemes, PRINTABLE)).map(str.strip)
