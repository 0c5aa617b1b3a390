"""The timer: the daily run of the reminders, fired hourly until the day is complete."""

import azure.functions as func

from functions import background
from shared.bootstrap import Composition


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("run_reminders")
    @triggers.timer_trigger("timer", "%REMINDER_SCHEDULE%", run_on_startup=False, use_monitor=True)
    async def run_reminders(timer: func.TimerRequest, context: func.Context) -> None:  # noqa: ARG001 - the binding is the trigger
        with background.failing_by_a_word("run failed", product, context):
            await product.recover()
            await product.run_reminders()

    return triggers
