"""Query options, and objects as they are shown under them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from local.simulators.graph.errors import malformed, unsupported
from local.simulators.graph.state import Application, Credential, State

DEFAULT_PAGE = 100
MAX_PAGE = 999
MAX_EXPANDED = 20
EXPAND_OWNERS = "owners($select=id)"

CredentialsOf = Callable[[Application], list[Credential]]

APPLICATION_PROPERTIES = (
    "id",
    "deletedDateTime",
    "appId",
    "createdDateTime",
    "displayName",
    "signInAudience",
    "tags",
    "uniqueName",
    "requiredResourceAccess",
    "keyCredentials",
    "passwordCredentials",
)
USER_PROPERTIES = (
    "id",
    "displayName",
    "mail",
    "userPrincipalName",
    "accountEnabled",
    "otherMails",
    "userType",
)
USER_DEFAULTS = ("id", "displayName", "mail", "userPrincipalName")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The options of one request; `select` and `expand` are None where they were not given."""

    select: tuple[str, ...] | None
    expand: str | None
    top: int
    filter: str | None
    count: bool
    token: str | None

    def selected(self, defaults: Collection[str]) -> Collection[str]:
        """Return the properties to show."""
        return defaults if self.select is None else self.select


def parsed_query(
    request: web.Request,
    resource: str,
    properties: Collection[str],
    options: Collection[str],
    expandable: Collection[str] = (EXPAND_OWNERS,),
) -> Query:
    """Return the query of a request for `resource`; GraphError if an option is not served."""
    given = request.query
    for name in given:
        if name not in options:
            raise unsupported(f"The query option '{name}' is not supported.")
    return Query(
        select=_select(given.get("$select"), resource, properties),
        expand=_expand(given.get("$expand"), expandable),
        top=_top(given.get("$top")),
        filter=given.get("$filter"),
        count=_count(request),
        token=given.get("$skiptoken"),
    )


def _select(text: str | None, resource: str, properties: Collection[str]) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in properties:
            raise malformed(
                "Parsing OData Select and Expand failed: Could not find a property named"
                f" '{name}' on type 'microsoft.graph.{resource}'."
            )
    return names


def _expand(text: str | None, expandable: Collection[str]) -> str | None:
    if text is not None and text.replace(" ", "") not in expandable:
        raise malformed(f"Parsing OData Select and Expand failed: '{text}' can't be expanded.")
    return text


def _top(text: str | None) -> int:
    if text is None:
        return DEFAULT_PAGE
    if not text.isdecimal():
        raise malformed(f"Invalid value '{text}' for $top query option found.")
    if not 1 <= int(text) <= MAX_PAGE:
        raise unsupported(
            f"Invalid page size specified: '{text}'. Must be between 1 and {MAX_PAGE} inclusive."
        )
    return int(text)


def _count(request: web.Request) -> bool:
    wanted = request.query.get("$count", "false").lower() == "true"
    eventual = request.headers.get("ConsistencyLevel", "").lower() == "eventual"
    # A cast is an advanced query.
    if request.path.endswith("graph.user") and not (wanted and eventual):
        raise unsupported(
            "The cast to microsoft.graph.user needs ConsistencyLevel: eventual and $count=true."
        )
    return wanted and eventual


def shown_application(
    state: State, application: Application, query: Query, credentials: CredentialsOf
) -> dict[str, Any]:
    """Return an application with the selected properties, owners too if they are expanded."""
    known: dict[str, Callable[[], object]] = {
        "signInAudience": lambda: "AzureADMyOrg",
        "keyCredentials": list,
        "passwordCredentials": lambda: [
            shown_credential(each) for each in credentials(application)
        ],
    }
    shown = {
        name: known[name]() if name in known else application.get(name)
        for name in query.selected(APPLICATION_PROPERTIES)
    }
    if query.expand:
        shown["owners"] = [_owner(state, each) for each in application["owners"][:MAX_EXPANDED]]
    return shown


def _owner(state: State, identifier: str) -> dict[str, str]:
    kind = "user" if identifier.lower() in state.users else "servicePrincipal"
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": identifier}


def shown_credential(credential: Credential, value: str | None = None) -> dict[str, Any]:
    """Return a secret as Graph shows it: without its value but in the answer of addPassword."""
    return {"customKeyIdentifier": None, **credential, "secretText": value}


def shown_user(user: Mapping[str, Any], query: Query) -> dict[str, Any]:
    """Return a user with the selected properties."""
    return {name: user.get(name) for name in query.selected(USER_DEFAULTS)}


def context(request: web.Request, fragment: str) -> str:
    """Return the @odata.context of an answer."""
    return f"{root(request)}/$metadata#{fragment}"


def root(request: web.Request) -> str:
    """Return this Graph's root, as the caller addressed it."""
    return f"{request.scheme}://{request.host}/v1.0"
