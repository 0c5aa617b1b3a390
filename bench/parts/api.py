"""Requests and time of a list, a create and a delete."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import world
from bench.figures import Figure, in_sequence, middle
from bench.parts import EVERYWHERE, LATENCY
from bench.surroundings import Json, Request, Upstream, upstream

REPETITIONS, MANY = 7, 20
NOTICE = ("/appRoleAssignedTo", "/members/graph.user")
"""Graph is asked for these when a change is announced, once it is made."""

Span = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What one kind of call came to, in the median."""

    wall: float
    sequence: float
    graph: float
    notice: float
    tables: float

    @property
    def ratio(self) -> float:
        return self.wall / (self.sequence * LATENCY)


def measure() -> list[Figure]:
    """Run the calls against the simulators, each upstream taking 50 ms."""
    with upstream({"latency": EVERYWHERE, "world": world.world()}) as upstreams:
        upstreams.begin_anew()
        spans = upstreams.measured("calls", _wanted(upstreams))
        requests = upstreams.requests()
    calls = {name: _calls(spans[name], requests) for name in ("list", "wide", "create", "delete")}
    at_once = middle(
        max(ended for _, ended in crowd) - min(started for started, _ in crowd)
        for crowd in spans["crowd"]
    )
    return [*_counts(calls), *_walls(calls, at_once / (calls["list"].sequence * LATENCY))]


def _wanted(upstreams: Upstream) -> Json:
    return {
        "token": upstreams.token(world.ONE_GROUP),
        "wide": upstreams.token(world.MANY_GROUPS),
        "many": MANY,
        "repetitions": REPETITIONS,
    }


def _calls(spans: Sequence[Span], requests: Sequence[Request]) -> Calls:
    within = [
        [each for each in requests if started <= each.started <= ended] for started, ended in spans
    ]
    graph = [[each for each in call if each.service == "graph"] for call in within]
    notices = [sum(each.path.endswith(NOTICE) for each in call) for call in graph]
    return Calls(
        wall=middle(ended - started for started, ended in spans),
        sequence=middle(in_sequence(call) for call in within),
        graph=middle(len(call) - notice for call, notice in zip(graph, notices, strict=True)),
        notice=middle(notices),
        tables=middle(sum(each.service == "tables" for each in call) for call in within),
    )


def _counts(calls: dict[str, Calls]) -> list[Figure]:
    wide = calls["wide"]
    changes = [
        Figure(
            name=f"Graph requests of a {name}",
            floor="3",
            goal=3,
            measured=calls[name].graph,
            note=f"and {calls[name].notice:.0f} for the notice that tells the managers;"
            f" {calls[name].tables:.0f} table requests in all",
        )
        for name in ("create", "delete")
    ]
    return [
        Figure(
            name="Graph requests of a list, one group",
            floor="1",
            goal=1,
            measured=calls["list"].graph,
        ),
        Figure(
            name="Graph requests of a list, 31 groups",
            floor="3",
            goal=3,
            measured=wide.graph,
            note="1 per 15 groups, in parallel",
        ),
        *changes,
        Figure(
            name="table requests of a list, 31 applications",
            floor="4",
            goal=4,
            measured=wide.tables,
            note="1 per 15 applications, 1 for the caller's reminders;"
            f" all requests of this list take {wide.sequence:.0f} latencies",
        ),
    ]


def _walls(calls: dict[str, Calls], at_once: float) -> list[Figure]:
    alone = [
        Figure(
            name=f"wall of a {name} ÷ 50 ms for each request in sequence",
            floor="1",
            goal=1.15,
            measured=calls[name].ratio,
            note=f"{calls[name].sequence:.0f} in sequence, {calls[name].wall * 1000:.0f} ms",
            idea="4 to 5 ms a request are the SDKs' pipelines; more where the cores are taken.",
        )
        for name in ("list", "create", "delete")
    ]
    return [
        *alone,
        Figure(
            name=f"the same of {MANY} lists at once, until the last is answered",
            floor="1",
            goal=2,
            measured=at_once,
            note="over HTTP/1.1; Graph itself speaks HTTP/2",
            idea="a list costs 5 ms of CPU, most of it in the SDKs, so that 20 at once queue for"
            " 100 ms, and for longer where other processes want the cores. A fifth is httpcore's"
            " search through its HTTP/1.1 connections, which one HTTP/2 connection does not need."
            " Next: a request's URL, which the SDK expands from its template twice, once only.",
        ),
    ]
