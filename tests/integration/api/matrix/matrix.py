"""Asks every cell, and holds each answer, and what it left behind, against the rules."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final

import httpx
from jsonschema import ValidationError

from tests.integration.api.matrix.asking import Asked, Asker
from tests.integration.api.matrix.audit import Attempt, audit_faults
from tests.integration.api.matrix.flaws import FLAWS, SOUND, Flaw
from tests.integration.api.matrix.operations import OPERATIONS, Operation
from tests.integration.api.matrix.oracle import RULES, Cell, Expected, Rule
from tests.integration.api.matrix.principals import MANAGER, PRINCIPALS, Principal
from tests.integration.api.matrix.tenancy import Target, Tenancy, key_ids, things_of
from tests.integration.api.matrix.things import FOREIGN_ONE, MALFORMED, NO_THING, OWN, Thing
from tests.support.api import hold_to_contract
from tests.support.stack import Stack
from tests.support.worlds import Record

NEW_EACH_TIME: Final = frozenset({"x-trace-id", "date"})
NO_TRACE: Final = b"0" * 32

Plan = Callable[[Operation, Principal], Iterator[Cell]]


def cells(operation: Operation, principal: Principal) -> Iterator[Cell]:
    """Yield all that one principal tries with one operation, with flawed tokens first."""
    for flaw in _flaws(operation, principal):
        for thing in _tried_in_vain(operation, principal):
            yield Cell(operation=operation, principal=principal, flaw=flaw, thing=thing)
    things = things_of(operation, principal) if operation.concerns_application else (NO_THING,)
    for thing in things:
        yield Cell(operation=operation, principal=principal, flaw=SOUND, thing=thing)


def told(faults: Sequence[str]) -> str:
    """Return the first faults, one a line."""
    return "\n".join([f"{len(faults)} cells or rows are wrong, among them:", *faults[:10]])


def _flaws(operation: Operation, principal: Principal) -> Sequence[Flaw]:
    """Return every flaw for the manager, every second one in turn for anybody else."""
    if principal is MANAGER:
        return FLAWS
    if not principal.has_token or not operation.is_secured:
        return ()
    return FLAWS[PRINCIPALS.index(principal) % 2 :: 2]


def _tried_in_vain(operation: Operation, principal: Principal) -> Sequence[Thing]:
    if not operation.concerns_application:
        return (NO_THING,)
    return (OWN, FOREIGN_ONE, MALFORMED) if principal is MANAGER else (OWN,)


@dataclass(slots=True, kw_only=True, repr=False)
class Matrix:
    """The cells that have been asked; a group of them (operation, principal) is asked once.

    `plan` yields the cells of a group.
    """

    product: Stack
    tenancy: Tenancy
    asker: Asker
    plan: Plan = cells
    rules: Sequence[Rule] = RULES
    run: str = field(default_factory=lambda: token_hex(8))
    asked: int = 0
    decided: set[str] = field(default_factory=set)
    """The words of the rules that have decided a cell."""

    changes: dict[str, set[str]] = field(default_factory=dict)
    """By client id: the key ids that were rightly made or removed."""

    _groups: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _told: dict[tuple[int, str], bytes] = field(default_factory=dict)
    _not_found: httpx.Response | None = None

    def faults(self, operation: Operation, principal: Principal) -> list[str]:
        """Return what is wrong in a group, each fault with its cell and rule."""
        known = (operation.name, principal.name)
        if known not in self._groups:
            self._groups[known] = [*self._group(operation, principal)]
        return self._groups[known]

    def complete(self) -> None:
        """Ask what has not been asked yet."""
        for operation in OPERATIONS:
            for principal in self.tenancy.principals:
                self.faults(operation, principal)

    def wrongly_changed(self) -> dict[str, set[str]]:
        """Return by client id the key ids that were made or removed and should not have been."""
        before = self.tenancy.secrets()
        after = key_ids(self.product.dev("GET", self.product.graph, "world")["applications"])
        changed = {client_id: before[client_id] ^ keys for client_id, keys in after.items()}
        wrong = {each: keys ^ self.changes.get(each, set()) for each, keys in changed.items()}
        return {client_id: keys for client_id, keys in wrong.items() if keys}

    def next_trace(self) -> str:
        """Return the trace id of the next request; in the order of time they are in order."""
        self.asked += 1
        return f"{self.run}{self.asked:016x}"

    def _group(self, operation: Operation, principal: Principal) -> Iterator[str]:
        self.product.dev("DELETE", self.product.graph, "requests")
        attempts: list[Attempt] = []
        for cell in self.plan(operation, principal):
            rule = next(rule for rule in self.rules if rule.applies(cell))
            self.decided.add(rule.words)
            asked = self.asker.ask(cell, self.next_trace())
            for fault in self._wrong(asked, rule.expected):
                yield f"{cell} {fault}, but {rule.words}"
            if operation.is_attempt:
                attempts.append(self._attempt(asked, rule.expected))
        if attempts:
            yield from audit_faults(self.product, attempts)

    def _wrong(self, asked: Asked, expected: Expected) -> Iterator[str]:
        cell, answer = asked.cell, asked.answer
        status = expected.status or cell.operation.success
        if answer.status_code != status:
            yield f"was {answer.status_code} {answer.text:.200}"
        elif expected.code is not None:
            yield from self._wrong_words(asked, expected.code)
        elif cell.operation.name == "list_applications":
            yield from self._wrongly_listed(cell.principal, answer)
        yield from _breaches(answer)
        if cell.operation.is_secured and answer.headers.get("x-trace-id") != asked.trace:
            yield "lost its trace id"
        if expected.writes and answer.status_code == status:
            self._remember(asked)
        yield from self._wrong_requests(cell, expected)

    def _wrong_words(self, asked: Asked, code: str) -> Iterator[str]:
        answer = asked.answer
        if f'"code":"{code}"' not in answer.text:
            yield f"said {answer.text:.200}"
        if answer.status_code == httpx.codes.NOT_FOUND:
            yield from self._tells_apart(answer)
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            # Refused for the caller's sake: whatever the thing, in the same bytes but the trace id.
            same = answer.content.replace(asked.trace.encode(), NO_TRACE)
            if self._told.setdefault((answer.status_code, code), same) != same:
                yield f"was told in other words: {answer.text}"

    def _tells_apart(self, answer: httpx.Response) -> Iterator[str]:
        if self._not_found is None:
            self._not_found = answer
        if answer.content != self._not_found.content:
            yield f"has another body: {answer.text:.300}"
        if _lasting(answer) != _lasting(self._not_found):
            yield f"has other headers: {answer.headers}"

    def _wrongly_listed(self, principal: Principal, answer: httpx.Response) -> Iterator[str]:
        shown = {each["clientId"]: each["canWrite"] for each in answer.json()["applications"]}
        if wrong := shown.items() ^ self.tenancy.listed(principal).items():
            yield f"lists wrongly: {wrong}"

    def _wrong_requests(self, cell: Cell, expected: Expected) -> Iterator[str]:
        requests = [each["path"] for each in self.product.graph_requests() if _is_of_cell(each)]
        if requests:
            self.product.dev("DELETE", self.product.graph, "requests")
        if requests and not expected.asks:
            yield f"asked the directory: {requests}"
        writes = [path for path in requests if path.endswith("Password")]
        if writes != self._writes(cell, expected):
            yield f"wrote {writes}"

    def _writes(self, cell: Cell, expected: Expected) -> list[str]:
        if not expected.writes:
            return []
        target = self.tenancy.target(cell.operation, cell.principal, cell.thing)
        return [f"/v1.0/applications/{target.object_id}/{cell.operation.write}"]

    def _remember(self, asked: Asked) -> None:
        cell = asked.cell
        target = self.tenancy.target(cell.operation, cell.principal, cell.thing)
        self.changes.setdefault(target.client_id, set()).add(_key_id(asked, target))

    def _attempt(self, asked: Asked, expected: Expected) -> Attempt:
        cell = asked.cell
        target = self.tenancy.target(cell.operation, cell.principal, cell.thing)
        is_named = cell.thing.is_id and expected.is_named
        row = {
            "PartitionKey": target.named if is_named else "refused",
            "action": cell.operation.name,
            "outcome": expected.outcome or "",
            "reason": expected.reason,
            "keyId": _key_id(asked, target) if expected.is_judged else "",
            "oid": self.tenancy.people[cell.principal.name].user["id"],
        }
        return Attempt(trace=asked.trace, cell=str(cell), row=row if expected.outcome else None)


def _key_id(asked: Asked, target: Target) -> str:
    """Return which secret the request was about; empty for one that was not made."""
    if asked.cell.operation.concerns_secret:
        return target.key_id
    key_id: str = asked.answer.json()["keyId"] if asked.answer.is_success else ""
    return key_id


def _breaches(answer: httpx.Response) -> Iterator[str]:
    # The contract finds its operation by the decoded path, in which an escaped slash is a slash.
    if b"%2F" in answer.request.url.raw_path:
        return
    try:
        hold_to_contract(answer)
    except (AssertionError, ValidationError) as breach:
        yield f"breaks the contract: {str(breach).partition(chr(10))[0]}"


def _lasting(answer: httpx.Response) -> list[tuple[str, str]]:
    return sorted(
        header for header in answer.headers.multi_items() if header[0] not in NEW_EACH_TIME
    )


def _is_of_cell(request: Record) -> bool:
    """Tell requests about applications and memberships from those of a notice that comes late."""
    return any(word in request["path"] for word in ("/applications", "checkMemberGroups"))
