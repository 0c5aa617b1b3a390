"""The part of $filter that is served; all else is refused, as Graph refuses what it does not know.

    expression = comparison *("or" comparison)
    comparison = "(" expression ")"
               | "tags/any(" variable ":" expression over the variable ")"
               | name "eq" text
               | "startswith(" name "," text ")"

Texts are compared without regard to case, as the directory does.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from local.simulators.graph.errors import bad_request, malformed, unsupported

MAX_COMPARISONS = 15
FILTERABLE = ("id", "appId", "displayName")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

Predicate = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|\w+|[/():,])")


def is_guid(text: object) -> bool:
    """Whether this is a GUID with hyphens."""
    return isinstance(text, str) and GUID.fullmatch(text) is not None


def parsed_filter(text: str, names: Collection[str] = FILTERABLE) -> Predicate:
    """Return the predicate over objects that `text` means; GraphError if it is refused.

    `names` are the properties that may be compared; applications have tags too.
    """
    parser = _Parser(text)
    predicate = parser.expression(names)
    parser.take("")
    if parser.comparisons > MAX_COMPARISONS:
        raise unsupported(
            "Too many child clauses specified in search filter expression containing 'OR'"
            f" operators: {parser.comparisons}. Max allowed: {MAX_COMPARISONS}."
        )
    return predicate


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while match := _TOKEN.match(text, at):
        tokens.append(match[1])
        at = match.end()
    if text[at:].strip():
        raise malformed(f"Syntax error at position {at} in '{text}'.")
    return [*tokens, ""]


class _Parser:
    """Recursive descent; the empty token ends the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self.comparisons = 0

    def take(self, wanted: str | None = None) -> str:
        """Return the next token; GraphError if another one was wanted."""
        token = self._tokens[self._at]
        if wanted is not None and token.lower() != wanted:
            raise malformed(f"Syntax error: '{wanted}' expected in '{self._text}'.")
        self._at += bool(token)
        return token

    def _next_is(self, token: str) -> bool:
        return self._tokens[self._at].lower() == token

    def expression(self, names: Collection[str]) -> Predicate:
        """Parse comparisons of these names, joined by `or`."""
        either = [self._comparison(names)]
        while self._next_is("or"):
            self.take()
            either.append(self._comparison(names))
        return lambda record: any(each(record) for each in either)

    def _comparison(self, names: Collection[str]) -> Predicate:
        if self._next_is("("):
            self.take()
            inner = self.expression(names)
            self.take(")")
            return inner
        if self._next_is("tags") and names is FILTERABLE:
            return self._any_tag()
        self.comparisons += 1
        return self._startswith(names) if self._next_is("startswith") else self._equals(names)

    def _any_tag(self) -> Predicate:
        for token in ("tags", "/", "any", "("):
            self.take(token)
        variable = self.take()
        if not variable.isidentifier():
            raise malformed(f"Syntax error: a variable expected in '{self._text}'.")
        self.take(":")
        inner = self.expression((variable,))
        self.take(")")
        return lambda record: any(inner({variable: tag}) for tag in record["tags"])

    def _startswith(self, names: Collection[str]) -> Predicate:
        self.take("startswith")
        self.take("(")
        name = self._name(names)
        self.take(",")
        start = self._literal().casefold()
        self.take(")")
        return lambda record: record[name].casefold().startswith(start)

    def _equals(self, names: Collection[str]) -> Predicate:
        name = self._name(names)
        self.take("eq")
        value = self._literal()
        if name == "appId" and not is_guid(value):
            raise bad_request(
                "Invalid value specified for property 'appId' of resource 'Application'."
            )
        return lambda record: record[name].casefold() == value.casefold()

    def _name(self, names: Collection[str]) -> str:
        name = self.take()
        if name not in names:
            raise unsupported(f"Unsupported or invalid query filter clause specified for '{name}'.")
        return name

    def _literal(self) -> str:
        token = self.take()
        if not token.startswith("'"):
            raise malformed(f"Syntax error: a string expected in '{self._text}'.")
        return token[1:-1].replace("''", "'")
