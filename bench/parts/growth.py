"""What a daily run costs from 500 to 20,000 applications, beside the floor program."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Figure, exponent, middle
from bench.parts import EVERYWHERE
from bench.surroundings import Json, Upstream, upstream

SIZES = (500, 5000, 20_000)
REPETITIONS = 3
DUE, ORGANISATIONS = 50, 5
"""The same at every size, so that what grows is the reading."""

MEASURES = ("wall, s", "CPU, s", "memory, MB", "Graph requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Medians by measure and program, one value a size.

    `parsing`: seconds that JSON alone took an application. Stalls are in seconds, of 5,000.
    """

    curves: Mapping[str, Mapping[str, Sequence[float]]]
    parsing: Sequence[float]
    stall: float
    late: float
    cold_stall: float


def measure() -> tuple[list[Figure], Growth]:
    runs = {size: _runs(size) for size in SIZES}
    growth = Growth(
        curves={
            measure: {
                program: [
                    middle(_value(measure, each) for each in runs[size][program]) for size in SIZES
                ]
                for program in ("product", "floor")
            }
            for measure in MEASURES
        },
        parsing=[middle(each["parsing"] / size for each in runs[size]["floor"]) for size in SIZES],
        stall=_median_of(runs[5000]["product"], "stall"),
        late=_median_of(runs[5000]["product"], "late"),
        cold_stall=_median_of(runs[5000]["cold"], "stall"),
    )
    return _figures(growth), growth


def _runs(size: int) -> dict[str, list[Json]]:
    tenant = {"applications": size, "due": DUE, "organisations": ORGANISATIONS}
    with upstream({"latency": EVERYWHERE, "tenant": tenant}) as upstreams:
        return {
            "product": [_run(upstreams, "run") for _ in range(REPETITIONS)],
            "floor": [_run(upstreams, "floor") for _ in range(REPETITIONS)],
            "cold": [_run(upstreams, "cold")],
        }


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


def _value(measure: str, run: Json) -> float:
    return _VALUES[measure](run)


def _median_of(runs: Sequence[Json], name: str) -> float:
    return middle(float(each[name]) for each in runs)


def _figures(growth: Growth) -> list[Figure]:
    cpu, memory = growth.curves["CPU, s"], growth.curves["memory, MB"]
    each = {name: (values[1] - values[0]) / (SIZES[1] - SIZES[0]) for name, values in cpu.items()}
    slope = {name: _slope(values, 0) for name, values in memory.items()}
    return [
        Figure(
            name="CPU per application in a daily run ÷ json.loads of the same bytes, 500 → 5,000",
            floor=f"{each['floor'] / growth.parsing[1]:.2g}",
            goal=4,
            measured=each["product"] / growth.parsing[1],
            note=f"{each['product'] * 1e6:.0f} µs of {growth.parsing[1] * 1e6:.1f} µs;"
            " the floor is a bare HTTP client with json, in the same run",
            idea="9 µs are the records (two secrets, four GUIDs, four instants), 4 unpacking and"
            " parsing, 3 the rules, the rest the SDK's and httpx's copies of a page. "
            " Next: a decoder that fills the records itself.",
        ),
        Figure(
            name="memory per application, 500 → 20,000",
            floor=f"{slope['floor']:.2g} KB",
            goal=0.5,
            measured=slope["product"],
            unit=" KB",
            note="500 are half a page, and a page in hand is most of it: the floor program, which"
            f" keeps nothing, grows too; from 5,000 on {_slope(memory['product'], 1):.2g} KB",
            idea="what stays of an application are its two ids, 0.2 KB; the rest is one page, its"
            " documents and its records, which 500 applications fill by half. Next: read a page's"
            " documents in slices, each dropped once it is read.",
        ),
        Figure(
            name="longest stall of the event loop, run of 5,000",
            goal=50,
            measured=growth.stall * 1000,
            unit=" ms",
            note=f"by the clock, other processes included, {growth.late * 1000:.0f} ms; imports"
            f" in a process that has answered nothing yet: {growth.cold_stall * 1000:.0f} ms",
            idea="quiet, a page takes 12 ms three times, the first mail's templates 30 ms. Next: a"
            " page read in slices, templates compiled at packaging.",
        ),
        *_exponents(growth),
    ]


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
