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
    "properties.outputs.functionAppName.value": "func",
    "properties.outputs.pageUrl.value": "https://func.example/manage-clients",
    "properties.outputs.identityPrincipalId.value": "the-identity",
    "properties.outputs.clientId.value": "the-portal",
    "properties.outputs.servicePrincipalId.value": "its-principal",
}
AZ = """#!/usr/bin/env python3
import json, os, pathlib, sys
said, log = sys.argv[1:], pathlib.Path(os.environ['CALLS'])
with log.open('a') as calls:
    calls.write(json.dumps([pathlib.Path(sys.argv[0]).name, *said]) + '\\n')
before = [json.loads(line) for line in log.read_text().splitlines()]
directory = [call for call in before if 'create' in call and 'directory' in call]
query = said[said.index('--query') + 1] if '--query' in said else ''
if said[0] == 'resource':
    print(os.environ['STATES'])
elif said[0] == 'functionapp':
    sys.exit(sum('functionapp' in call for call in before) <= int(os.environ['LATE']))
elif said[2:3] == ['show'] and 'directory' in said and not directory and not os.environ['MADE']:
    sys.exit('DeploymentNotFound')
else:
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
        "LATE": "0",
        "MADE": "",
        "PAUSE": "0",
        "AZURE_SUBSCRIPTION_ID": "sub",
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


def names_given(calls: list[list[str]]) -> list[str]:
    """Return by which name each deployment of the directory calls the registration."""
    return [call[-1] for call in calls if "directory" in call and "create" in call]


def kept(calls: list[list[str]]) -> dict[str, str]:
    return {call[3]: call[4] for call in calls if call[0] == "azd"}


def test_domain_then_identity_then_directory_which_learns_its_own_name(tools: Path) -> None:
    code, calls, said = run("prepare.sh", tools)
    assert (code, said) == (0, "")
    assert deployments(calls) == ["mail-domain", "identity", "directory", "directory"]
    assert names_given(calls) == ["portalClientId=", "portalClientId=the-portal"]
    assert kept(calls) == {
        "PORTAL_CLIENT_ID": "the-portal",
        "PORTAL_SERVICE_PRINCIPAL_ID": "its-principal",
        "IDENTITY_PRINCIPAL_ID": "the-identity",
    }


@pytest.mark.parametrize("known", [{"PORTAL_CLIENT_ID": "the-portal"}, {"MADE": "by somebody"}])
def test_a_registration_that_is_there_never_loses_its_name(
    tools: Path, known: dict[str, str]
) -> None:
    _, calls, _ = run("prepare.sh", tools, **known)
    assert names_given(calls) == ["portalClientId=the-portal"]
    assert kept(calls)["PORTAL_CLIENT_ID"] == "the-portal"


@pytest.mark.parametrize("hook", ["prepare.sh", "delivery-reports.sh"])
def test_every_command_names_its_subscription_and_not_the_one_az_stands_in(
    tools: Path, hook: str
) -> None:
    _, calls, _ = run(hook, tools)
    asked = [call for call in calls if call[0] == "az" and call[1] != "resource"]
    assert asked
    assert [call for call in asked if "--subscription sub" not in " ".join(call)] == []


@pytest.mark.parametrize(
    "states",
    ["Verified\tNotStarted\tVerified\tVerified", "Verified\tVerified\tVerified", "", "None"],
)
def test_nothing_is_made_before_the_whole_mail_domain_is_verified(tools: Path, states: str) -> None:
    code, calls, said = run("prepare.sh", tools, STATES=states)
    assert code == 1
    assert deployments(calls) == ["mail-domain"]
    assert "not verified yet" in said
    assert kept(calls) == {}


def test_a_trial_needs_no_domain_of_its_own(tools: Path) -> None:
    code, calls, _ = run("prepare.sh", tools, MAIL_DOMAIN="AzureManagedDomain", STATES="")
    assert code == 0
    assert not [call for call in calls if call[1] == "resource"]


@pytest.mark.parametrize("name", ["AZURE_RESOURCE_GROUP", "AZURE_SUBSCRIPTION_ID"])
@pytest.mark.parametrize("hook", ["prepare.sh", "delivery-reports.sh"])
def test_without_a_place_to_deploy_to_it_says_so(tools: Path, hook: str, name: str) -> None:
    code, calls, said = run(hook, tools, **{name: ""})
    assert code != 0
    assert calls == []
    assert f"azd env set {name}" in said


@pytest.mark.parametrize(
    "output", sorted(set(ANSWERS) - {"properties.outputs.functionAppName.value"})
)
def test_an_output_that_is_missing_ends_it_before_anything_is_kept(
    tools: Path, output: str
) -> None:
    answers = json.dumps({name: value for name, value in ANSWERS.items() if name != output})
    code, calls, said = run("prepare.sh", tools, ANSWERS=answers)
    assert code == 1
    assert output.split(".")[2] in said
    assert kept(calls) == {}


def test_delivery_reports_are_taken_once_the_code_is_there_and_kept(tools: Path) -> None:
    code, calls, _ = run("delivery-reports.sh", tools, LATE="3")
    assert code == 0
    assert [call[-1] for call in calls if "functionapp" in call] == ["delivery_reports"] * 4
    assert deployments(calls) == ["main"]
    assert kept(calls) == {"DELIVERY_REPORTS": "true"}


def test_delivery_reports_are_not_pointed_at_a_function_that_never_comes(tools: Path) -> None:
    code, calls, said = run("delivery-reports.sh", tools, LATE="99")
    assert code == 1
    assert "no function delivery_reports" in said
    assert (deployments(calls), kept(calls)) == ([], {})


def test_delivery_reports_that_are_taken_already_cost_no_second_deployment(tools: Path) -> None:
    _, calls, _ = run("delivery-reports.sh", tools, DELIVERY_REPORTS="true")
    assert calls == []


def test_azd_runs_them_where_they_belong() -> None:
    told = (INFRA.parent / "azure.yaml").read_text(encoding="utf-8")
    before, after = told.index("preprovision:"), told.index("postdeploy:")
    assert before < told.index("infra/hooks/prepare.sh") < after
    assert after < told.index("infra/hooks/delivery-reports.sh")
