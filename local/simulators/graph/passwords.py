"""addPassword and removePassword."""

import asyncio
import secrets
import string
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from local.simulators.common import new_guid
from local.simulators.graph.errors import GraphError, bad_request, denied, malformed
from local.simulators.graph.filters import is_guid
from local.simulators.graph.odata import shown_credential
from local.simulators.graph.state import Application, Credential, State, graph_time, parsed_time

SETTABLE = {"displayName", "startDateTime", "endDateTime"}
DEFAULT_YEARS = 2
HINT_LENGTH = 3
VALUE_ALPHABET = string.ascii_letters + string.digits + "._~"
POLICY_ID = "0d3c2b1a-5f4e-4a6b-8c7d-9e0f1a2b3c4d"


def new_value() -> str:
    """Return 40 characters of today's shape: three, `8Q~`, and 34 more."""
    start, rest = ("".join(secrets.choice(VALUE_ALPHABET) for _ in range(n)) for n in (3, 34))
    return f"{start}8Q~{rest}"


async def add_password(
    state: State, application: Application, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Make a secret and return it as Graph does, its value included; it is kept nowhere else."""
    _check_owned(state, application)
    name, start, end = _wanted(body, state.clock.now())
    _check_limits(state, application, end - start)
    value = new_value()
    credential = Credential(
        displayName=name,
        endDateTime=graph_time(end),
        hint=value[:HINT_LENGTH],
        keyId=new_guid(),
        startDateTime=graph_time(start),
    )
    await _keep(state, application, credential)
    return shown_credential(credential, value)


def remove_password(state: State, application: Application, body: Mapping[str, Any]) -> None:
    """Remove a secret; GraphError if it is not there, or not seen yet."""
    _check_owned(state, application)
    key_id = body.get("keyId")
    if not isinstance(key_id, str) or not is_guid(key_id):
        raise malformed(f"Cannot convert the literal '{key_id}' to the expected type 'Edm.Guid'.")
    with state.reading() as credentials:
        for credential in credentials(application):
            existing = credential in application["passwordCredentials"]
            if credential["keyId"].lower() == key_id.lower() and existing:
                state.remove(application, credential)
                return
    raise bad_request(f"No password credential found with keyId '{key_id}'.")


def _check_owned(state: State, application: Application) -> None:
    if state.world["portal"]["identityPrincipalId"] not in application["owners"]:
        raise denied()


def _wanted(body: Mapping[str, Any], now: datetime) -> tuple[str | None, datetime, datetime]:
    given = body.get("passwordCredential") or {}
    if not isinstance(given, dict) or body.keys() - {"passwordCredential"}:
        raise malformed("The request body is not that of addPassword.")
    name = given.get("displayName")
    if name is not None and not isinstance(name, str):
        raise malformed("Cannot convert displayName to the expected type 'Edm.String'.")
    set_by_client = {each for each, value in given.items() if value is not None} - SETTABLE
    if set_by_client - {"@odata.type"}:
        raise bad_request("New password credentials must be generated with service actions.")
    start = _instant(given.get("startDateTime"), now)
    end = _instant(given.get("endDateTime"), _years_after(start, DEFAULT_YEARS))
    if end <= max(start, now):
        raise bad_request("Key credential end date is invalid.")
    return name, start, end


def _instant(given: object, default: datetime) -> datetime:
    if given is None:
        return default
    try:
        return parsed_time(str(given))
    except (ValueError, OverflowError) as fault:
        literal = f"Cannot convert the literal '{given}'"
        raise malformed(f"{literal} to the expected type 'Edm.DateTimeOffset'.") from fault


def _years_after(instant: datetime, years: int) -> datetime:
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:  # 29 February
        return instant.replace(year=instant.year + years, day=28)


def _check_limits(state: State, application: Application, lifetime: timedelta) -> None:
    if state.traps.fire("resource_size"):
        raise GraphError(
            403,
            "Directory_ResourceSizeExceeded",
            "The size of the object has exceeded its limit."
            " Please reduce the number of values and retry your request.",
        )
    policy = state.traps.value("policy_lifetime")
    if policy and lifetime > timedelta(days=policy["days"]):
        state.traps.fire("policy_lifetime")
        raise _lifetime_refused()
    audience = state.traps.value("personal_audience")
    count = len(application["passwordCredentials"])
    if audience and count >= audience["max"]:
        state.traps.fire("personal_audience")
        raise _too_many(count + 1, audience["max"])


def _lifetime_refused() -> GraphError:
    message = (
        f"Credential lifetime exceeds the max value allowed as per assigned policy {POLICY_ID}."
    )
    detail = {"code": "InvalidKeyEndDate", "target": "EndDate", "message": message}
    return GraphError(400, "CredentialInvalidLifetimeAsPerAppPolicy", message, details=[detail])


def _too_many(wanted: int, allowed: int) -> GraphError:
    return GraphError(
        400,
        "TooManyAppPasswords",
        f"Not allowed to add {wanted} passwords."
        f" You can only add a maximum of {allowed} passwords.",
        details=[{"code": "TooManyAppPasswords", "target": "passwordCredentials"}],
    )


async def _keep(state: State, application: Application, credential: Credential) -> None:
    losing = state.traps.value("lost_writes")
    if losing:
        before = list(application["passwordCredentials"])
        await _meet_another(state, application, losing["milliseconds"] / 1000)
        lost = [each for each in application["passwordCredentials"] if each not in before]
        for each in lost:
            state.remove(application, each)
        if lost:
            state.traps.fire("lost_writes")
    state.add(application, credential)


async def _meet_another(state: State, application: Application, seconds: float) -> None:
    """Wait until another addPassword on the application is under way too, or the time is over."""
    under_way = state.under_way.setdefault(application["id"], [])
    met = asyncio.Event()
    under_way.append(met)
    if len(under_way) > 1:
        for each in under_way:
            each.set()
    try:
        await asyncio.wait_for(met.wait(), seconds)
    except TimeoutError:
        return
    finally:
        under_way.remove(met)
