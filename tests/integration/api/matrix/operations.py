"""What can be asked, read from the contract: an operation that is added there joins by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.support.api import CONTRACT

READS: Final = frozenset({"get", "head", "options"})
KNOWN_PARAMETERS: Final = frozenset({"clientId", "keyId", "Idempotency-Key", "confirmLast", "on"})
CREDENTIAL_MANAGEMENT: Final = "credential_management"
WISH: Final = "#/components/schemas/NewSecret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation of the contract. `success` is the first 2xx that it declares."""

    name: str
    method: str
    template: str
    success: int
    is_secured: bool
    role: str
    """The app role that it needs; empty where it is open to anyone."""

    is_change: bool
    takes_body: bool
    parameters: frozenset[str]

    def __str__(self) -> str:
        return self.name

    @property
    def concerns_application(self) -> bool:
        return "clientId" in self.parameters

    @property
    def concerns_secret(self) -> bool:
        return "keyId" in self.parameters

    @property
    def is_about_a_day(self) -> bool:
        return "on" in self.parameters

    @property
    def is_for_managers(self) -> bool:
        return self.role == CREDENTIAL_MANAGEMENT

    @property
    def is_attempt(self) -> bool:
        """Whether it belongs in the audit."""
        return self.is_change and self.concerns_application

    @property
    def write(self) -> str:
        """What Graph is asked for where it is allowed."""
        return "removePassword" if self.concerns_secret else "addPassword"


def _operation(method: str, template: str, described: Mapping[str, Any]) -> Operation:
    parameters = described.get("parameters", [])
    needed = {each["name"] for each in parameters if each["required"]}
    assert needed <= KNOWN_PARAMETERS, f"the matrix cannot fill in {needed - KNOWN_PARAMETERS}"
    assert bool(described["security"]) == ("x-role" in described), "which role does it need?"
    body = described.get("requestBody")
    schema = body and body["content"]["application/json"]["schema"]
    assert schema in (None, {"$ref": WISH}), f"the matrix cannot fill in {schema}"
    return Operation(
        name=described["operationId"],
        method=method.upper(),
        template=template,
        success=min(int(status) for status in described["responses"] if status.startswith("2")),
        is_secured=bool(described["security"]),
        role=described.get("x-role", ""),
        is_change=method not in READS,
        takes_body=body is not None,
        parameters=frozenset(each["name"] for each in parameters),
    )


OPERATIONS: Final = tuple(
    _operation(method, template, described)
    for template, item in CONTRACT["paths"].items()
    for method, described in item.items()
)
SECURED: Final = tuple(operation for operation in OPERATIONS if operation.is_secured)
OPEN: Final = tuple(operation for operation in OPERATIONS if not operation.is_secured)
