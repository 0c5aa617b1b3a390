"""Which names a Bicep file uses: as near to its compiler as its grammar comes."""

from dataclasses import dataclass
from pathlib import Path

from tree_sitter import Node

from tests.infra.bicep import Value, parameters, tree, value

DECLARATIONS = {
    f"{kind}_declaration" for kind in ("parameter", "variable", "resource", "module", "output")
}
LAMBDA = "lambda_expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module as a file uses it."""

    symbol: str
    path: str
    params: dict[str, Value]


def modules(text: str) -> list[Module]:
    """Return the modules that a file is made of."""
    found = []
    for node in tree(text).named_children:
        if node.type == "module_declaration":
            name, path, body = node.named_children[0], node.named_children[1], node
            read = value(_object(body))
            assert isinstance(read, dict)
            params = read.get("params", {})
            assert isinstance(params, dict)
            found.append(Module(symbol=_text(name), path=_text(path).strip("'"), params=params))
    return found


def outputs(path: Path) -> set[str]:
    """Return the names of a file's outputs."""
    return {
        _text(node.named_children[0])
        for node in tree(path.read_text(encoding="utf-8")).named_children
        if node.type == "output_declaration"
    }


def outputs_used(text: str) -> set[tuple[str, str]]:
    """Return (module, output) for each `module.outputs.output`."""
    found = set()
    for node in _all(tree(text)):
        parts = _text(node).split(".")
        if node.type == "member_expression" and len(parts) > 2 and parts[1] == "outputs":
            found.add((parts[0], parts[2]))
    return found


def undeclared(text: str) -> set[str]:
    """Return the names that are used and not declared."""
    return _used(text) - _declared(text)


def unused(text: str) -> set[str]:
    """Return the parameters and variables that nothing uses."""
    variables = {
        _text(node.named_children[0])
        for node in tree(text).named_children
        if node.type == "variable_declaration" and _text(node.named_children[-1]) != "true"
    }
    return ({*parameters(text)} | variables) - _used(text)


def _declared(text: str) -> set[str]:
    found = set()
    for node in _all(tree(text)):
        if node.type in DECLARATIONS:
            found.add(_text(node.named_children[0]))
        elif node.type in {"loop_variable", "loop_enumerator"}:
            found.add(_text(node))
        elif node.type == LAMBDA or _is_a_plain_loop(node):
            found.add(_text(node.named_children[0]))
    return found


def _is_a_plain_loop(node: Node) -> bool:
    return node.type == "for_statement" and node.named_children[0].type == "identifier"


def _used(text: str) -> set[str]:
    return {
        _text(node)
        for node in _all(tree(text))
        if node.type == "identifier" and not _is_a_name_given(node)
    }


def _is_a_name_given(node: Node) -> bool:
    """Tell declarations, keys, decorators and functions from names that are used."""
    above = node.parent
    assert above is not None
    first = above.named_children[0] == node
    if above.type in DECLARATIONS or above.type in {"object_property", LAMBDA}:
        return first
    return above.type == "call_expression" and first


def _object(node: Node) -> Node:
    return next(each for each in reversed([*_all(node)]) if _is_body(each))


def _is_body(node: Node) -> bool:
    above = node.parent
    return (
        node.type == "object"
        and above is not None
        and above.type in {"module_declaration", "if_statement", "for_statement"}
    )


def _all(node: Node) -> list[Node]:
    found = [node]
    for child in node.children:
        found += _all(child)
    return found


def _text(node: Node) -> str:
    return (node.text or b"").decode()
