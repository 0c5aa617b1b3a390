"""What a client asks of the authorize endpoint, checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from local.simulators.identity import errors
from local.simulators.identity.claims import OPENID_SCOPES
from local.simulators.identity.grants import Grant
from local.simulators.identity.state import State

# Not [::1]: Entra takes no such redirect URI.
LOOPBACK = {"localhost", "127.0.0.1"}
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PROMPTS = {"", "none", "login", "select_account", "consent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Where the answer goes, once client and address are known to be right."""

    redirect_uri: str
    mode: str
    state: str | None

    def location(self, answer: Mapping[str, str]) -> str:
        """Return the address that carries the answer."""
        told = urlencode({**answer, **({} if self.state is None else {"state": self.state})})
        if not told:
            return self.redirect_uri
        query = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{'#' if self.mode == 'fragment' else query}{told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the `claims` parameter asks for in the access token."""

    contexts: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A request for a code."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    nonce: str | None
    prompt: str
    login_hint: str
    wanted: Wanted

    def grant(self, user_id: str) -> Grant:
        """Return what the user lets the client have."""
        return Grant(
            client_id=self.client_id,
            user_id=user_id,
            redirect_uri=self.redirect_uri,
            scopes=self.scopes,
            nonce=self.nonce,
            contexts=self.wanted.contexts,
            capabilities=self.wanted.capabilities,
        )


def on_this_machine(uri: str) -> bool:
    """Tell whether a redirect URI is one that this provider takes: http, loopback, any path."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK and "@" not in parts.netloc
    return plain and not parts.fragment and re.search(r"[\s\\]", uri) is None


def origin_of(uri: str) -> str:
    """Return scheme, host and port."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def reply(state: State, query: Mapping[str, str]) -> Reply:
    """Return where to answer; Refusal, to be shown to the user, if that can't be known."""
    client_id, redirect_uri = query.get("client_id", ""), query.get("redirect_uri", "")
    if client_id.lower() not in {each.lower() for each in state.clients}:
        raise errors.unknown_client(client_id)
    if not on_this_machine(redirect_uri):
        raise errors.unknown_redirect(redirect_uri)
    mode = query.get("response_mode", "query")
    if mode not in {"query", "fragment"}:
        raise errors.unusable("response_mode")
    return Reply(redirect_uri=redirect_uri, mode=mode, state=query.get("state"))


def authorization(state: State, query: Mapping[str, str]) -> Authorization:
    """Return the request; Refusal, to be told to the client, if it is not one."""
    if query.get("response_type") != "code":
        raise errors.Refusal("unsupported_response_type", 700054, "response_type is not 'code'.")
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or CHALLENGE.fullmatch(challenge) is None:
        raise errors.pkce_required()
    prompt = query.get("prompt", "")
    if prompt not in PROMPTS:
        raise errors.unusable("prompt")
    return Authorization(
        client_id=query["client_id"].lower(),
        redirect_uri=query["redirect_uri"],
        scopes=scopes(state, query.get("scope", "")),
        challenge=challenge,
        nonce=query.get("nonce"),
        prompt=prompt,
        login_hint=query.get("login_hint", "").lower(),
        wanted=wanted(query.get("claims", "")),
    )


def scopes(state: State, text: str) -> tuple[str, ...]:
    """Return the scopes; Refusal if there is none, or one is of no API that is known here."""
    asked = tuple(dict.fromkeys(text.split()))
    if not asked:
        raise errors.missing("scope")
    portal = state.world["portal"]
    roots = (portal["clientId"], f"api://{portal['clientId']}")
    known = {f"{root}/{name}" for root in roots for name in (portal["scope"], ".default")}
    for scope in asked:
        if scope not in OPENID_SCOPES and scope not in known:
            of_portal = scope.rpartition("/")[0] in {"", *roots}
            raise errors.unknown_scope(scope) if of_portal else errors.unknown_resource(scope)
    return asked


def wanted(text: str) -> Wanted:
    """Return what the `claims` parameter asks for; Refusal if it is not one."""
    if not text:
        return Wanted()
    try:
        asked = json.loads(text).get("access_token") or {}
        return Wanted(
            contexts=_values(asked.get("acrs")), capabilities=_values(asked.get("xms_cc"))
        )
    except (AttributeError, TypeError, ValueError) as fault:
        raise errors.unusable("claims") from fault


def _values(asked: dict[str, Any] | None) -> tuple[str, ...]:
    asked = asked or {}
    values = asked.get("values", [asked["value"]] if "value" in asked else [])
    if not all(isinstance(each, str) for each in values):
        raise TypeError("no strings")
    return tuple(values)
