import json
import re
from pathlib import Path

import pytest

from shared.domain.applications import Resource
from shared.domain.errors import SettingsIncomplete
from shared.settings import GraphCredential, ReminderMode, Settings, read
from tests.support.builders import numbered

WHOLE = {
    "TABLES_ENDPOINT": "https://account.table.core.windows.net",
    "EMAIL_ENDPOINT": "https://mail.europe.communication.azure.com",
    "EMAIL_SENDER": "donotreply@example.org",
    "AZURE_CLIENT_ID": numbered(1),
    "TENANT_ID": numbered(2),
    "PORTAL_CLIENT_ID": numbered(3),
    "PORTAL_SERVICE_PRINCIPAL_ID": numbered(4),
    "IDENTITY_PRINCIPAL_ID": numbered(5),
    "PORTAL_URL": "https://portal.example.org/manage-clients",
    "SUPPORT_EMAIL": "support@example.org",
    "REMINDER_SCHEDULE": "0 0 6-20 * * *",
}
REQUIRED = sorted(WHOLE)
ROOT = Path(__file__).parents[2]
NAMES = {name.upper() for name in Settings.model_fields}
OF_THE_HOST = {"FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage"}


def faults(**changes: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with pytest.raises(SettingsIncomplete) as refused:
        read(WHOLE | changes)
    return refused.value.missing, refused.value.malformed


def test_whole_settings_are_read_and_the_rest_has_defaults() -> None:
    settings = read(WHOLE)
    assert settings.authority == f"https://login.microsoftonline.com/{numbered(2)}/v2.0"
    assert settings.accepted_client_ids == {numbered(3)}
    assert settings.graph_base_url == "https://graph.microsoft.com/v1.0"
    assert settings.graph_credential is GraphCredential.MANAGED_IDENTITY
    assert settings.reminder_mode is ReminderMode.SEND
    assert settings.audit_days == 730
    assert settings.notify_changes is True
    assert settings.step_up_auth_context is None
    assert len(settings.known_resources) == 6


def test_in_an_empty_environment_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsIncomplete) as refused:
        read({})
    assert list(refused.value.missing) == REQUIRED
    assert refused.value.malformed == ()


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_setting_is_missed_and_an_empty_one_too(name: str) -> None:
    assert faults(**{name: " "}) == ((name,), ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TABLES_ENDPOINT", "http://account.table.core.windows.net"),
        ("TABLES_ENDPOINT", "account.table.core.windows.net"),
        ("EMAIL_SENDER", "donotreply"),
        ("TENANT_ID", "contoso.example.org"),
        ("AZURE_CLIENT_ID", "x"),
        ("TOKEN_AUTHORITY", "ftp://login.example.org"),
        ("GRAPH_BASE_URL", "https://user:pass@graph.microsoft.com"),
        ("GRAPH_CREDENTIAL", "client-secret"),
        ("GRAPH_CREDENTIAL", "none"),
        ("ALLOWED_CLIENT_IDS", "a, b"),
        ("REMINDER_MODE", "sometimes"),
        ("AUDIT_DAYS", "0"),
        ("AUDIT_DAYS", "36501"),
        ("AUDIT_DAYS", "1000000000"),
        ("EMAIL_ENDPOINT", "https://mail.example.org:99999"),
        ("PORTAL_URL", "https://portal.example.org:0"),
        ("NOTIFY_CHANGES", "perhaps"),
        ("RESOURCES", "{"),
        ("RESOURCES", '{"x": {"name": "a", "environment": "b"}}'),
        ("TABLES_CONNECTION_STRING", "UseDevelopmentStorage=true"),
        ("GRAPH_BASE_URL", "http://127.0.0.1.example.org"),
        ("GRAPH_BASE_URL", "http://localhost.example.org"),
        ("GRAPH_BASE_URL", "https://graph.example.org/v1.0"),
        ("GRAPH_BASE_URL", "http://[::1"),
        ("EMAIL_ENDPOINT", "https://mail.example.org/path"),
        ("TABLES_ENDPOINT", "https://account.example.org/?sig=x"),
        ("SUPPORT_EMAIL", "support@example.org, other@example.org"),
        ("REMINDER_SCHEDULE", "whenever"),
        ("REMINDER_SCHEDULE", "0 6 * * *"),
        ("REQUIRED_SCOPE", "a b"),
        ("STEP_UP_AUTH_CONTEXT", "c1 c2"),
    ],
)
def test_each_malformed_setting_is_named(name: str, value: str) -> None:
    assert faults(**{name: value}) == ((), (name,))


@pytest.mark.parametrize(
    ("name", "value", "is_good"),
    [
        ("TABLES", "UseDevelopmentStorage=true", True),
        ("TABLES", "AccountName=a;AccountKey=eA==;TableEndpoint=http://127.0.0.1/a", True),
        ("TABLES", "TableEndpoint=https://a.example.org;SharedAccessSignature=sv=1", True),
        ("TABLES", "garbage", False),
        ("TABLES", "AccountName=a;AccountKey=", False),
        ("EMAIL", "endpoint=https://a.example.org/;accesskey=eA==", True),
        ("EMAIL", "endpoint=http://127.0.0.1:7073/;accesskey=eA==", True),
        ("EMAIL", "endpoint=http://mail.example.org/;accesskey=eA==", False),
        ("EMAIL", "endpoint=https://a.example.org/", False),
        ("EMAIL", "endpoint=https://a.example.org:99999/;accesskey=eA==", False),
        ("EMAIL", "endpoint=https://a.example.org/;accesskey=not base64", False),
        ("EMAIL", "endpoint=https://a.example.org/;accesskey=eA", False),
        ("TABLES", "AccountName=a;AccountKey=e-A=", False),
        ("EMAIL", "garbage", False),
    ],
)
def test_a_connection_string_must_be_one(name: str, value: str, *, is_good: bool) -> None:
    given = WHOLE | {f"{name}_ENDPOINT": "", f"{name}_CONNECTION_STRING": value}
    if is_good:
        assert read(given)
    else:
        with pytest.raises(SettingsIncomplete) as refused:
            read(given)
        assert refused.value.malformed == (f"{name}_CONNECTION_STRING",)


def test_no_fault_shows_a_value() -> None:
    hostile = {name: f"hush-{number}" for number, name in enumerate(REQUIRED)}
    with pytest.raises(SettingsIncomplete) as refused:
        read(hostile | {"RESOURCES": "hush-99", "EMAIL_CONNECTION_STRING": "hush-98"})
    error = refused.value
    shown = f"{error!r} {error} {error.missing} {error.malformed} {error.__cause__!r}"
    assert "hush" not in shown
    assert error.__suppress_context__


def test_missing_and_malformed_ones_are_named_together() -> None:
    assert faults(TENANT_ID="", AUDIT_DAYS="-1", GRAPH_CREDENTIAL="none") == (
        ("TENANT_ID",),
        ("AUDIT_DAYS", "GRAPH_CREDENTIAL"),
    )


def test_no_sign_in_is_for_this_machine_alone_and_needs_no_identity() -> None:
    local = WHOLE | {
        "GRAPH_CREDENTIAL": "none",
        "GRAPH_BASE_URL": "http://127.0.0.1:7072/v1.0",
        "AZURE_CLIENT_ID": "",
        "TABLES_ENDPOINT": "",
        "TABLES_CONNECTION_STRING": "AccountName=a;AccountKey=eA==",
        "EMAIL_ENDPOINT": "",
        "EMAIL_CONNECTION_STRING": "endpoint=http://127.0.0.1:7073/;accesskey=eA==",
    }
    assert read(local).graph_credential is GraphCredential.NONE


def test_whatever_else_signs_in_needs_the_identity() -> None:
    local = {"GRAPH_CREDENTIAL": "none", "GRAPH_BASE_URL": "http://127.0.0.1:7072/v1.0"}
    assert faults(**local, AZURE_CLIENT_ID="") == (("AZURE_CLIENT_ID",), ())


def test_lists_and_resources_are_parsed() -> None:
    settings = read(
        WHOLE
        | {
            "ALLOWED_CLIENT_IDS": f"{numbered(7).upper()}, {numbered(8)}",
            "RESOURCES": f'{{"{numbered(9).upper()}": {{"name": "A", "environment": "B"}}}}',
        }
    )
    assert settings.accepted_client_ids == {numbered(7), numbered(8)}
    assert settings.known_resources == {numbered(9): Resource(name="A", environment="B")}


def test_the_sample_names_every_setting_and_is_whole() -> None:
    sample = json.loads((ROOT / "local.settings.sample.json").read_text(encoding="utf-8"))
    assert set(sample["Values"]) == NAMES | OF_THE_HOST
    assert read(sample["Values"]).provider_name == "WMDA"


def test_the_documentation_names_every_setting() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    table = "".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([A-Z_]+)`", table)) == NAMES
