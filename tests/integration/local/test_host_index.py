"""What stops a whole app on the real host stops it here too."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import azure.functions as func
import pytest

from local.hosting.clock import HostClock
from local.hosting.index import Index, IndexingError, Surroundings, index, load
from local.hosting.routes import Route, RouteError


async def first(req: func.HttpRequest) -> str:
    return str(req.url)


async def other(request: func.HttpRequest) -> str:
    return str(request.url)


async def lost(req: "Nowhere") -> str:  # type: ignore[name-defined]  # noqa: F821 - the point of the test
    return str(req)


def app_of(*calls: Callable[..., Any], route: str = "a") -> func.FunctionApp:
    app = func.FunctionApp()
    for call in calls:
        app.route(route=route)(call)
    return app


def indexed(app: func.FunctionApp) -> Index:
    clock = HostClock()
    return index(app, Surroundings(route_prefix="api", settings={}, now=clock.now()))


@pytest.mark.parametrize(
    ("calls", "reason"),
    [
        ((first, first), "unique function name"),
        ((other,), "other takes"),
        ((lost,), "annotation of lost"),
    ],
)
def test_one_fault_leaves_no_function(calls: tuple[Callable[..., Any], ...], reason: str) -> None:
    with pytest.raises(IndexingError, match=reason):
        indexed(app_of(*calls))


def test_a_binding_that_this_host_does_not_know_is_in_error_alone() -> None:
    app = app_of(first)
    app.function_name("queued")(
        app.queue_trigger(arg_name="msg", queue_name="q", connection="C")(lambda msg: msg)
    )
    found = indexed(app)
    assert [trigger.function.name for trigger in found.triggers] == ["first"]
    assert "queueTrigger" in found.errors[0]


def test_a_route_template_beyond_this_host_is_in_error_alone() -> None:
    assert "{id:int}" in indexed(app_of(first, route="a/{id:int}")).errors[0]


def test_the_route_prefix_stands_before_every_route() -> None:
    (trigger,) = indexed(app_of(first, route="a/b")).http
    assert trigger.route.match("/api/a/b") is not None
    assert trigger.route.match("/a/b") is None


@pytest.mark.parametrize("template", ["a/{b", "a/x{b}", "{*a}/b", "{a?}"])
def test_a_template_that_is_not_understood_is_refused(template: str) -> None:
    with pytest.raises(RouteError):
        Route.of(template)


@pytest.fixture
def module() -> Iterator[ModuleType]:
    made = ModuleType("app_under_test")
    sys.modules[made.__name__] = made
    yield made
    del sys.modules[made.__name__]


def test_an_app_is_built_on_the_hosts_clock(module: ModuleType) -> None:
    clock, built_with = HostClock(), []

    def build(clock: object = None) -> func.FunctionApp:
        built_with.append(clock)
        return func.FunctionApp()

    vars(module).update(app=build(), build=build)
    load(module.__name__, clock)
    assert built_with == [None, clock]


def test_a_module_without_build_gives_its_app(module: ModuleType) -> None:
    app = func.FunctionApp()
    vars(module)["app"] = app
    assert load(module.__name__, HostClock()) is app


@pytest.mark.parametrize("count", [0, 2])
def test_a_module_has_exactly_one_app(module: ModuleType, count: int) -> None:
    vars(module).update({f"app{n}": func.FunctionApp() for n in range(count)})
    with pytest.raises(IndexingError, match=f"{count} function apps"):
        load(module.__name__, HostClock())


def test_an_import_error_is_told_with_its_type() -> None:
    with pytest.raises(IndexingError, match="ModuleNotFoundError: No module named 'no_such_app'"):
        load("no_such_app", HostClock())
