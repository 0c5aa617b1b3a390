"""A small directory, and a client that signs in at the identity simulator as a browser would."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import jwt
from aiohttp import ClientResponse, ClientSession, CookieJar

from local.simulators.common import real_now, serving
from local.simulators.identity.server import application
from local.simulators.identity.state import State
from tests.integration.simulators.graph_client import JANE, JOHN, MANAGERS, OTHERS, TENANT, world

__all__ = ["JANE", "JOHN", "MANAGERS", "OTHERS", "TENANT", "world"]

PORTAL_CLIENT = str(world()["portal"]["clientId"])
OTHER_CLIENT = "00000000-0000-4000-8000-000000000298"
JANE_NAME, JOHN_NAME = "jane.doe@example.org", "john.roe@example.org"
ORIGIN = "http://127.0.0.1:7071"
REDIRECT = ORIGIN + "/manage-clients"
API_SCOPE = f"api://{PORTAL_CLIENT}/Credentials.Manage"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-it-is"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def request(**changes: str | None) -> dict[str, str]:
    """Return a request for a code, with these parameters replaced; None takes one away."""
    whole: dict[str, str | None] = {
        "client_id": PORTAL_CLIENT,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "response_mode": "fragment",
        "scope": f"openid profile offline_access {API_SCOPE}",
        "state": "a state & more",
        "nonce": "a nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, headers, and a JSON body ({} if there is none) or a page."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]
    text: str

    @property
    def told(self) -> dict[str, str]:
        """The parameters that a redirect carries back, in its query or fragment."""
        parts = urlsplit(self.headers["Location"])
        return dict(parse_qsl(parts.fragment or parts.query))

    @property
    def number(self) -> str:
        """Entra's number of a refusal, wherever it is told."""
        where = self.text or " ".join(self.told.values())
        found = re.search(r"AADSTS\d+", where)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A running simulator, and a browser with cookies."""

    address: str
    session: ClientSession

    @property
    def issuer(self) -> str:
        """The issuer of its tokens."""
        return f"{self.address}/{TENANT}/v2.0"

    async def call(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's options
        """Send one request; follow no redirect."""
        url = self.address + path
        async with self.session.request(method, url, allow_redirects=False, **options) as response:
            return await _answer(response)

    async def authorize(self, user: str | None = None, **changes: str | None) -> Answer:
        """Ask for a code; as a click on this user (an id) if one is given."""
        path, query = f"/{TENANT}/oauth2/v2.0/authorize", request(**changes)
        if user is None:
            return await self.call("GET", path, params=query)
        return await self.call("POST", path, params=query, data={"user": user})

    async def token(self, origin: str | None = ORIGIN, **form: str | None) -> Answer:
        """Ask for tokens, as a page of this origin does."""
        whole = {"client_id": PORTAL_CLIENT, **form}
        sent = {name: value for name, value in whole.items() if value is not None}
        headers = {"Origin": origin} if origin else {}
        path = f"/{TENANT}/oauth2/v2.0/token"
        return await self.call("POST", path, data=sent, headers=headers)

    async def redeem(self, code: str | None, **changes: str | None) -> Answer:
        """Redeem a code."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **changes,
        }
        return await self.token(**form)

    async def sign_in(self, user: str = JANE, **changes: str | None) -> dict[str, Any]:
        """Sign in from the page to the tokens; return the token endpoint's answer."""
        code = (await self.authorize(user, **changes)).told["code"]
        client_id = changes.get("client_id", PORTAL_CLIENT)
        return (await self.redeem(code, client_id=client_id)).body

    async def refresh(self, token: str, **changes: str | None) -> Answer:
        """Use a refresh token."""
        return await self.token(grant_type="refresh_token", refresh_token=token, **changes)

    async def keys(self) -> list[dict[str, Any]]:
        """Return the published keys."""
        answer = await self.call("GET", f"/{TENANT}/discovery/v2.0/keys")
        return cast("list[dict[str, Any]]", answer.body["keys"])

    async def verified(self, token: str, audience: str = PORTAL_CLIENT) -> dict[str, Any]:
        """Return the claims, after PyJWT has checked them with the published key."""
        kid = jwt.get_unverified_header(token)["kid"]
        (key,) = [each for each in await self.keys() if each["kid"] == kid]
        return jwt.decode(
            token,
            jwt.PyJWK(key, algorithm="RS256"),
            algorithms=["RS256"],
            audience=audience,
            issuer=self.issuer,
        )

    async def trap(self, name: str, **parameters: object) -> None:
        """Switch a trap on."""
        answer = await self.call("PUT", f"/dev/traps/{name}", json=parameters)
        assert answer.status == 204, f"trap {name} was refused"

    async def replace_world(self, changed: Mapping[str, Any]) -> None:
        """Replace the directory."""
        assert (await self.call("PUT", "/dev/world", json=changed)).status == 204


async def _answer(response: ClientResponse) -> Answer:
    is_json = response.content_type == "application/json"
    text = await response.text()
    body = await response.json() if is_json else {}
    return Answer(status=response.status, headers=response.headers, body=body, text=text)


@asynccontextmanager
async def running(
    changed: Mapping[str, Any] | None = None, now: Callable[[], datetime] = real_now
) -> AsyncIterator[Identity]:
    """Run a simulator of this world."""
    state = State(changed or world(), real=now)
    jar = CookieJar(unsafe=True)  # cookies of an address, not of a name
    async with serving(application(state)) as address, ClientSession(cookie_jar=jar) as session:
        yield Identity(address=address, session=session)
