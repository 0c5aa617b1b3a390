"""azd's hooks take the steps in their order, with an az and an azd that only write down."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA

ANSWERS = {
    "properties.outputs.domainId.value": "/domain",
    "properties.outputs.pageUrl.value": "https://func.example/manage-clients",
    "properties.outputs.identityPrincipalId.value": "the-identity",
    "properties.outputs.clientId.value": "the-portal",
    "properties.outputs.servicePrincipalId.value": "its-principal",
}
AZ = """#!/usr/bin/env python3
import json, os, pathlib, sys
said = sys.argv[1:]
with open(os.environ['CALLS'], 'a') as calls:
    calls.write(json.dumps([pathlib.Path(sys.argv[0]).name, *said]) + '\\n')
query = said[said.index('--query') + 1] if '--query' in said else ''
if said[0] == 'resource':
    print(os.environ['STATES'])
print(json.loads(os.environ['ANSWERS']).get(query, ''))
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    for name in ("az", "azd"):
        (tmp_path / name).write_text(AZ)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(hook: str, tools: Path, **settings: str) -> tuple[int, list[list[str]], str]:
    """Run a hook; return its exit code, what it called, and what it said."""
    given = {
        "PATH": f"{tools}:{os.defpath}:{Path(sys.executable).parent}",
        "CALLS": str(tools / "calls"),
        "ANSWERS": json.dumps(ANSWERS),
        "STATES": "Verified\tVerified\tVerified\tVerified",
        "AZURE_RESOURCE_GROUP": "rg",
        **settings,
    }
    ended = subprocess.run(  # noqa: S603 - our own script
        [INFRA / "hooks" / hook], env=given, capture_output=True, text=True, check=False
    )
    calls = tools / "calls"
    lines = calls.read_text().splitlines() if calls.exists() else []
    return ended.returncode, [json.loads(line) for line in lines], ended.stderr


def deployments(calls: list[list[str]]) -> list[str]:
    return [
        call[call.index("--name") + 1]
        for call in calls
        if call[1:4] == ["deployment", "group", "create"]
    ]


def kept(calls: list[list[str]]) -> dict[str, str]:
    return {call[3]: call[4] for call in calls if call[0] == "azd"}


def test_domain_then_identity_then_directory_which_learns_its_own_name(tools: Path) -> None:
    code, calls, said = run("prepare.sh", tools)
    assert (code, said) == (0, "")
    assert deployments(calls) == ["mail-domain", "identity", "directory", "directory"]
    named = [call[-1] for call in calls if "directory" in call and "create" in call]
    assert named == ["portalClientId=", "portalClientId=the-portal"]
    assert kept(calls) == {
        "PORTAL_CLIENT_ID": "the-portal",
        "PORTAL_SERVICE_PRINCIPAL_ID": "its-principal",
        "IDENTITY_PRINCIPAL_ID": "the-identity",
    }


def test_a_registration_that_is_known_never_loses_its_name(tools: Path) -> None:
    _, calls, _ = run("prepare.sh", tools, PORTAL_CLIENT_ID="the-portal")
    named = [call[-1] for call in calls if "directory" in call and "create" in call]
    assert named == ["portalClientId=the-portal"]


def test_nothing_is_made_before_the_mail_domain_is_verified(tools: Path) -> None:
    code, calls, said = run("prepare.sh", tools, STATES="Verified\tNotStarted\tVerified\tVerified")
    assert code == 1
    assert deployments(calls) == ["mail-domain"]
    assert "not verified yet" in said
    assert kept(calls) == {}


def test_a_trial_needs_no_domain_of_its_own(tools: Path) -> None:
    code, calls, _ = run("prepare.sh", tools, MAIL_DOMAIN="AzureManagedDomain", STATES="")
    assert code == 0
    assert not [call for call in calls if call[1] == "resource"]


def test_without_a_resource_group_it_says_so(tools: Path) -> None:
    code, calls, said = run("prepare.sh", tools, AZURE_RESOURCE_GROUP="")
    assert code != 0
    assert calls == []
    assert "AZURE_RESOURCE_GROUP" in said


def test_delivery_reports_are_taken_once_the_code_is_there_and_kept(tools: Path) -> None:
    code, calls, _ = run("delivery-reports.sh", tools)
    assert code == 0
    assert deployments(calls) == ["main"]
    assert kept(calls) == {"DELIVERY_REPORTS": "true"}


def test_delivery_reports_that_are_taken_already_cost_no_second_deployment(tools: Path) -> None:
    _, calls, _ = run("delivery-reports.sh", tools, DELIVERY_REPORTS="true")
    assert calls == []


def test_azd_runs_them_where_they_belong() -> None:
    told = (INFRA.parent / "azure.yaml").read_text(encoding="utf-8")
    before, after = told.index("preprovision:"), told.index("postdeploy:")
    assert before < told.index("infra/hooks/prepare.sh") < after
    assert after < told.index("infra/hooks/delivery-reports.sh")
