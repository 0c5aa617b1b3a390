"""One call of one function."""

import asyncio
import inspect
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

import azure.functions as func
from azure.functions._abc import RetryContext, TraceContext  # exported nowhere else

from local.hosting.index import Function
from local.simulators.common import new_guid

TRACE_PARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

R = TypeVar("R")

log = logging.getLogger("local.host")


class InvocationError(Exception):
    """The function failed; its own error is in the log."""


class _TraceContext(TraceContext):
    def __init__(self, trace_parent: str, trace_state: str) -> None:
        self._trace_parent = trace_parent
        self._trace_state = trace_state

    @property
    def trace_parent(self) -> str:
        return self._trace_parent

    @property
    def trace_state(self) -> str:
        return self._trace_state

    @property
    def attributes(self) -> dict[str, str]:
        return {}


class InvocationContext(func.Context):
    """What a function learns of its own call. Nothing here is retried by the host."""

    def __init__(self, function_name: str, trace_parent: str = "", trace_state: str = "") -> None:
        self._function_name = function_name
        self._invocation_id = new_guid()
        self._trace = _TraceContext(_continued(trace_parent), trace_state)

    @property
    def invocation_id(self) -> str:
        return self._invocation_id

    @property
    def thread_local_storage(self) -> type[threading.local]:
        return threading.local

    @property
    def function_name(self) -> str:
        return self._function_name

    @property
    def function_directory(self) -> str:
        return ""

    @property
    def trace_context(self) -> TraceContext:
        return self._trace

    @property
    def retry_context(self) -> RetryContext:
        raise NotImplementedError


def _continued(trace_parent: str) -> str:
    """Return a new span in the caller's trace, or in a new one."""
    found = TRACE_PARENT.fullmatch(trace_parent)
    trace = found[1] if found else secrets.token_hex(16)
    return f"00-{trace}-{secrets.token_hex(8)}-01"


async def invoke(
    function: Function,
    argument: object,
    context: InvocationContext,
    take: Callable[[object], R],
) -> R:
    """Return what the trigger takes from the function's return, and log one line about the call.

    InvocationError if the function raises, or `take` refuses (TypeError) what it returned.
    """
    started = time.perf_counter()
    outcome = "failed"
    try:
        taken = take(await _called(function, argument, context))
        outcome = "succeeded"
    except Exception as fault:
        log.exception("function=%s", function.name)
        raise InvocationError(function.name) from fault
    finally:
        milliseconds = (time.perf_counter() - started) * 1000
        log.info(
            "function=%s outcome=%s ms=%.0f invocation=%s",
            *(function.name, outcome, milliseconds, context.invocation_id),
        )
    return taken


def nothing(returned: object) -> None:
    """Take the return of a function that answers nobody; TypeError if it is something."""
    if returned is not None:
        raise TypeError(f"a function that answers nobody returned a {type(returned).__name__}")


async def _called(function: Function, argument: object, context: InvocationContext) -> object:
    """Call it as the worker does: `async def` on the shared loop, `def` in a thread."""
    arguments = {function.parameter: argument}
    if function.wants_context:
        arguments["context"] = context
    if inspect.iscoroutinefunction(function.call):
        returned: object = await function.call(**arguments)
        return returned
    return await asyncio.to_thread(function.call, **arguments)
