"""Fifty people who list their applications for a minute, and what they could at most."""

from bench import world
from bench.figures import Figure, percentile
from bench.surroundings import Json, Upstream, upstream

LATENCY = 0.15
SECONDS, PAUSE = 60, 1.0
SATURATED = 15
SETTLED = 10
"""Seconds until everything has been made that is made once."""


def measure() -> list[Figure]:
    with upstream({"latency": {"graph": LATENCY}, "world": world.world()}) as upstreams:
        upstreams.begin_anew()
        minute = _crowd(upstreams, SECONDS, PAUSE)
        most = _crowd(upstreams, SATURATED, 0)
    memory = minute["memory"]
    busy = minute["use"]["cpu"] / (minute["use"]["ended"] - minute["use"]["started"])
    each = most["use"]["cpu"] / len(most["waits"])
    return [
        Figure(
            name="50 users listing for a minute: p95 ÷ Graph's 150 ms",
            floor="1",
            measured=percentile(minute["waits"], 0.95) / LATENCY,
            note=f"median {percentile(minute['waits'], 0.5) / LATENCY:.2g};"
            f" {len(minute['waits']):,} lists, a second between two of one user;"
            f" {busy:.0%} of one core",
        ),
        Figure(name="the same: errors", floor="0", goal=0, measured=minute["errors"]),
        Figure(
            name=f"the same: memory gained after the first {SETTLED} s",
            floor="0 MB",
            goal=1,
            measured=(memory[-1] - memory[SETTLED]) / 1024,
            unit=" MB",
            note=f"{memory[-1] / 1024:.0f} MB at the end",
        ),
        Figure(
            name="the same without a pause: p95 ÷ Graph's 150 ms",
            floor="1",
            measured=percentile(most["waits"], 0.95) / LATENCY,
            note=f"{len(most['waits']) / SATURATED:.0f} lists a second, as many as this machine"
            f" does beside the upstreams; {each * 1000:.1f} ms of CPU each",
        ),
    ]


def _crowd(upstreams: Upstream, seconds: float, pause: float) -> Json:
    tokens = [upstreams.token(user) for user in world.crowd()]
    return upstreams.measured("crowd", {"tokens": tokens, "seconds": seconds, "pause": pause})
