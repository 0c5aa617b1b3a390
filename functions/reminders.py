"""The timer: the daily run of the reminders, fired hourly until the day is complete."""

import logging

import azure.functions as func

from functions import border
from shared.bootstrap import Composition
from shared.domain.errors import PortalError
from shared.log_records import line

log = logging.getLogger(__name__)


class RunFailed(Exception):
    """Tells the host that the run failed, and which word stands for the reason."""


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("run_reminders")
    @triggers.timer_trigger("timer", "%REMINDER_SCHEDULE%", run_on_startup=False, use_monitor=True)
    async def run_reminders(timer: func.TimerRequest, context: func.Context) -> None:  # noqa: ARG001 - the binding is the trigger
        trace = border.trace_id(product, context)
        try:
            await product.run_reminders()
        except PortalError as error:
            log.error(line("run failed", code=error.code, reason=str(error), trace_id=trace))
            raise RunFailed(error.code) from None
        except Exception as error:  # noqa: BLE001 - the host would log what this log must not show
            border.log_fault(error, trace)
            raise RunFailed(type(error).__qualname__) from None

    return triggers
