"""Telemetry that cannot be had, or is not wanted, changes nothing else."""

import subprocess
import sys

import pytest
from azure.identity import ManagedIdentityCredential
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from local.settings import ROOT
from shared.adapters.otel_azure import Later, LaterMetrics, LaterSpans, credential
from shared.adapters.quiet_telemetry import QUIET
from shared.adapters.telemetry import chosen

NOTHING = MetricsData(resource_metrics=[])
KEY = "00000000-0000-4000-8000-000000000001"


def python(code: str) -> str:
    """Return what a fresh interpreter prints: telemetry is the whole process's."""
    run = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return run.stdout + run.stderr


def test_without_the_setting_there_is_none_and_nothing_is_imported() -> None:
    code = "from shared.adapters.telemetry import chosen; chosen(None, 'x'); import sys; "
    assert chosen(None, "Authorization=AAD") is QUIET
    assert python(code + "print('opentelemetry' in sys.modules)").split() == ["False"]


@pytest.mark.parametrize(
    ("connection", "authentication"),
    [
        ("garbage", None),
        (f"InstrumentationKey={KEY}", "garbage"),
        (f"InstrumentationKey={KEY}", "Authorization=Basic"),
    ],
)
def test_what_is_malformed_is_one_alarm_at_the_first_export_and_shows_no_value(
    connection: str, authentication: str | None
) -> None:
    said = python(
        "import logging; logging.basicConfig(level='INFO')\n"
        "from shared.adapters.telemetry import chosen\n"
        f"made = chosen({connection!r}, {authentication!r})\n"
        "with made.invocation('health', None): pass\n"
        "made.answered('health', 200, 'ok')\n"
        "for _ in range(3): made.flush()\n"
        "print(type(made).__name__)\n"
    )
    assert said.count("alarm: telemetry is not sent") == 2  # spans, and metrics
    assert '"fault": "ValueError"' in said
    assert "OpenTelemetry" in said
    assert not {"garbage", "Basic", KEY, "Traceback"} & {*said.replace('"', " ").split()}


def test_an_exporter_is_made_once_if_at_all(caplog: pytest.LogCaptureFixture) -> None:
    made: list[str] = []

    def fails() -> SpanExporter:
        made.append("x")
        raise OSError("hush")

    spans = LaterSpans(Later(fails))
    assert {spans.export([]) for _ in range(3)} == {SpanExportResult.FAILURE}
    spans.shutdown()
    assert made == ["x"]
    assert len(caplog.records) == 1
    assert "hush" not in caplog.text


def test_metrics_without_an_exporter_fail_quietly(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> MetricExporter:
        raise OSError("hush")

    metrics = LaterMetrics(Later(fails))
    assert metrics.export(NOTHING) is MetricExportResult.FAILURE
    assert metrics.force_flush()
    metrics.shutdown()
    assert "alarm: telemetry is not sent" in caplog.text


@pytest.mark.parametrize(
    "text", ["Authorization=AAD;ClientId=x", " clientid = x ; authorization=AAD;"]
)
def test_the_platforms_way_to_say_an_identity_is_understood(text: str) -> None:
    assert isinstance(credential(text), ManagedIdentityCredential)
    assert credential(None) is None


@pytest.mark.parametrize("text", ["", "AAD", "Authorization=Key", "ClientId=hush"])
def test_another_way_to_sign_in_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match="neither AAD nor nothing"):
        credential(text)
