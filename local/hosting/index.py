"""Finds an app's functions, with the checks for which the real worker refuses one."""

import contextlib
import importlib
import inspect
import json
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import azure.functions as func

from local.hosting.clock import HostClock
from local.hosting.routes import Route, RouteError
from local.hosting.schedule import Schedule, ScheduleError


class IndexingError(Exception):
    """The app as a whole can't be run: the real host finds 0 functions."""


class FunctionError(Exception):
    """One function can't be run; the others can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """What is called, and by which names it takes its arguments."""

    name: str
    call: Callable[..., Any]
    parameter: str
    wants_context: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTrigger:
    """A function at a route; `methods` None: any."""

    function: Function
    route: Route
    methods: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerTrigger:
    """A function on a schedule."""

    function: Function
    schedule: Schedule
    run_on_startup: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGridTrigger:
    """A function that takes events."""

    function: Function


Trigger = HttpTrigger | TimerTrigger | EventGridTrigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a binding may need to be understood."""

    route_prefix: str
    settings: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What can be run, and why the rest can't."""

    triggers: tuple[Trigger, ...]
    errors: tuple[str, ...]

    @property
    def http(self) -> list[HttpTrigger]:
        """The HTTP functions, most specific route first."""
        found = [trigger for trigger in self.triggers if isinstance(trigger, HttpTrigger)]
        return sorted(found, key=lambda trigger: trigger.route.rank)

    @property
    def timers(self) -> list[TimerTrigger]:
        """The timers."""
        return [trigger for trigger in self.triggers if isinstance(trigger, TimerTrigger)]

    @property
    def events(self) -> list[EventGridTrigger]:
        """The functions that take events."""
        return [trigger for trigger in self.triggers if isinstance(trigger, EventGridTrigger)]


@contextlib.contextmanager
def _refused_as_a_whole(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        raise IndexingError(f"{what}: {type(fault).__name__}: {fault}") from fault


def load(module_name: str, clock: HostClock) -> func.FunctionApp:
    """Import the app and build it on the host's clock; IndexingError if either fails."""
    with _refused_as_a_whole(f"{module_name} can't be imported"):
        module = importlib.import_module(module_name)
    apps = [value for value in vars(module).values() if isinstance(value, func.FunctionApp)]
    if len(apps) != 1:
        raise IndexingError(f"{module_name} has {len(apps)} function apps instead of one.")
    if not hasattr(module, "build"):
        return apps[0]
    with _refused_as_a_whole(f"{module_name} can't be built"):
        app: func.FunctionApp = module.build(clock=clock)
    return app


def index(app: func.FunctionApp, surroundings: Surroundings) -> Index:
    """Return the app's functions; IndexingError where one fault would stop them all."""
    with _refused_as_a_whole("the functions can't be listed"):
        functions = app.get_functions()
    triggers, errors = [], []
    for built in functions:
        try:
            triggers.append(_trigger(built, surroundings))
        except FunctionError as fault:
            errors.append(f"The '{built.get_function_name()}' function is in error: {fault}")
    return Index(triggers=tuple(triggers), errors=tuple(errors))


def _trigger(built: func.Function, surroundings: Surroundings) -> Trigger:
    bindings = [json.loads(raw) for raw in built.get_raw_bindings()]
    inwards = [binding for binding in bindings if binding["direction"] == "IN"]
    beyond = [b["type"] for b in bindings if b["type"] not in {*KINDS, "http"}]
    if beyond or len(inwards) != 1:
        raise FunctionError(f"This host does not know the bindings {beyond or inwards}.")
    function = _function(built, inwards[0]["name"])
    return KINDS[inwards[0]["type"]](function, inwards[0], surroundings)


def _function(built: func.Function, parameter: str) -> Function:
    """Check the signature as the worker does, whose refusal stops the whole app."""
    call = built.get_user_function()
    name = built.get_function_name() or call.__name__
    with _refused_as_a_whole(f"an annotation of {name} can't be resolved"):
        typing.get_type_hints(call)
    parameters = set(inspect.signature(call).parameters)
    if parameters - {"context"} != {parameter}:
        raise IndexingError(f"{name} takes {sorted(parameters)}, but its binding is '{parameter}'.")
    return Function(
        name=name, call=call, parameter=parameter, wants_context="context" in parameters
    )


def _http(function: Function, binding: dict[str, Any], surroundings: Surroundings) -> Trigger:
    try:
        route = Route.of(binding["route"], surroundings.route_prefix)
    except RouteError as fault:
        raise FunctionError(str(fault)) from fault
    methods = binding.get("methods")
    return HttpTrigger(
        function=function,
        route=route,
        methods=frozenset(method.upper() for method in methods) if methods else None,
    )


def _timer(function: Function, binding: dict[str, Any], surroundings: Surroundings) -> Trigger:
    try:
        schedule = Schedule.of(binding["schedule"], surroundings.settings, surroundings.now)
    except ScheduleError as fault:
        raise FunctionError(str(fault)) from fault
    return TimerTrigger(
        function=function,
        schedule=schedule,
        run_on_startup=bool(binding.get("runOnStartup")),
    )


def _event_grid(function: Function, _: dict[str, Any], __: Surroundings) -> Trigger:
    return EventGridTrigger(function=function)


# One entry per kind of trigger that this host can fire.
KINDS: Final[dict[str, Callable[[Function, dict[str, Any], Surroundings], Trigger]]] = {
    "httpTrigger": _http,
    "timerTrigger": _timer,
    "eventGridTrigger": _event_grid,
}
