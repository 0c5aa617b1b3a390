from collections.abc import Mapping

import httpx

from tests.support.api import hold_to_contract
from tests.support.stack import Stack, started


def health(settings: Mapping[str, str]) -> tuple[httpx.Response, str]:
    """Return what a host with these settings says of its health, and what it logged."""
    with started("local.host", "--port", "0", settings=settings) as host:
        answer = httpx.get(f"{host.address()}/api/health")
        listing = httpx.get(f"{host.address()}/api/applications")
    assert hold_to_contract(listing).status_code == 503
    return hold_to_contract(answer), "".join(host.printed)


def test_all_missing_settings_are_named_at_once_and_in_the_log() -> None:
    answer, log = health({"REMINDER_SCHEDULE": "0 0 6-20 * * *", "LOCAL_CORS": ""})
    assert answer.status_code == 503
    missing = answer.json()["missing"]
    assert missing == sorted(missing)
    assert {"TENANT_ID", "EMAIL_ENDPOINT", "PORTAL_URL", "TABLES_ENDPOINT"} <= set(missing)
    assert all(name in log for name in missing)


def test_malformed_settings_are_named_and_no_value_is_shown(running: Stack) -> None:
    hush = {
        "TENANT_ID": "hush-1",
        "TABLES_CONNECTION_STRING": "hush-2",
        "EMAIL_CONNECTION_STRING": "endpoint=hush-3;accesskey=hush-4",
        "GRAPH_BASE_URL": "hush://hush-5",
        "RESOURCES": "hush-6",
        "SUPPORT_EMAIL": "",
    }
    answer, log = health({**running.settings, **hush})
    assert answer.json()["missing"] == ["SUPPORT_EMAIL"]
    assert {"TENANT_ID", "GRAPH_BASE_URL", "RESOURCES"} <= set(answer.json()["malformed"])
    assert "hush" not in answer.text + log
