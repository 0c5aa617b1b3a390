"""The endpoints that a browser visits: sign in, sign out, and a page that says what is here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.simulators.identity import errors
from local.simulators.identity.addresses import Addresses
from local.simulators.identity.authorization import (
    Authorization,
    Reply,
    authorization,
    on_this_machine,
    origin_of,
    reply,
)
from local.simulators.identity.state import State, User

# Cookies know no ports: whatever else runs on this machine sees this name too.
COOKIE: Final = "identity-simulator-session"
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def authorize(state: State, request: web.Request) -> web.Response:
    """Answer a request for a code: with the code, a refusal, or the page to pick a user on."""
    try:
        back = reply(state, request.query)
    except errors.Refusal as refusal:
        return page("refused.html", status=400, refusal=refusal.told)
    try:
        asked = authorization(state, request.query)
        if request.method == "POST":
            return await _picked(state, request, asked, back)
        return _silent(state, request, asked, back) or _choice(state, asked, back)
    except errors.Refusal as refusal:
        told = refusal.body(state.now())
        return _redirect(back, {name: told[name] for name in ("error", "error_description")})


def _silent(
    state: State, request: web.Request, asked: Authorization, back: Reply
) -> web.Response | None:
    """Return the answer that needs no page, if there is one."""
    user = state.remembered(request.cookies.get(COOKIE))
    if user and asked.login_hint not in {"", user["userPrincipalName"].lower()}:
        user = None
    if asked.prompt == "none" and user is None:
        raise errors.login_required()
    if user is None or asked.prompt not in {"", "none"}:
        return None
    return _code(state, asked, back, user)


async def _picked(
    state: State, request: web.Request, asked: Authorization, back: Reply
) -> web.Response:
    form = await request.post()
    try:
        user = state.able(str(form.get("user", "")))
    except errors.Refusal as refusal:
        return _choice(state, asked, back, refusal)
    response = _code(state, asked, back, user)
    state.forget(request.cookies.get(COOKIE))
    response.set_cookie(COOKIE, state.remember(user), httponly=True, samesite="Lax")
    return response


def _code(state: State, asked: Authorization, back: Reply, user: User) -> web.Response:
    return _redirect(back, {"code": state.grants.code(asked.grant(user["id"]), asked.challenge)})


def _redirect(back: Reply, answer: Mapping[str, str]) -> web.Response:
    headers = {"Location": back.location(answer), "Cache-Control": "no-store"}
    return web.Response(status=302, headers=headers)


def _choice(
    state: State, asked: Authorization, back: Reply, refusal: errors.Refusal | None = None
) -> web.Response:
    users = [
        {
            **user,
            "groups": state.groups_of(user),
            "hinted": asked.login_hint == user["userPrincipalName"].lower(),
        }
        for user in state.world["users"]
    ]
    return page(
        "sign_in.html",
        status=403 if refusal else 200,
        # A browser holds the redirect that follows a form against this too.
        form_action=f"'self' {origin_of(back.redirect_uri)}",
        users=sorted(users, key=lambda user: not user["hinted"]),
        refusal=refusal.told if refusal else None,
        redirect_uri=back.redirect_uri,
        contexts=asked.wanted.contexts,
    )


async def logout(state: State, request: web.Request) -> web.Response:
    """End the session; go where the client asks to, if that is on this machine."""
    state.forget(request.cookies.get(COOKIE))
    asked = {**request.query, **await request.post()}
    back = str(asked.get("post_logout_redirect_uri", ""))
    if on_this_machine(back):
        given = str(asked["state"]) if "state" in asked else None
        response = _redirect(Reply(redirect_uri=back, mode="query", state=given), {})
    else:
        response = page("signed_out.html")
    response.del_cookie(COOKIE)
    return response


async def front(state: State, request: web.Request) -> web.Response:
    """Show the sample users and the addresses."""
    at = Addresses.of(request, state.world["tenantId"])
    users = [{**user, "groups": state.groups_of(user)} for user in state.world["users"]]
    return page("front.html", users=users, at=at)


def page(
    template: str, *, status: int = 200, form_action: str = "'none'", **model: object
) -> web.Response:
    """Return a page; it asks for nothing else and can't be framed."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action {form_action}"
    )
    return web.Response(
        status=status,
        text=TEMPLATES.get_template(template).render(**model),
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
