"""A small directory, and a client that speaks plain HTTP to the Graph simulator."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession

from local.simulators.graph.state import State

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TENANT = "00000000-0000-4000-8000-000000000001"
IDENTITY = "00000000-0000-4000-8000-000000000002"
PORTAL = "00000000-0000-4000-8000-000000000003"
ROLE = "5b8c2f0e-3d51-4c57-9d6a-8f1e2a7c4b90"
MANAGERS = "00000000-0000-4000-8000-000000000010"
OTHERS = "00000000-0000-4000-8000-000000000011"
JANE = "00000000-0000-4000-8000-000000000020"
JOHN = "00000000-0000-4000-8000-000000000021"
KEY = "00000000-0000-4000-8000-000000000030"
TAG = f"credential-managers:{MANAGERS}"
ABSENT = "00000000-0000-4000-8000-0000000000ff"
NAMES = (
    "Partner-NL-OrganisationName-SMC",
    "Partner-NL-OrganisationName-DM",
    "PartnerAlternative-NL-OrganisationName-SMC",
    "Partner-DE-Some-Org-SMC",
    "Somebody's own",
)


def object_id(number: int) -> str:
    """Return the object id of the application with this number."""
    return f"00000000-0000-4000-8000-0000000001{number:02}"


def client_id(number: int) -> str:
    """Return the client id of the application with this number."""
    return f"00000000-0000-4000-8000-0000000002{number:02}"


OWN, OWN_CLIENT = object_id(0), client_id(0)
FOREIGN, FOREIGN_CLIENT = object_id(4), client_id(4)


def world() -> dict[str, Any]:
    """Return five applications: the first has a secret, the last is another's."""
    return {
        "tenantId": TENANT,
        "portal": {
            "clientId": client_id(99),
            "servicePrincipalId": PORTAL,
            "identityPrincipalId": IDENTITY,
            "credentialRoleId": ROLE,
            "scope": "Credentials.Manage",
        },
        "users": [_user(JANE, "jane.doe", enabled=True), _user(JOHN, "john.roe", enabled=False)],
        "groups": [
            {
                "id": MANAGERS,
                "displayName": "Managers",
                "hasCredentialRole": True,
                "members": [JANE, JOHN],
            },
            {"id": OTHERS, "displayName": "Others", "hasCredentialRole": False, "members": []},
        ],
        "applications": [_application(number) for number in range(len(NAMES))],
    }


def _user(identifier: str, name: str, *, enabled: bool) -> dict[str, Any]:
    return {
        "id": identifier,
        "displayName": name,
        "userPrincipalName": f"{name}@example.org",
        "mail": None,
        "otherMails": [f"{name}@partner.example.org"],
        "accountEnabled": enabled,
        "userType": "Guest",
    }


def _application(number: int) -> dict[str, Any]:
    secret = {
        "keyId": KEY,
        "displayName": None,
        "hint": None,
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": "2026-12-31T23:59:59Z",
    }
    return {
        "id": object_id(number),
        "appId": client_id(number),
        "displayName": NAMES[number],
        "tags": [TAG] if number in {0, 1} else [f"t{number}"],
        "owners": [JANE] if object_id(number) == FOREIGN else [IDENTITY, JANE],
        "requiredResourceAccess": [],
        "passwordCredentials": [secret] if number == 0 else [],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status and a JSON body ({} if there is none)."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """Graph's word for the refusal."""
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        """What Graph says to it."""
        return str(self.body["error"]["message"])

    @property
    def names(self) -> list[str]:
        """The display names of the objects listed."""
        return [each["displayName"] for each in self.body["value"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A running simulator."""

    address: str
    session: ClientSession
    state: State

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request; a path that is an address is taken as it is."""
        url = path if path.startswith("http") else self.address + path
        async with self.session.request(
            method, url, json=json, params=params, headers=headers
        ) as response:
            body = await response.json() if await response.read() else {}
            return Answer(status=response.status, body=body, headers=dict(response.headers))

    async def get(self, path: str, **params: str) -> Answer:
        """Read; the parameters are query options without their dollar sign."""
        return await self.call(
            "GET", "/v1.0" + path, params={f"${name}": value for name, value in params.items()}
        )

    async def pages(self, path: str, **params: str) -> list[Answer]:
        """Read a listing to its end, which must come within 20 pages."""
        pages = [await self.get(path, **params)]
        while link := pages[-1].body.get("@odata.nextLink"):
            assert len(pages) < 20, "the listing does not end"
            pages.append(await self.call("GET", link))
        return pages

    async def add(self, number: int = 0, /, **credential: object) -> Answer:
        """Call addPassword."""
        path = f"/v1.0/applications/{object_id(number)}/addPassword"
        return await self.call("POST", path, json={"passwordCredential": credential})

    async def remove(self, key_id: str, number: int = 0) -> Answer:
        """Call removePassword."""
        path = f"/v1.0/applications/{object_id(number)}/removePassword"
        return await self.call("POST", path, json={"keyId": key_id})

    async def trap(self, name: str, **parameters: object) -> None:
        """Switch a trap on."""
        answer = await self.call("PUT", f"/dev/traps/{name}", json=parameters)
        assert answer.status == 204, f"trap {name} was refused"

    async def later(self, seconds: float) -> None:
        """Set the simulator's clock so far ahead."""
        await self.call("POST", "/dev/clock", json={"offsetSeconds": seconds})

    async def key_ids(self, number: int = 0) -> list[str]:
        """Return the key ids that a read shows."""
        answer = await self.get(f"/applications/{object_id(number)}", select="passwordCredentials")
        return [each["keyId"] for each in answer.body["passwordCredentials"]]

    async def true_key_ids(self, number: int = 0) -> list[str]:
        """Return the key ids that exist, whatever a read shows."""
        answer = await self.call("GET", f"/dev/truth/{client_id(number)}")
        return [each["keyId"] for each in answer.body["passwordCredentials"]]
