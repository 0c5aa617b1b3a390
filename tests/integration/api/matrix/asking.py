"""Turns a cell into a request."""

import json
from dataclasses import dataclass
from datetime import timedelta

import httpx

from tests.integration.api.matrix.oracle import Cell
from tests.integration.api.matrix.tenancy import Tenancy
from tests.support.stack import Stack
from tests.support.worlds import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A cell's answer. `trace` names the request wherever it left something."""

    cell: Cell
    trace: str
    answer: httpx.Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A client that keeps its connection and names each request."""

    tenancy: Tenancy
    http: httpx.Client

    def ask(self, cell: Cell, trace: str) -> Asked:
        """Ask; `trace` is 32 hex digits of which the last 16 are not all 0."""
        headers = [("traceparent", f"00-{trace}-{trace[16:]}-01")]
        address, query = _address(cell, self.tenancy), _query(cell)
        if cell.principal.has_token:
            token = self.tenancy.token(cell.principal, cell.flaw)
            headers += cell.flaw.carried(token)
            query += [each.format(token=token) for each in cell.flaw.query]
        content = None
        if cell.operation.takes_body:
            content = _wish(cell)
            headers += _about_wish(cell)
        if query:
            address = f"{address}?{'&'.join(query)}"
        answer = self.http.request(cell.operation.method, address, headers=headers, content=content)
        return Asked(cell=cell, trace=trace, answer=answer)


def _address(cell: Cell, tenancy: Tenancy) -> str:
    operation, thing = cell.operation, cell.thing
    if not operation.concerns_application:
        return operation.template
    target = tenancy.target(operation, cell.principal, thing)
    return operation.template.format(
        clientId=thing.spelled(target.named), keyId=thing.key_spelled(target.key_id)
    )


def _query(cell: Cell) -> list[str]:
    if cell.operation.is_about_a_day:
        return [f"on={Stack.now().date().isoformat()}"]
    confirms = cell.operation.concerns_secret and cell.thing.is_confirmed
    return ["confirmLast=true"] if confirms else []


def _about_wish(cell: Cell) -> list[tuple[str, str]]:
    key = [("Idempotency-Key", new_id())] if cell.thing.names_wish else []
    return [("Content-Type", cell.thing.media_type), *key]


def _wish(cell: Cell) -> bytes:
    if cell.thing.wish is not None:
        return cell.thing.wish
    day = (Stack.now() + timedelta(days=100)).date().isoformat()
    return json.dumps({"displayName": "Secret by JD", "expiresOn": day}).encode()
