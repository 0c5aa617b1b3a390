"""The first answer of a fresh process, with nothing loaded that the worker would not load.

`python -m bench.inside.first <function> [<token>]` prints when it answered, by the monotonic clock
that the starter shares, and how many modules were loaded then.
"""

import asyncio
import json
import sys
import time

import azure.functions as func

from function_app import app


class _Trace:
    trace_parent = ""


class _Context:
    trace_context = _Trace()

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name


async def _answer(name: str, token: str) -> None:
    functions = {each.get_function_name(): each for each in app.get_functions()}
    call = functions[name].get_user_function()
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = func.HttpRequest(
        method="GET", url="http://127.0.0.1/api", headers=headers, params={}, body=b""
    )
    answer = await call(req=request, context=_Context(name))
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP's success
        raise SystemExit(f"{name}: {answer.status_code} {answer.get_body()!r}")


asyncio.run(_answer(sys.argv[1], (sys.argv[2:] or [""])[0]))
sys.stdout.write(json.dumps({"at": time.perf_counter(), "modules": len(sys.modules)}) + "\n")
sys.stdout.flush()
