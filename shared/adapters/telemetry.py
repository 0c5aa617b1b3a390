"""Which telemetry there is: to where the settings say, or none. It never stops what it tells of."""

import logging

from shared.adapters.quiet_telemetry import QUIET
from shared.log_records import line
from shared.ports.telemetry import Telemetry

log = logging.getLogger(__name__)


def chosen(connection_string: str | None, authentication: str | None) -> Telemetry:
    """Return telemetry to Application Insights; silence without it, or if it cannot be had."""
    if connection_string is None:
        return QUIET
    try:
        from shared.adapters.otel_azure import telemetry  # noqa: PLC0415 - the SDK takes 0.1 s

        return telemetry(connection_string, authentication)
    except Exception as fault:  # noqa: BLE001 - telemetry must never break what it tells of
        log.error(line("alarm: telemetry is not sent", fault=type(fault).__qualname__))
        return QUIET
