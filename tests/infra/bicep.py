"""Reads Bicep files with the grammar that editors use: there is no compiler to be had here.

It knows neither `extension` nor parameter files, so that those lines are put as variables first.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

ROOT: Final = Path(__file__).parents[2]
INFRA: Final = ROOT / "infra"
GRAPH_EXTENSION: Final = "extension microsoftGraphV1"

Value = str | list["Value"] | dict[str, "Value"]
"""What stands behind a name: an object, an array, a string's content, or the text as written."""

_PARSER: Final = Parser(Language(tree_sitter_bicep.language()))
_UNREAD: Final = (
    (re.compile(r"(?m)^extension (\w+)$"), r"var \1 = true"),
    (re.compile(r"(?m)^using ('.*')$"), r"var using = \1"),
)
_ASSIGNED: Final = (re.compile(r"(?m)^param (\w+) ="), r"var \1 =")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource as a file declares it; `body` without loops and conditions around it."""

    symbol: str
    kind: str
    version: str
    is_existing: bool
    body: Mapping[str, Value]


def files() -> list[Path]:
    """Return every Bicep file, parameter files included."""
    return sorted([*INFRA.rglob("*.bicep"), *INFRA.rglob("*.bicepparam")])


def is_of_the_directory(path: Path) -> bool:
    return GRAPH_EXTENSION in path.read_text(encoding="utf-8").splitlines()


def tree(text: str, *, assigns: bool = False) -> Node:
    """Parse a file's text; `assigns` for a parameter file."""
    for pattern, replacement in (*_UNREAD, *([_ASSIGNED] if assigns else [])):
        text = pattern.sub(replacement, text)
    return _PARSER.parse(text.encode()).root_node


def faults(text: str, *, assigns: bool = False) -> list[str]:
    """Return where a text is no Bicep, by line."""
    return [
        f"line {node.start_point.row + 1}: {_text(node)[:60]!r}"
        for node in _all(tree(text, assigns=assigns))
        if node.is_error or node.is_missing
    ]


def resources(text: str) -> list[Resource]:
    """Return the resources that a file declares."""
    return [
        _resource(node) for node in tree(text).named_children if node.type == "resource_declaration"
    ]


def variables(text: str) -> dict[str, Value]:
    """Return the variables of a file by name."""
    return {
        _text(node.named_children[0]): value(node.named_children[-1])
        for node in tree(text).named_children
        if node.type == "variable_declaration"
    }


def parameters(text: str) -> dict[str, Value | None]:
    """Return the parameters of a file with their defaults; None where one has to be given."""
    found: dict[str, Value | None] = {}
    for node in tree(text).named_children:
        if node.type == "parameter_declaration":
            name, *others = node.named_children
            found[_text(name)] = value(others[-1]) if len(others) > 1 else None
    return found


def decorators(text: str) -> dict[str, dict[str, list[Value]]]:
    """Return what stands above each parameter and output: arguments by the decorator's name."""
    found: dict[str, dict[str, list[Value]]] = {}
    above: dict[str, list[Value]] = {}
    for node in tree(text).named_children:
        if node.type == "decorators":
            above = dict(_decorator(each.named_children[0]) for each in node.named_children)
        elif node.type in {"parameter_declaration", "output_declaration"}:
            found[f"{node.type.split('_')[0]} {_text(node.named_children[0])}"] = above
            above = {}
    return found


def values(text: str, name: str) -> Iterator[Value]:
    """Yield what stands behind each property of a name, wherever in the file."""
    for node in _all(tree(text)):
        if node.type == "object_property" and _key(node) == name:
            yield value(node.named_children[-1])


def value(node: Node) -> Value:
    """Return the value of an expression, as far as it is written down."""
    if node.type == "object":
        pairs = [each for each in node.named_children if each.type == "object_property"]
        return {_key(each): value(each.named_children[-1]) for each in pairs}
    if node.type == "array":
        return [value(each) for each in node.named_children if each.type != "comment"]
    if node.type == "string":
        return _text(node).strip("'")
    return _text(node)


def _resource(node: Node) -> Resource:
    name, kind, body = node.named_children[0], node.named_children[1], node.named_children[-1]
    while body.type in {"for_statement", "if_statement"}:
        body = body.named_children[-1]
    read = value(body)
    assert isinstance(read, dict), _text(node)
    full, version = _text(kind).strip("'").split("@")
    existing = any(each.type == "existing" for each in node.children)
    return Resource(symbol=_text(name), kind=full, version=version, is_existing=existing, body=read)


def _decorator(call: Node) -> tuple[str, list[Value]]:
    name, arguments = call.named_children
    return _text(name), [value(each) for each in arguments.named_children]


def _key(node: Node) -> str:
    return _text(node.named_children[0]).strip("'")


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode()
