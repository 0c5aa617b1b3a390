"""The stack's ports, and the product's settings at these ports."""

import json
from pathlib import Path

import pytest

from local.settings import ROOT, Ports, SettingError, origin_list, product_settings


def test_the_ports_stand_side_by_side_from_a_base() -> None:
    assert list(Ports.of({}).all().values()) == [7070, 7071, 7072, 7073, 7074, 10002]
    moved = Ports.of({"PORT_BASE": "8070", "TABLES_PORT": "9002"})
    assert list(moved.all().values()) == [8070, 8071, 8072, 8073, 8074, 9002]


@pytest.mark.parametrize("name", ["PORT_BASE", "TABLES_PORT"])
@pytest.mark.parametrize("text", ["x", "-1", "0", "65536", "7070.5", "٣", " 8070"])
def test_a_port_that_is_none_is_named(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=name):
        Ports.of({name: text})


def written(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content))


def test_ones_own_settings_stand_for_the_sample(tmp_path: Path) -> None:
    written(tmp_path, "local.settings.sample.json", {"Values": {"A": "sample"}})
    assert product_settings(tmp_path).values == {"A": "sample"}
    written(tmp_path, "local.settings.json", {"Values": {"A": "own"}, "Host": {"CORS": "a, b/"}})
    own = product_settings(tmp_path)
    assert (own.source, own.values, own.cors) == ("local.settings.json", {"A": "own"}, ("a", "b"))


@pytest.mark.parametrize("content", [{}, [], {"Values": 1}, {"Values": {}, "Host": 1}])
def test_settings_that_cannot_be_read_are_named(tmp_path: Path, content: object) -> None:
    written(tmp_path, "local.settings.json", content)
    with pytest.raises(SettingError, match=r"local\.settings\.json"):
        product_settings(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"local\.settings\.sample\.json"):
        product_settings(tmp_path)


def test_the_samples_addresses_move_with_the_ports() -> None:
    ports = Ports.of({"PORT_BASE": "8070", "TABLES_PORT": "9002"})
    values = product_settings(ROOT).at(ports)
    assert values["GRAPH_BASE_URL"] == "http://127.0.0.1:8072/v1.0"
    assert values["EMAIL_CONNECTION_STRING"].startswith("endpoint=http://127.0.0.1:8073/;")
    assert values["TOKEN_AUTHORITY"].startswith("http://127.0.0.1:8074/")
    assert values["PORTAL_URL"].startswith("http://127.0.0.1:8071/")
    assert "TableEndpoint=http://127.0.0.1:9002/" in values["TABLES_CONNECTION_STRING"]


def test_addresses_of_others_stay(tmp_path: Path) -> None:
    others = {
        "GRAPH_BASE_URL": "https://graph.microsoft.com/v1.0",
        "OTHER": "http://127.0.0.1:70720/ http://127.0.0.1:9999/ http://10.127.0.0.1:7072/",
    }
    written(tmp_path, "local.settings.json", {"Values": others})
    assert product_settings(tmp_path).at(Ports.of({"PORT_BASE": "8070"})) == others


def test_the_sample_is_whole_for_core_tools() -> None:
    content = json.loads((ROOT / "local.settings.sample.json").read_text())
    assert content["IsEncrypted"] is False
    assert content["Values"]["FUNCTIONS_WORKER_RUNTIME"] == "python"
    assert content["Values"]["AzureWebJobsStorage"] == "UseDevelopmentStorage=true"
    assert all(isinstance(value, str) for value in content["Values"].values())
    assert content["Host"]["LocalHttpPort"] == 7071
    assert origin_list(content["Host"]["CORS"])


def test_the_host_serves_routes_at_the_root() -> None:
    content = json.loads((ROOT / "host.json").read_text())
    assert content["version"] == "2.0"
    assert content["extensions"]["http"]["routePrefix"] == ""
    assert content["extensionBundle"]["version"] == "[4.*, 5.0.0)"


def test_the_host_traces_as_the_product_does() -> None:
    content = json.loads((ROOT / "host.json").read_text())
    assert content["telemetryMode"] == "OpenTelemetry"
