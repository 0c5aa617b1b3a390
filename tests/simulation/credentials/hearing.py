"""What the product logs in a run: traced, and searched for what never may be there."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.simulation.credentials.tenant import CANARY
from tests.simulation.trace import Trace, heard_by


class _Listener(logging.Handler):
    def __init__(self, trace: Trace, violate: Callable[[str, str], None]) -> None:
        super().__init__()
        self._trace = trace
        self._violate = violate

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        self._trace.note("log", text, "")
        if CANARY in text or CANARY in repr(record.args):
            self._violate("leak", "a value was logged")
        if "alarm:" in text:
            self._violate("raised", text)


@contextmanager
def listening(trace: Trace, violate: Callable[[str, str], None]) -> Iterator[None]:
    """Hear all that the product logs, and nobody else."""
    with heard_by(_Listener(trace, violate), logging.DEBUG):
        yield
