"""What a daily run costs from 500 to 20,000 applications, beside the floor program."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from bench import plot
from bench.figures import Figure, exponent, middle
from bench.parts import EVERYWHERE
from bench.surroundings import Json, Upstream, upstream

SIZES = (500, 5000, 20_000)
REPETITIONS = 5
TENANT = {"due": 50, "organisations": 5}
"""The same at every size, so that what grows is the reading."""

PROGRAMS = {"run": "product", "floor": "floor"}
"""What each scenario is called in the figures."""

Round = Mapping[int, Mapping[str, Json]]
"""One run of each program, by size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Medians by measure and program, one value a size.

    `slopes`: seconds of CPU that one more application took, by program and of JSON alone, in each
    round. Stalls are in seconds, of 5,000.
    """

    curves: plot.Charts
    slopes: Sequence[Mapping[str, float]]
    stall: float
    late: float
    cold_stall: float


def measure() -> tuple[list[Figure], plot.Charts]:
    """Run the sizes in turn, round by round: what disturbs the machine disturbs them alike."""
    with ExitStack() as stack:
        tenants = {
            size: stack.enter_context(
                upstream({"latency": EVERYWHERE, "tenant": {**TENANT, "applications": size}})
            )
            for size in SIZES
        }
        rounds = [
            {size: {name: _run(each, name) for name in PROGRAMS} for size, each in tenants.items()}
            for _ in range(REPETITIONS)
        ]
        cold = _run(tenants[5000], "cold")
    growth = Growth(
        curves=_curves(rounds),
        slopes=[_cpu(each) for each in rounds],
        stall=middle(each[5000]["run"]["stall"] for each in rounds),
        late=middle(each[5000]["run"]["late"] for each in rounds),
        cold_stall=cold["stall"],
    )
    return _figures(growth), growth.curves


def _curves(rounds: Sequence[Round]) -> plot.Charts:
    return {
        name: {
            shown: [middle(value(each[size][program]) for each in rounds) for size in SIZES]
            for program, shown in PROGRAMS.items()
        }
        for name, value in _VALUES.items()
    }


def _cpu(runs: Round) -> Mapping[str, float]:
    few, many = SIZES[:2]
    grown = {
        shown: runs[many][name]["cpu"] - runs[few][name]["cpu"] for name, shown in PROGRAMS.items()
    }
    grown["parsing"] = runs[many]["floor"]["parsing"] - runs[few]["floor"]["parsing"]
    return {name: seconds / (many - few) for name, seconds in grown.items()}


def _run(upstreams: Upstream, scenario: str) -> Json:
    upstreams.begin_anew()
    found = upstreams.measured(scenario, {"graph": upstreams.addresses["graph"]})
    use = found.get("first") or found["use"]
    requests = upstreams.requests(use["started"], use["ended"])
    graph = sum(each.service == "graph" for each in requests)
    return {**use, "graph": graph, "parsing": found.get("parsing", 0)}


_VALUES: Mapping[str, Callable[[Json], float]] = {
    "wall, s": lambda run: float(run["ended"] - run["started"]),
    "CPU, s": lambda run: float(run["cpu"]),
    "memory, MB": lambda run: run["memory_peak"] / 1024,
    "Graph requests": lambda run: float(run["graph"]),
}


def _figures(growth: Growth) -> list[Figure]:
    return [_processor(growth), _memory(growth), _stall(growth), *_exponents(growth)]


def _processor(growth: Growth) -> Figure:
    each = {name: middle(slope[name] for slope in growth.slopes) for name in growth.slopes[0]}
    ratio = {
        name: middle(slope[name] / slope["parsing"] for slope in growth.slopes)
        for name in PROGRAMS.values()
    }
    return Figure(
        name="CPU per application in a daily run ÷ json.loads of the same bytes, 500 → 5,000",
        floor=f"{ratio['floor']:.2g}",
        goal=4,
        measured=ratio["product"],
        note=f"{each['product'] * 1e6:.0f} µs of {each['parsing'] * 1e6:.1f} µs;"
        " the floor is a bare HTTP client with json, in the same run",
        idea="9 µs are the records (two secrets, four GUIDs, four instants), 4 unpacking and"
        " parsing, 3 the rules, the rest the SDK's and httpx's copies of a page."
        " Next: a decoder that fills the records itself.",
    )


def _memory(growth: Growth) -> Figure:
    curves = growth.curves["memory, MB"]
    return Figure(
        name="memory per application, 500 → 20,000",
        floor=f"{_slope(curves['floor'], 0):.2g} KB",
        goal=0.5,
        measured=_slope(curves["product"], 0),
        unit=" KB",
        note="500 are half a page, and a page in hand is most of it: the floor program, which"
        f" keeps nothing, grows too; from 5,000 on {_slope(curves['product'], 1):.2g} KB",
        idea="what stays of an application are its two ids, 0.3 KB; the rest is one page, which"
        " 500 applications fill by half, and what the second page takes anew, since the allocator"
        " has given the first one's buffers back. A decoder that fills typed records (msgspec) was"
        " tried: a third of the parser's time, the same slope. Next: one id of each, as 16 bytes.",
    )


def _stall(growth: Growth) -> Figure:
    return Figure(
        name="longest stall of the event loop, run of 5,000",
        goal=50,
        measured=growth.stall * 1000,
        unit=" ms",
        note=f"by the clock, other processes included, {growth.late * 1000:.0f} ms; imports"
        f" in a process that has answered nothing yet: {growth.cold_stall * 1000:.0f} ms",
        idea="on an idle machine 15 to 20 ms: an SSL context when the clients are made, a page in"
        " three steps of up to 20 ms, a first mail. Next: a page's records in two parts.",
    )


def _slope(megabytes: Sequence[float], first: int) -> float:
    return (megabytes[-1] - megabytes[first]) * 1024 / (SIZES[-1] - SIZES[first])


def _exponents(growth: Growth) -> list[Figure]:
    """Return one row a measure: 1 would be growth in proportion."""
    return [
        Figure(
            name=f"growth exponent of {measure.partition(',')[0]}, 500 → 20,000",
            floor=f"{exponent(SIZES, programs['floor']):.2f}",
            measured=exponent(SIZES, programs["product"]),
            note="; ".join(
                f"{program} {' → '.join(f'{value:.3g}' for value in values)}"
                for program, values in programs.items()
            ),
        )
        for measure, programs in growth.curves.items()
    ]
