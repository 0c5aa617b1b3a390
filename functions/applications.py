"""GET /api/applications: the caller's applications with their secrets."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

import azure.functions as func

from functions import border
from shared.bootstrap import Composition
from shared.domain.access import CREDENTIAL_MANAGER, Portal, require_role
from shared.domain.applications import Application
from shared.domain.errors import ApplicationPrivileged
from shared.domain.secrets import MAX_NAME_LENGTH, ClientSecret, Limits
from shared.use_cases.list_applications import (
    LastReminder,
    ListedApplication,
    ListedSecret,
    Listing,
)


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("list_applications")
    @triggers.route("api/applications", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def list_applications(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _list)

    return triggers


async def _list(call: border.Call) -> func.HttpResponse:
    principal = await call.principal()
    require_role(principal, CREDENTIAL_MANAGER, call.product.portal)
    listing = await call.product.list_applications(principal)
    return border.json_answer(HTTPStatus.OK, present(listing, call.product.portal))


def present(listing: Listing, portal: Portal) -> dict[str, Any]:
    """Return the answer's body as the OpenAPI document describes it."""
    return {
        "serverTime": instant(listing.now),
        "newSecret": _limits(listing.limits),
        "applications": [
            _application(listed, portal, listing.now) for listed in listing.applications
        ],
    }


def secret_body(
    secret: ClientSecret,
    created_by: str | None,
    now: datetime,
    last_reminder: LastReminder | None = None,
) -> dict[str, Any]:
    """Return a secret as the contract has it, for the list and for the answer to a create."""
    return {
        "keyId": secret.key_id,
        "displayName": secret.display_name,
        "hint": secret.hint,
        "startDateTime": instant(secret.start),
        "endDateTime": instant(secret.end),
        "expiresOn": secret.expires_on.isoformat(),
        "daysLeft": secret.days_left(now.date()),
        "status": secret.status(now).value,
        "createdBy": created_by,
        "lastReminder": _reminder(last_reminder) if last_reminder else None,
    }


def instant(moment: datetime) -> str:
    """Return an aware UTC instant as RFC 3339, in whole seconds."""
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "minExpiresOn": limits.earliest.isoformat(),
        "maxExpiresOn": limits.latest.isoformat(),
        "defaultExpiresOn": limits.latest.isoformat(),
        "maxDisplayNameLength": MAX_NAME_LENGTH,
    }


def _application(listed: ListedApplication, portal: Portal, now: datetime) -> dict[str, Any]:
    application = listed.application
    name = application.name
    return {
        "clientId": application.client_id,
        "displayName": application.display_name,
        "organisation": (
            {"countryCode": name.country_code, "name": name.organisation} if name else None
        ),
        "api": name.api if name else None,
        "alternative": name.alternative if name else False,
        "canWrite": listed.writable,
        "blockedReason": None if listed.writable else ApplicationPrivileged.code,
        "resources": _resources(application, portal),
        "secrets": [_secret(secret, now) for secret in listed.secrets],
    }


def _secret(listed: ListedSecret, now: datetime) -> dict[str, Any]:
    return secret_body(listed.secret, listed.created_by, now, listed.last_reminder)


def _reminder(reminder: LastReminder) -> dict[str, str]:
    return {"stage": reminder.stage.value, "sentAt": instant(reminder.sent_at)}


def _resources(application: Application, portal: Portal) -> list[dict[str, str]]:
    return [
        {"name": resource.name, "environment": resource.environment, "resourceAppId": app_id}
        for app_id, resource in application.resources(portal.resources)
    ]
