"""Triggers that answer nobody: what they raise becomes one word for the host."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from functions import border
from shared.domain.errors import PortalError
from shared.log_records import line

log = logging.getLogger(__name__)


class InvocationFailed(Exception):
    """Tells the host that an invocation failed, and which word stands for the reason."""


@contextmanager
def failing_by_a_word(event: str, trace: str) -> Iterator[None]:
    """Let what the block raises fail the invocation, without its text: the host logs that.

    `event` names the record that tells of a reason.
    """
    try:
        yield
    except PortalError as error:
        log.error(line(event, code=error.code, reason=str(error), trace_id=trace))
        raise InvocationFailed(error.code) from None
    except Exception as error:  # noqa: BLE001 - the host would log what this log must not show
        border.log_fault(error, trace)
        raise InvocationFailed(type(error).__qualname__) from None
