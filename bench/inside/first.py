"""The first answer of a fresh process, with nothing loaded that the worker would not load.

`python -m bench.inside.first <function> [<token> [<another>]]` prints when the function answered,
by the monotonic clock that the starter shares, after how many seconds, and how many modules were
loaded then. The other one answers before, and what it leaves to be done behind its answer is done.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import azure.functions as func

from function_app import app


class _Trace:
    trace_parent = ""


class _Context:
    trace_context = _Trace()

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name


async def _first(name: str, token: str = "", another: str = "") -> float:
    functions = {each.get_function_name(): each.get_user_function() for each in app.get_functions()}
    if another:
        await _answer(another, functions[another])
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    began = time.perf_counter()
    await _answer(name, functions[name], token)
    return time.perf_counter() - began


async def _answer(name: str, call: Callable[..., Awaitable[Any]], token: str = "") -> None:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = func.HttpRequest(
        method="GET", url="http://127.0.0.1/api", headers=headers, params={}, body=b""
    )
    answer = await call(req=request, context=_Context(name))
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP's success
        raise SystemExit(f"{name}: {answer.status_code} {answer.get_body()!r}")


took = asyncio.run(_first(*sys.argv[1:]))
said = {"at": time.perf_counter(), "took": took, "modules": len(sys.modules)}
sys.stdout.write(json.dumps(said) + "\n")
sys.stdout.flush()
