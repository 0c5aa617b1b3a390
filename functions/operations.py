"""GET /api/coverage and /api/forecast: who is at risk, and what would be mailed to whom."""

from http import HTTPStatus
from typing import Any

import azure.functions as func

from functions import bodies, border
from functions.applications import instant
from shared.bootstrap import Composition
from shared.domain.access import OPERATIONS, require_role
from shared.domain.drafts import Draft
from shared.domain.findings import Concern, Coverage, Finding
from shared.domain.messages import SUPPORT, Line
from shared.domain.reminders import secret_of
from shared.domain.secrets import ClientSecret
from shared.use_cases.forecast import Forecast


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("coverage")
    @triggers.route("api/coverage", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def coverage(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _coverage)

    @triggers.function_name("forecast")
    @triggers.route("api/forecast", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def forecast(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _forecast)

    return triggers


async def _coverage(call: border.Call) -> func.HttpResponse:
    require_role(await call.principal(), OPERATIONS, call.product.portal)
    found = await call.product.reminding.coverage()
    return border.json_answer(HTTPStatus.OK, present_coverage(found))


async def _forecast(call: border.Call) -> func.HttpResponse:
    require_role(await call.principal(), OPERATIONS, call.product.portal)
    foreseen = await call.product.reminding.forecast(bodies.day_asked_for(call.request))
    return border.json_answer(HTTPStatus.OK, present_forecast(foreseen))


def present_coverage(found: Coverage) -> dict[str, Any]:
    """Return the answer's body as the OpenAPI document describes it."""
    return {
        "serverTime": instant(found.at),
        "examined": found.examined,
        "unread": [each.value for each in found.unread],
        "findings": [_finding(each) for each in found.findings],
    }


def present_forecast(foreseen: Forecast) -> dict[str, Any]:
    """Return the answer's body as the OpenAPI document describes it."""
    mails = [_mail(each) for each in foreseen.mails]
    if foreseen.has_report:
        mails.append(_mail_of("coverage", None, foreseen.support_address))
    return {
        "on": foreseen.on.isoformat(),
        "serverTime": instant(foreseen.at),
        "mails": mails,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "found": finding.is_found,
        "applications": [_concern(each) for each in finding.concerns],
    }


def _concern(concern: Concern) -> dict[str, Any]:
    return {
        "clientId": concern.application.client_id,
        "displayName": concern.application.display_name,
        "secrets": [_secret(each) for each in concern.secrets],
        "details": list(concern.details),
    }


def _secret(secret: ClientSecret) -> dict[str, Any]:
    return {
        "keyId": secret.key_id,
        "displayName": secret.display_name,
        "hint": secret.hint,
        "endDateTime": instant(secret.end),
    }


def _mail(draft: Draft) -> dict[str, Any]:
    is_support = draft.recipient.partition == SUPPORT
    mail = _mail_of(
        "support" if is_support else "reminder",
        None if is_support else draft.recipient.partition,
        draft.recipient.address,
    )
    organisation = None if is_support else draft.organisation
    return {
        **mail,
        "organisation": organisation,
        "secrets": [_line(each) for each in draft.lines],
    }


def _mail_of(kind: str, user_id: str | None, address: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "userId": user_id,
        "address": address,
        "organisation": None,
        "secrets": [],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "clientId": line.client_id,
        "application": line.application,
        "keyId": secret_of(line.claim),
        "displayName": line.secret,
        "hint": line.hint,
        "endDateTime": instant(line.ends_at),
        "stage": line.stage.value,
        "reason": line.unreachable.value if line.unreachable else None,
    }
