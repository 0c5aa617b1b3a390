"""Registers the triggers; decides nothing.

Importing this module reads no setting and opens no connection: one fault here would take every
function down with it.
"""

import azure.functions as func

from functions import (
    applications,
    delivery_reports,
    operations,
    page,
    portal,
    reminders,
    secrets,
)
from shared.bootstrap import Composition
from shared.ports.system import Clock


def build(clock: Clock | None = None, token_clock: Clock | None = None) -> func.FunctionApp:
    """Return the app; a local stack passes clocks of its own."""
    product = Composition(clock=clock, token_clock=token_clock)
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    app.register_functions(applications.blueprint(product))
    app.register_functions(secrets.blueprint(product))
    app.register_functions(operations.blueprint(product))
    app.register_functions(reminders.blueprint(product))
    app.register_functions(delivery_reports.blueprint(product))
    app.register_functions(page.blueprint(product))
    app.register_functions(portal.blueprint(product))
    return app


app = build()
