"""The settings that the code reads, that a laptop has, and that the cloud is given: one set."""

import json
import re
from pathlib import Path

import pytest

from shared.settings import Settings, read
from tests.infra import bicep

MAIN = bicep.INFRA / "main.bicep"
APP = bicep.INFRA / "modules/function-app.bicep"
SAMPLE = bicep.ROOT / "local.settings.sample.json"
BY_KEY = {"TABLES_CONNECTION_STRING", "EMAIL_CONNECTION_STRING"}
"""Ways in by a key, for a laptop alone: the cloud has no key to be used."""
OF_THE_HOST = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}
NOT_ON_FLEX = re.compile(
    r"FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE"
    r"|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD|WEBSITE_CONTENT|WEBSITE_TIME_ZONE|\bTZ\b"
)
PAST_THE_ALLOW_LIST = {"PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY", "PYTHON_ENABLE_OPENTELEMETRY"}
"""With either the host drops the log, on which the alarms rest (docs/telemetry.md)."""


def of_the_code() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def of_the_cloud(text: str) -> dict[str, bicep.Value]:
    (settings,) = bicep.values(text, "settings")
    assert isinstance(settings, dict)
    return settings


def of_the_platform() -> set[str]:
    """Return what the cloud is given whatever the deployment: the host's, and telemetry's."""
    given = bicep.variables(text(APP))["platformSettings"]
    assert isinstance(given, dict)
    return {*given}


def differences(main: str, sample: str) -> dict[str, set[str]]:
    """Return, by place, the settings that are missing there or too many."""
    cloud = of_the_cloud(main).keys() | (of_the_platform() & of_the_code())
    laptop = {*json.loads(sample)["Values"]} - OF_THE_HOST
    return {
        "Bicep": (of_the_code() - BY_KEY) ^ cloud,
        "sample": of_the_code() ^ laptop,
    }


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_code_laptop_and_cloud_have_the_same_settings() -> None:
    assert differences(text(MAIN), text(SAMPLE)) == {"Bicep": set(), "sample": set()}


@pytest.mark.parametrize(
    ("old", "new", "place", "named"),
    [
        ("AUDIT_DAYS: ", "AUDITDAYS: ", "Bicep", {"AUDIT_DAYS", "AUDITDAYS"}),
        ('"SUPPORT_EMAIL"', '"SUPPORT_MAIL"', "sample", {"SUPPORT_EMAIL", "SUPPORT_MAIL"}),
        ("EMAIL_SENDER: domain.outputs.senderAddress\n", "\n", "Bicep", {"EMAIL_SENDER"}),
    ],
)
def test_a_setting_that_is_misspelt_or_forgotten_is_named(
    old: str, new: str, place: str, named: set[str]
) -> None:
    main, sample = text(MAIN), text(SAMPLE)
    assert old in main + sample
    planted = differences(main.replace(old, new), sample.replace(old, new))
    assert planted == {"Bicep": set(), "sample": set()} | {place: named}


def test_docs_name_the_same_settings() -> None:
    rows = [line for line in text(bicep.ROOT / "docs/settings.md").splitlines() if "| `" in line]
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert told == of_the_code()


def test_what_is_written_down_twice_is_the_same() -> None:
    main = bicep.parameters(text(MAIN))
    directory = bicep.parameters(text(bicep.INFRA / "directory.bicep"))
    partner = bicep.parameters(text(bicep.INFRA / "partner-application.bicep"))
    role, scope = (
        Settings.model_fields[name].default for name in ("credential_role_id", "required_scope")
    )
    assert main["credentialRoleId"] == directory["credentialRoleId"] == role
    assert partner["credentialRoleId"] == role
    assert main["requiredScope"] == directory["requiredScope"] == scope
    assert main["auditDays"] == str(Settings.model_fields["audit_days"].default)


def test_the_literal_settings_are_such_as_the_code_accepts() -> None:
    given = {
        name: value
        for name, value in of_the_cloud(text(MAIN)).items()
        if isinstance(value, str)
        and value in {"managed-identity", "https://graph.microsoft.com/v1.0"}
    }
    defaults = bicep.parameters(text(MAIN))
    guid = "00000000-0000-4000-8000-000000000001"
    others = {
        "TABLES_ENDPOINT": "https://data.table.core.windows.net",
        "EMAIL_ENDPOINT": "https://acs.europe.communication.azure.com",
        "EMAIL_SENDER": "donotreply@example.org",
        "SUPPORT_EMAIL": "support@example.org",
        "PORTAL_URL": "https://func.azurewebsites.net/manage-clients",
        "REMINDER_SCHEDULE": str(defaults["reminderSchedule"]),
        "REMINDER_MODE": str(defaults["reminderMode"]),
        "STEP_UP_AUTH_CONTEXT": str(defaults["stepUpAuthContext"]),
        "NOTIFY_CHANGES": "true",
        "RESOURCES": str(defaults["resources"]),
    }
    ids = {name: guid for name in of_the_code() if name.endswith("_ID") and name not in others}
    assert read({**ids, **others, **given}).step_up_auth_context == "c1"
    assert len(given) == 2


def test_the_platform_is_told_nothing_that_flex_consumption_refuses() -> None:
    given = {*of_the_platform(), *of_the_cloud(text(MAIN))}
    assert not [name for name in given if NOT_ON_FLEX.search(name)]
    assert not given & PAST_THE_ALLOW_LIST
    assert {"AzureWebJobsStorage__credential", "AzureWebJobsStorage__blobServiceUri"} <= given


def test_the_cloud_is_given_what_telemetry_asks_operations_for() -> None:
    told = text(bicep.ROOT / "docs/telemetry.md").partition("## What operations must set")[2]
    rows = [
        row.split("|") for row in told.partition("## What leaves")[0].splitlines() if "`" in row
    ]
    asked = {
        name
        for row in rows
        if len(row) > 2 and "never set" not in row[2]
        for name in re.findall(r"`([A-Z_]{12,})`", row[1])
    }
    assert len(asked) > 3
    assert asked <= of_the_platform()
