"""Triggers that answer nobody: what they raise becomes one word for the host."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import azure.functions as func

from functions import border
from shared.bootstrap import Composition
from shared.domain.errors import PortalError
from shared.log_records import line

log = logging.getLogger(__name__)


class InvocationFailed(Exception):
    """Tells the host that an invocation failed, and which word stands for the reason."""


@contextmanager
def failing_by_a_word(event: str, product: Composition, context: func.Context) -> Iterator[str]:
    """Trace the block; let what it raises fail the invocation, without its text: the host logs it.

    `event` names the record that tells of a reason. Yields the trace id.
    """
    trace, telemetry = border.trace_id(product, context), product.telemetry
    parent = context.trace_context.trace_parent
    try:
        with telemetry.invocation(context.function_name, parent) as traced:
            try:
                yield trace
            except PortalError as error:
                traced.failed(error.code)
                log.error(line(event, code=error.code, reason=str(error), trace_id=trace))
                raise InvocationFailed(error.code) from None
            except Exception as error:  # noqa: BLE001 - the host would log what this log must not show
                traced.failed(type(error).__qualname__)
                border.log_fault(error, trace)
                raise InvocationFailed(type(error).__qualname__) from None
    finally:
        # Until it is fired again the platform may take the process away.
        telemetry.hand_over()
