"""All settings, read once, every fault named together: the one place that reads the environment."""

import os
import re
from base64 import b64decode
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    ValidationError,
)

from shared.domain.addresses import connection_parts, is_loopback, is_mail_address
from shared.domain.applications import Resource, Resources
from shared.domain.errors import SettingsIncomplete
from shared.domain.ids import guid

GRAPH_HOST = "graph.microsoft.com"
NCRONTAB_FIELDS = 6
LONGEST_AUDIT = 36_500
"""Days: a hundred years. What lies before the year 1 cannot be reckoned with."""

_KEYS = frozenset({"accesskey", "accountkey"})
"""Parts of connection strings that are keys, in base64."""

WMDA_GUIDE = "https://share.wmda.info/"


def _guid(text: str) -> str:
    canonical = guid(text.strip())
    if canonical is None:
        raise ValueError("not a GUID")
    return canonical


def _url(text: str) -> str:
    """Accept https, and http on this machine: nothing else may carry a token."""
    parts = urlsplit(text)
    if not parts.hostname or parts.username or parts.password or parts.port == 0:
        raise ValueError("not a plain URL")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise ValueError("neither https nor loopback")
    return text.rstrip("/")


def _graph(text: str) -> str:
    """Accept Graph itself, and a simulator on this machine: the token goes to no other host."""
    host = urlsplit(text).hostname or ""
    if host != GRAPH_HOST and not is_loopback(host):
        raise ValueError("not Microsoft Graph")
    return text


def _service(text: str) -> str:
    """Accept a service's root."""
    parts = urlsplit(text)
    if parts.path or parts.query or parts.fragment:
        raise ValueError("not a service's root")
    return text


def _word(text: str) -> str:
    if len(text.split()) != 1:
        raise ValueError("not one word")
    return text.strip()


def _schedule(text: str) -> str:
    if len(text.split()) != NCRONTAB_FIELDS or not re.fullmatch(r"[\d\s*/,A-Za-z-]+", text):
        raise ValueError("not an NCRONTAB expression")
    return text


def _address(text: str) -> str:
    if not is_mail_address(text.strip()):
        raise ValueError("not a mail address")
    return text.strip()


def _connection_string(*needed: frozenset[str]) -> AfterValidator:
    """Accept `Name=value;…` that holds one of the sets of names, each with a value."""

    def judged(text: str) -> str:
        values = connection_parts(text)
        if not any(names <= values.keys() for names in needed):
            raise ValueError("not a connection string")
        if "endpoint" in values:
            _url(values["endpoint"])
        for name in _KEYS & values.keys():
            b64decode(values[name], validate=True)
        return text

    return AfterValidator(judged)


def _words(text: object) -> object:
    return text.replace(",", " ").split() if isinstance(text, str) else text


Guid = Annotated[str, AfterValidator(_guid)]
Guids = Annotated[frozenset[Guid], BeforeValidator(_words)]
Url = Annotated[str, AfterValidator(_url)]
ServiceUrl = Annotated[Url, AfterValidator(_service)]
GraphUrl = Annotated[Url, AfterValidator(_graph)]
Word = Annotated[str, AfterValidator(_word)]
Schedule = Annotated[str, AfterValidator(_schedule)]
Address = Annotated[str, AfterValidator(_address)]
MailConnection = Annotated[str, _connection_string(frozenset({"endpoint", "accesskey"}))]
TableConnection = Annotated[
    str,
    _connection_string(
        frozenset({"accountname", "accountkey"}),
        frozenset({"tableendpoint", "sharedaccesssignature"}),
        frozenset({"usedevelopmentstorage"}),
    ),
]


class GraphCredential(StrEnum):
    """How the portal signs in to Graph."""

    MANAGED_IDENTITY = "managed-identity"
    NONE = "none"


class ReminderMode(StrEnum):
    """Whether reminders are sent, or only evaluated and logged."""

    SEND = "send"
    REPORT = "report"


class ResourceSetting(BaseModel):
    """One of the provider's APIs, as RESOURCES names it: in lower case, unlike the settings."""

    name: str
    environment: str


WMDA_RESOURCES: Resources = {
    "5df05a6d-8ef0-49fe-9441-62cd9b540376": Resource(
        name="Search and Match", environment="production"
    ),
    "f6d78a69-c840-46a2-941b-a0e08f9296e7": Resource(
        name="Search and Match", environment="sandbox"
    ),
    "00f6f281-2c36-45a4-97ae-79d745265090": Resource(
        name="Match-Connect", environment="production"
    ),
    "fd05059b-9c9e-443c-a7e7-bc4ddfe29f5c": Resource(name="Match-Connect", environment="sandbox"),
    "577a3074-a64c-44e5-b394-bf40eb53413a": Resource(name="Data Manager", environment="production"),
    "4ff9e943-41d7-4430-b1cf-5502b9440601": Resource(name="Data Manager", environment="sandbox"),
}


class Settings(BaseModel):
    """The settings by their names in lower case; docs/settings.md says what each means."""

    model_config = ConfigDict(
        frozen=True, alias_generator=str.upper, extra="ignore", hide_input_in_errors=True
    )

    tables_endpoint: ServiceUrl | None = None
    tables_connection_string: TableConnection | None = None
    email_endpoint: ServiceUrl | None = None
    email_connection_string: MailConnection | None = None
    email_sender: Address
    graph_base_url: GraphUrl = "https://graph.microsoft.com/v1.0"
    graph_credential: GraphCredential = GraphCredential.MANAGED_IDENTITY
    azure_client_id: Guid | None = None
    tenant_id: Guid
    portal_client_id: Guid
    portal_service_principal_id: Guid
    identity_principal_id: Guid
    credential_role_id: Guid = "5b8c2f0e-3d51-4c57-9d6a-8f1e2a7c4b90"
    token_authority: Url | None = None
    allowed_client_ids: Guids = frozenset()
    required_scope: Word = "Credentials.Manage"
    step_up_auth_context: Word | None = None
    api_auth_guide_url: Url = WMDA_GUIDE
    mfa_guide_url: Url = WMDA_GUIDE
    reminder_mode: ReminderMode = ReminderMode.SEND
    reminder_schedule: Schedule
    audit_days: Annotated[int, Field(ge=1, le=LONGEST_AUDIT)] = 730
    portal_url: Url
    support_email: Address
    provider_name: str = "WMDA"
    resources: Json[dict[Guid, ResourceSetting]] | None = None
    notify_changes: bool = True
    applicationinsights_connection_string: str | None = None
    applicationinsights_authentication_string: str | None = None

    @property
    def authority(self) -> str:
        """The one issuer whose tokens are accepted."""
        return self.token_authority or f"https://login.microsoftonline.com/{self.tenant_id}/v2.0"

    @property
    def tenant_endpoint(self) -> str:
        """Where the issuer's own endpoints lie."""
        return self.authority.removesuffix("/v2.0")

    @property
    def accepted_client_ids(self) -> frozenset[str]:
        return self.allowed_client_ids or frozenset({self.portal_client_id})

    @property
    def known_resources(self) -> Resources:
        """Return the resources of RESOURCES, or WMDA's own."""
        if self.resources is None:
            return WMDA_RESOURCES
        return {
            app_id: Resource(name=each.name, environment=each.environment)
            for app_id, each in self.resources.items()
        }


def from_environment() -> Settings:
    """Read the settings of this process."""
    return read(os.environ)  # noqa: TID251 - the one place that reads the environment


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings; raise SettingsIncomplete that names every fault, and no value.

    An empty value counts as a missing one, since the platform cannot unset a setting.
    """
    given = {name: value for name, value in environment.items() if value.strip()}
    missing = set(_missing_alternatives(given))
    malformed = set(_contradictions(given))
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            (missing if fault["type"] == "missing" else malformed).add(str(fault["loc"][0]))
        raise SettingsIncomplete(missing=missing, malformed=malformed) from None
    if missing or malformed:
        raise SettingsIncomplete(missing=missing, malformed=malformed)
    return settings


def _missing_alternatives(given: Mapping[str, str]) -> list[str]:
    """Name what is needed although each setting alone may be absent."""
    missing = [
        f"{service}_ENDPOINT"
        for service in ("TABLES", "EMAIL")
        if not {f"{service}_ENDPOINT", f"{service}_CONNECTION_STRING"} & given.keys()
    ]
    without = given.get("GRAPH_CREDENTIAL") == GraphCredential.NONE
    signs_in = not without or {"TABLES_ENDPOINT", "EMAIL_ENDPOINT"} & given.keys()
    if signs_in and "AZURE_CLIENT_ID" not in given:
        missing.append("AZURE_CLIENT_ID")
    return missing


def _contradictions(given: Mapping[str, str]) -> list[str]:
    """Name what is wrong only beside another setting.

    Two ways to one service are ambiguous, and no sign-in is for a Graph on this machine alone.
    """
    names = [
        f"{service}_CONNECTION_STRING"
        for service in ("TABLES", "EMAIL")
        if {f"{service}_ENDPOINT", f"{service}_CONNECTION_STRING"} <= given.keys()
    ]
    without = given.get("GRAPH_CREDENTIAL") == GraphCredential.NONE
    if without and not is_loopback(_host(given.get("GRAPH_BASE_URL", ""))):
        names.append("GRAPH_CREDENTIAL")
    return names


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
