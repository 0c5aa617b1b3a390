"""Where a value could stay in a browser, and looking for it there."""

import json
from typing import Final

from playwright.sync_api import CDPSession

from tests.browser.visit import Visit

STORED: Final = """() => JSON.stringify([
    {...localStorage}, {...sessionStorage}, document.cookie, location.href, document.title,
    history.length, history.state, window.name,
    performance.getEntriesByType("resource").map(each => each.name),
])"""
DATABASES: Final = """async () => JSON.stringify([
    await indexedDB.databases(), await caches.keys(),
])"""


def places(visit: Visit, value: str) -> list[str]:
    """Return where the value is, on the page as it is now: an empty list where it is nowhere.

    Nothing of the search passes the value to the page: that alone would put it into its memory.
    """
    page = visit.page
    session = visit.context.new_cdp_session(page)
    searched = {
        "document": page.content(),
        "fields": json.dumps(
            page.locator("input, textarea, select").evaluate_all(
                "all => all.map(each => each.value)"
            )
        ),
        "storage": page.evaluate(STORED),
        "databases": page.evaluate(DATABASES),
        "history": json.dumps(session.send("Page.getNavigationHistory")),
        "addresses asked for": json.dumps(visit.watch.addresses()),
        "memory": heap(session),
    }
    session.detach()
    return [place for place, text in searched.items() if value in text]


def heap(session: CDPSession) -> str:
    """Return a snapshot of everything that scripts can still reach."""
    chunks: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: chunks.append(event["chunk"]))
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    session.send("HeapProfiler.disable")
    return "".join(chunks)
