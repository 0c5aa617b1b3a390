"""A client of the portal's API that holds every answer against the contract as it goes."""

import json
import re
from pathlib import Path
from typing import Any, Final
from uuid import uuid4  # noqa: TID251 - a client makes its Idempotency-Keys

import httpx
from jsonschema import Draft202012Validator, FormatChecker

import functions

CONTRACT: Final[dict[str, Any]] = json.loads(
    (Path(functions.__file__).parent / "openapi.json").read_text(encoding="utf-8")
)
SECURITY_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


def hold_to_contract(answer: httpx.Response) -> httpx.Response:
    """Return the answer; fail unless the contract declares its status, headers and body."""
    operation = _operation(answer.request.method, answer.request.url.path)
    declared = operation["responses"].get(str(answer.status_code))
    assert declared is not None, f"undeclared: {answer.request} {answer.status_code}"
    declared = _resolved(declared)
    for name, header in declared.get("headers", {}).items():
        described = _resolved(header)
        if described.get("required") or name in answer.headers:
            _valid(answer.headers.get(name), described["schema"])
    content = declared.get("content", {})
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if not content:
        assert answer.content == b""
    else:
        assert media_type in content, f"{media_type} is not declared"
        _valid(answer.json(), content[media_type]["schema"])
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    return answer


def _operation(method: str, path: str) -> dict[str, Any]:
    for template, item in CONTRACT["paths"].items():
        if method.lower() in item and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: dict[str, Any] = item[method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not in the contract")


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        target: Any = CONTRACT
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part


def _valid(value: object, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": CONTRACT["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


class Api:
    """The API as one user sees it."""

    def __init__(self, base_url: str, token: str | None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        self.http = httpx.Client(base_url=base_url, headers=headers, timeout=30)

    def close(self) -> None:
        self.http.close()

    def get(self, path: str) -> httpx.Response:
        return hold_to_contract(self.http.get(path))

    def list(self) -> httpx.Response:
        return self.get("/api/applications")

    def coverage(self) -> httpx.Response:
        return self.get("/api/coverage")

    def forecast(self, on: str) -> httpx.Response:
        return self.get(f"/api/forecast?on={on}")

    def create(
        self,
        client_id: str,
        body: object,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Post a body: bytes go as they are, anything else as JSON. A fresh key, unless given."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid4())}
        chosen = given if headers is None else headers
        path = f"/api/applications/{client_id}/secrets"
        return hold_to_contract(self.http.post(path, content=content, headers=chosen))

    def delete(self, client_id: str, key_id: str, query: str = "") -> httpx.Response:
        path = f"/api/applications/{client_id}/secrets/{key_id}{query}"
        return hold_to_contract(self.http.delete(path))
