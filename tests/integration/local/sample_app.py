"""A small app with one function for each thing that the host must get right."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import azure.functions as func


def _answer(**content: object) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(content), mimetype="application/json")


async def echo(req: func.HttpRequest) -> func.HttpResponse:
    return _answer(
        method=req.method,
        url=req.url,
        headers=dict(req.headers),
        params=dict(req.params),
        route=dict(req.route_params),
        body=req.get_body().decode(),
    )


async def about(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return _answer(
        path=req.url,
        function=context.function_name,
        invocation=context.invocation_id,
        traceParent=context.trace_context.trace_parent,
        traceState=context.trace_context.trace_state,
        onLoop=asyncio.get_running_loop() is not None,
    )


def threaded(req: func.HttpRequest) -> str:
    assert req.method
    return threading.current_thread().name


async def special(req: func.HttpRequest) -> func.HttpResponse:
    assert req.method
    return func.HttpResponse(status_code=204, headers={"X-Special": "yes"})


async def rest(req: func.HttpRequest) -> str:
    return f"rest={req.route_params['path']}"


async def broken(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError(f"the secret of {req.method}")


async def wrong(req: func.HttpRequest) -> object:
    return {"no": req.method}


class Clock(Protocol):
    def now(self) -> datetime: ...


class Recorder:
    """How often each timer ran, what events came, and an event for whoever waits for a run."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.past_due: list[bool] = []
        self.events: list[func.EventGridEvent] = []
        self.contexts: list[func.Context] = []
        self.both = asyncio.Barrier(2)
        self.ran = asyncio.Event()

    async def hourly(self, timer: func.TimerRequest) -> None:
        self.runs["hourly"] += 1
        self.past_due.append(timer.past_due)
        self.ran.set()

    async def failing(self, timer: func.TimerRequest) -> None:
        self.runs["failing"] += 1
        raise RuntimeError(f"past due: {timer.past_due}")

    def talkative(self, timer: func.TimerRequest) -> str:
        self.runs["talkative"] += 1
        return f"past due: {timer.past_due}"

    async def eventful(self, event: func.EventGridEvent, context: func.Context) -> object:
        self.events.append(event)
        self.contexts.append(context)
        if event.subject == "broken":
            raise RuntimeError(str(event.get_json()))
        if event.subject == "with another":
            await self.both.wait()
        return event.subject if event.subject == "talkative" else None


ROUTES: dict[str, tuple[Callable[..., Any], list[str] | None]] = {
    "api/things/{id}/parts/{part}": (echo, ["GET", "POST"]),
    "api/things/{id}": (echo, ["GET", "DELETE"]),
    "api/things/special": (special, ["GET"]),
    "api/about": (about, None),
    "api/threaded": (threaded, ["GET"]),
    "api/broken": (broken, ["GET"]),
    "api/wrong": (wrong, ["GET"]),
    "files/{*path}": (rest, ["GET"]),
}


def build(clock: Clock | None = None, token_clock: Clock | None = None) -> func.FunctionApp:
    """Return an app with fresh counters, reachable as `app.recorder`."""
    assert token_clock is None
    built = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    for number, (route, (call, methods)) in enumerate(ROUTES.items()):
        named = built.function_name(f"{call.__name__}_{number}")
        named(built.route(route=route, methods=methods)(call))

    @built.route(route="api/time", methods=["GET"])
    async def time(req: func.HttpRequest) -> str:
        return clock.now().isoformat() if clock and req.method else ""

    recorder = Recorder()
    schedules = {"hourly": "%HOURLY%", "failing": "0 0 6 * * *", "talkative": "0 0 6 * * *"}
    for name, schedule in schedules.items():
        timed = built.timer_trigger(arg_name="timer", schedule=schedule)
        built.function_name(name)(timed(getattr(recorder, name)))
    taking = built.event_grid_trigger(arg_name="event")
    built.function_name("eventful")(taking(recorder.eventful))
    built.recorder = recorder  # type: ignore[attr-defined]  # the tests ask it what ran
    return built


app = build()
