"""Requests of a day with 1,000 reminders for 50 organisations, and of a Graph that refuses."""

from bench.figures import Figure
from bench.parts import EVERYWHERE
from bench.surroundings import Json, Request, Upstream, upstream

APPLICATIONS, REMINDERS, ORGANISATIONS = 5000, 1000, 50
PAGES = 6
FLOOR = PAGES + ORGANISATIONS + 1
TENANT = {"applications": APPLICATIONS, "due": REMINDERS, "organisations": ORGANISATIONS}


def measure() -> list[Figure]:
    with upstream({"latency": EVERYWHERE, "tenant": TENANT}) as upstreams:
        upstreams.begin_anew()
        ran = upstreams.measured("run")
        first, second = (_within(upstreams, ran[each]) for each in ("first", "second"))
    tables = [each for each in first if each.service == "tables"]
    return [
        Figure(
            name="Graph requests of an evaluation ÷ (pages + groups with something due + 1)",
            floor="1",
            goal=1,
            measured=len(evaluated(first)) / FLOOR,
            note=f"{PAGES} pages, {ORGANISATIONS} groups; read again before later mails:"
            f" {_graph(first) - len(evaluated(first))}",
        ),
        *_refusals(),
        Figure(
            name=f"table operations per reminder, {REMINDERS:,} in {ORGANISATIONS} organisations",
            floor="0.15",
            goal=0.3,
            measured=len(tables) / REMINDERS,
            note=f"{len(tables)} operations, {_mails(first)} mails",
        ),
        Figure(
            name="requests of a second firing on a finished day",
            floor="1 read",
            goal=1,
            measured=sum("/reminders" in each.path for each in second),
            note=f"the day's record; recovery looks for what creates and deletes left, besides:"
            f" {sum('/reminders' not in each.path for each in second)} read",
        ),
    ]


def evaluated(requests: list[Request]) -> list[Request]:
    """Return Graph's requests until what was read is read again, if it is."""
    graph = [each for each in requests if each.service == "graph"]
    again = [each.started for each in graph if each.path.endswith("?$filter")]
    return [each for each in graph if not again or each.started < again[0]]


def _refusals() -> list[Figure]:
    """Refuse page 2 once, and then for as long as nobody would wait."""
    once = {"times": 1, "after": 1}
    for_good = {"times": 100, "after": 600}
    with upstream({"latency": {}, "tenant": TENANT, "refusing": once}) as upstreams:
        upstreams.begin_anew()
        ran = upstreams.measured("run")
        waited = _within(upstreams, ran["first"])
    with upstream({"latency": {}, "tenant": TENANT, "refusing": for_good}) as upstreams:
        upstreams.begin_anew()
        failed = upstreams.measured("run")
        loud = _within(upstreams, failed["first"])
    silent = (not failed["failure"]) + (_mails(loud) > 0) + (_mails(waited) != ORGANISATIONS)
    return [
        Figure(
            name="runs that a 429 on page 2 left incomplete in silence",
            floor="0",
            goal=0,
            measured=silent,
            note=f"refused once: {len(evaluated(waited)) - FLOOR} more request,"
            f" {_mails(waited)} mails; for good: the run fails ({failed['failure']}), no mail",
        )
    ]


def _within(upstreams: Upstream, use: Json) -> list[Request]:
    return upstreams.requests(use["started"], use["ended"])


def _graph(requests: list[Request]) -> int:
    return sum(each.service == "graph" for each in requests)


def _mails(requests: list[Request]) -> int:
    return sum(each.service == "mail" for each in requests)
