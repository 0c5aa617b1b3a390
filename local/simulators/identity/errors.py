"""Entra's refusals, with its numbers where they are known."""

from datetime import datetime
from typing import Any

from local.simulators.common import new_guid


class Refusal(Exception):
    """OAuth's word (`invalid_grant`), Entra's number (AADSTS…) and what it says to people."""

    def __init__(self, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.number = number
        self.message = message

    @property
    def told(self) -> str:
        """The number and the message, as pages show them."""
        return f"AADSTS{self.number}: {self.message}"

    def body(self, now: datetime) -> dict[str, Any]:
        """Return the body of the token endpoint's answer."""
        trace, correlation = new_guid(), new_guid()
        stamp = f"{now:%Y-%m-%d %H:%M:%SZ}"
        traced = f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
        return {
            "error": self.error,
            "error_description": f"{self.told} {traced}",
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
        }


def unknown_tenant(tenant: str) -> Refusal:
    """Refuse a path of another tenant."""
    return Refusal("invalid_tenant", 90002, f"Tenant '{tenant}' not found.")


def unknown_client(client_id: str) -> Refusal:
    """Refuse a client that is not registered."""
    told = f"Application with identifier '{client_id}' was not found in the directory."
    return Refusal("unauthorized_client", 700016, told)


def unknown_redirect(uri: str) -> Refusal:
    """Refuse a redirect URI that is not registered: here, one that is not on this machine."""
    return Refusal("invalid_request", 50011, f"The redirect URI '{uri}' is not registered.")


def missing(parameter: str) -> Refusal:
    """Refuse a request without this parameter."""
    told = f"The request body must contain the following parameter: '{parameter}'."
    return Refusal("invalid_request", 900144, told)


def unusable(parameter: str) -> Refusal:
    """Refuse the value of this parameter."""
    return Refusal("invalid_request", 90023, f"The value of '{parameter}' can't be used.")


def pkce_required() -> Refusal:
    """Refuse a single-page application that does not protect its code."""
    told = "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
    return Refusal("invalid_request", 9002325, told)


def unknown_scope(scope: str) -> Refusal:
    """Refuse a scope that no API of the tenant has."""
    told = f"The provided value for the input parameter 'scope' isn't valid: {scope}"
    return Refusal("invalid_scope", 70011, told)


def unknown_resource(scope: str) -> Refusal:
    """Refuse a scope of an API that is not in the tenant."""
    told = f"The resource principal of '{scope}' was not found in the tenant."
    return Refusal("invalid_resource", 500011, told)


def login_required() -> Refusal:
    """Refuse a silent sign-in without a session."""
    told = "A silent sign-in request was sent but no user is signed in."
    return Refusal("login_required", 50058, told)


def disabled() -> Refusal:
    """Refuse a user whose account is disabled."""
    return Refusal("invalid_grant", 50057, "The user account is disabled.")


def step_up_required() -> Refusal:
    """Refuse to add an authentication context silently."""
    told = "You must use multi-factor authentication to access this resource."
    return Refusal("interaction_required", 50076, told)


def invalid_grant(number: int, message: str) -> Refusal:
    """Refuse a code or refresh token."""
    return Refusal("invalid_grant", number, message)


def wrong_origin(origin: str | None) -> Refusal:
    """Refuse to redeem for another origin than the redirect URI's, or for no browser at all."""
    if origin is None:
        told = (
            "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via"
            " cross-origin requests."
        )
        return Refusal("invalid_request", 9002327, told)
    told = (
        "Cross-origin token redemption is permitted only for the 'Single-Page Application'"
        f" client-type. Request origin: '{origin}'."
    )
    return Refusal("invalid_request", 9002326, told)
