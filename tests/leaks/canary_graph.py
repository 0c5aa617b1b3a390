"""Stands before the Graph simulator and puts known values into what addPassword answers.

The answers come in good order or in any disorder that still holds the value.
"""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web
from yarl import URL

from tests.support.simulators import running

Document = dict[str, Any]
Manner = Callable[[Document], web.Response]
"""Makes an answer of what addPassword says."""

_PASSED_ON = ("Content-Type", "Retry-After", "request-id")


def in_good_order(document: Document) -> web.Response:
    return web.json_response(document)


def refused(status: int) -> Manner:
    """Return a refusal whose words quote the value."""

    def answer(document: Document) -> web.Response:
        said = f"Not with {json.dumps(document)}, that is {document['secretText']}."
        details = [{"code": "Quoted", "message": said, "target": said}]
        error = {"code": "Refused", "message": said, "details": details, "innerError": document}
        # A real host waits for as long as it is asked to.
        return web.json_response({"error": error}, status=status, headers={"Retry-After": "1"})

    return answer


def _text(text: str, kind: str = "application/json", charset: str = "utf-8") -> web.Response:
    return web.Response(text=text, content_type=kind, charset=charset)


def _without_its_end(document: Document) -> web.Response:
    return _text(json.dumps({"secretText": document["secretText"], **document})[:-9])


def _cut_off(document: Document) -> web.Response:
    """Return what comes before the line is cut."""
    return web.Response(body=json.dumps(document).encode())


def _ill_compressed(document: Document) -> web.Response:
    body = gzip.compress(b"{}")[:10] + json.dumps(document).encode()
    return web.Response(body=body, headers={"Content-Encoding": "gzip"})


DISORDERS: Mapping[str, Manner] = {
    "without its end": _without_its_end,
    "cut off": _cut_off,
    "ill compressed": _ill_compressed,
    "a list": lambda document: web.json_response([document]),
    "nested": lambda document: web.json_response({"value": document}),
    "no JSON": lambda document: _text(f"secretText={document['secretText']}"),
    "a page": lambda document: _text(f"<p>{document['secretText']}</p>", kind="text/html"),
    "another charset": lambda document: _text(json.dumps(document), charset="utf-16"),
    "a key id that is the value": lambda document: web.json_response(
        {**document, "keyId": document["secretText"]}
    ),
    "a value in a list": lambda document: web.json_response(
        {**document, "secretText": [document["secretText"]]}
    ),
    "no key id": lambda document: web.json_response({"secretText": document["secretText"]}),
    **{f"refused with {status}": refused(status) for status in (400, 403, 404, 409, 429)},
    **{f"failed with {status}": refused(status) for status in (302, 408, 500, 503)},
}


class CanaryGraph:
    """Hands out `value`, in `manner`, and says when."""

    def __init__(self, graph: str) -> None:
        self.value = ""
        self.manner: Manner = in_good_order
        self.handed_out: Callable[[], None] = lambda: None
        self.handed = 0
        self.heard: list[str] = []
        """What was sent to Graph, headers and all."""
        self._graph = graph

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Ask the simulator; put the value into what addPassword says."""
        body = await request.read()
        self.heard.append(f"{request.raw_path} {dict(request.headers)} {body!r}")
        headers = {name: each for name, each in request.headers.items() if name != "Host"}
        address = URL(f"{self._graph}{request.raw_path}", encoded=True)
        async with (
            ClientSession() as session,
            session.request(request.method, address, headers=headers, data=body) as found,
        ):
            said = await found.read()
        if request.path.endswith("addPassword") and found.status == web.HTTPOk.status_code:
            return await self._hand_out(request, json.loads(said))
        kept = {name: found.headers[name] for name in _PASSED_ON if name in found.headers}
        return web.Response(status=found.status, body=said, headers=kept)

    async def _hand_out(self, request: web.Request, document: Document) -> web.StreamResponse:
        spoken = {**document, "secretText": self.value, "hint": self.value[:3]}
        answer = self.manner(spoken)
        self.handed += 1
        self.handed_out()
        if self.manner is _cut_off:
            return await _broken_off(request, answer)
        return answer


async def _broken_off(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """Announce more than comes."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    broken = web.StreamResponse(headers={"Content-Length": str(len(body) + 100)})
    await broken.prepare(request)
    await broken.write(body)
    if request.transport is not None:
        request.transport.close()
    return broken


@asynccontextmanager
async def canary_graph(graph: str) -> AsyncIterator[tuple[CanaryGraph, str]]:
    """Yield it and its address, before a simulator of that address."""
    made = CanaryGraph(graph)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.answer)
    async with running(application) as address:
        yield made, address
