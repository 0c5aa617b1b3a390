"""Least privilege: each role is one that the code needs, and each that it needs is there."""

import ast
import json
import re
from collections.abc import Mapping

import pytest

import function_app
from tests.infra import bicep

ROLES = (bicep.INFRA / "modules/roles.bicep").read_text(encoding="utf-8")
DIRECTORY = (bicep.INFRA / "directory.bicep").read_text(encoding="utf-8")
APP = (bicep.INFRA / "modules/function-app.bicep").read_text(encoding="utf-8")

TABLES = ("0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "dataStorage")
BLOBS = ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "hostStorage")
MAIL = ("09976791-48a7-449e-bb21-39d1a415f350", "mailService")
TELEMETRY = ("3913510d-42f4-4e42-8a64-420c390055eb", "insights")

OF_A_VENDOR = {
    "azure.data.tables": {TABLES},
    "azure.communication.email": {MAIL},
    "azure.core": set(),
    "azure.identity": set(),
    "azure.monitor.opentelemetry": {TELEMETRY},
}
"""What the identity needs for each library of Azure that an adapter imports."""
OF_THE_HOST = {
    "AzureWebJobsStorage__blobServiceUri": BLOBS,
    "AzureWebJobsStorage__queueServiceUri": ("974c5e8b-45b9-4653-ba55-5f855dd0fb88", "hostStorage"),
    "AzureWebJobsStorage__tableServiceUri": (TABLES[0], "hostStorage"),
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": TELEMETRY,
}
"""What the identity needs for each setting by which the host signs in."""
KINDS = {"httpTrigger", "http", "timerTrigger", "eventGridTrigger"}
"""Bindings for which the host uses blobs alone.

https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
"""


def given(text: str) -> set[tuple[str, str]]:
    """Return each role with what it is given on."""
    ids = bicep.variables(text)
    found = set()
    for resource in bicep.resources(text):
        if resource.kind == "Microsoft.Authorization/roleAssignments":
            properties = resource.body["properties"]
            assert isinstance(properties, Mapping)
            assert properties["principalId"] == "principalId"
            assert properties["principalType"] == "ServicePrincipal"
            name = re.search(r", (\w+)\)$", str(properties["roleDefinitionId"]))
            assert name is not None
            found.add((str(ids[name[1]]), str(resource.body["scope"])))
    return found


def needed() -> set[tuple[str, str]]:
    """Return each role with what the code needs it on."""
    host = bicep.variables(APP)["platformSettings"]
    assert isinstance(host, dict)
    found = {role for name, role in OF_THE_HOST.items() if name in host}
    for vendor in vendors():
        found |= OF_A_VENDOR[vendor]
    return found


def vendors() -> set[str]:
    """Return Azure's libraries that the product imports, but for that of the functions."""
    found = set()
    for path in (bicep.ROOT / "shared").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("azure."):
                parts = (node.module or "").split(".")
                found.add(".".join(parts[: 2 if parts[1] in {"core", "identity"} else 3]))
    return found


def test_the_identity_has_the_roles_that_the_code_needs_and_no_others() -> None:
    assert given(ROLES) == needed()


def test_every_role_assignment_is_in_one_file() -> None:
    files = [path for path in bicep.INFRA.rglob("*.bicep") if path.name != "roles.bicep"]
    assert not [path for path in files if "roleAssignments" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TABLES[0], "974c5e8b-45b9-4653-ba55-5f855dd0fb88"),
        ("scope: mailService", "scope: resourceGroup()"),
        ("var storageBlobDataOwner = 'b7e6dc6d", "var storageBlobDataOwner = 'ba92f5b4"),
    ],
    ids=["another role", "on everything", "another id"],
)
def test_a_role_that_is_not_needed_or_too_wide_is_noticed(old: str, new: str) -> None:
    assert old in ROLES
    assert given(ROLES.replace(old, new)) != needed()


def test_a_role_that_is_gone_is_noticed() -> None:
    without = ROLES.replace(
        "resource mail 'Microsoft.Authorization", "resource mail 'Microsoft.Nothing"
    )
    assert needed() - given(without) == {MAIL}


def test_the_bindings_are_such_as_need_blobs_of_the_host_alone() -> None:
    bound = {
        json.loads(raw)["type"]
        for function in function_app.build().get_functions()
        for raw in function.get_raw_bindings()
    }
    assert bound <= KINDS


def test_the_identity_may_do_in_the_directory_what_the_docs_say_and_no_more() -> None:
    permissions = bicep.variables(DIRECTORY)["graphPermissions"]
    told = (bicep.ROOT / "docs/security.md").read_text(encoding="utf-8")
    assert isinstance(permissions, list)
    assert set(map(str, permissions)) == set(re.findall(r"`([A-Z]\w+\.Read\w*(?:\.\w+)?)`", told))
