"""The inbox: what was accepted, to be read in a browser. The service itself has no such pages."""

import base64
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.simulators.email.state import State

# Mails bring their own inline styles, and a frame inherits its page's policy.
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
HEAD: Final = re.compile(r"<head(\s[^>]*)?>", re.IGNORECASE)
NEW_TAB: Final = '<base target="_blank">'


def inbox_routes(state: State) -> list[web.RouteDef]:
    """Return the routes of the inbox. A mail's number is its place in what was accepted, from 1."""

    async def listing(_: web.Request) -> web.Response:
        mails = [
            (number, mail, _reported(state, mail))
            for number, mail in enumerate(state.accepted(), start=1)
        ]
        return _page("inbox.html", mails=mails[::-1])

    async def show(request: web.Request) -> web.Response:
        number, mail = _mail(state, request)
        last = len(state.accepted())
        files = [
            {**each, "bytes": len(base64.b64decode(each["contentInBase64"]))}
            for each in mail["attachments"]
        ]
        framed = _framed(mail["html"]) if mail["html"] else None
        shown = {"mail": mail, "reported": _reported(state, mail), "framed": framed}
        return _page("mail.html", number=number, last=last, attachments=files, **shown)

    async def attachment(request: web.Request) -> web.Response:
        _, mail = _mail(state, request)
        place = int(request.match_info["place"])
        if not 1 <= place <= len(mail["attachments"]):
            raise web.HTTPNotFound(text="No such attachment.")
        return _download(mail["attachments"][place - 1])

    return [
        web.get("/", listing),
        web.get(r"/inbox/{number:\d{1,9}}", show),
        web.get(r"/inbox/{number:\d{1,9}}/attachments/{place:\d{1,4}}", attachment),
    ]


def _mail(state: State, request: web.Request) -> tuple[int, dict[str, Any]]:
    number = int(request.match_info["number"])
    accepted = state.accepted()
    if not 1 <= number <= len(accepted):
        raise web.HTTPNotFound(text="No such mail.")
    return number, accepted[number - 1]


def _reported(state: State, mail: dict[str, Any]) -> str | None:
    return state.reports.last(mail["operationId"], mail["recipient"])


def _framed(html: str) -> str:
    """Let links leave the frame: the sandbox bars them from taking over the page."""
    head = HEAD.search(html)
    return html[: head.end()] + NEW_TAB + html[head.end() :] if head else NEW_TAB + html


def _page(template: str, **model: object) -> web.Response:
    text = TEMPLATES.get_template(template).render(**model)
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


def _download(attachment: dict[str, str]) -> web.Response:
    name = f"attachment; filename*=UTF-8''{quote(attachment['name'], safe='')}"
    return web.Response(
        body=base64.b64decode(attachment["contentInBase64"]),
        headers={
            **HEADERS,
            "Content-Disposition": name,
            "Content-Type": attachment["contentType"],
        },
    )
