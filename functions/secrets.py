"""POST and DELETE: a client secret is made, or removed."""

from http import HTTPStatus

import azure.functions as func

from functions import bodies, border
from functions.applications import secret_body
from shared.bootstrap import Composition
from shared.domain.access import CREDENTIAL_MANAGER, require_role
from shared.ports.secret_store import Outcome
from shared.use_cases.create_secret import CreatedSecret

_SECRETS = "api/applications/{clientId}/secrets"


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("create_secret")
    @triggers.route(_SECRETS, methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
    async def create_secret(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _create)

    @triggers.function_name("delete_secret")
    @triggers.route(_SECRETS + "/{keyId}", methods=["DELETE"], auth_level=func.AuthLevel.ANONYMOUS)
    async def delete_secret(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _delete)

    return triggers


async def _create(call: border.Call) -> func.HttpResponse:
    principal = await call.principal()
    async with call.attempt("create_secret", principal) as attempt:
        require_role(principal, CREDENTIAL_MANAGER, call.product.portal)
        wish = bodies.wish(call.request)
        created = await call.product.create_secret(
            principal, call.request.route_params["clientId"], wish
        )
        attempt.came_to(Outcome.CREATED, created.secret.key_id)
    return _created(created)


async def _delete(call: border.Call) -> func.HttpResponse:
    principal = await call.principal()
    async with call.attempt("delete_secret", principal) as attempt:
        require_role(principal, CREDENTIAL_MANAGER, call.product.portal)
        attempt.key_id = key_id = bodies.key_id(call.request)
        outcome = await call.product.delete_secret(
            principal,
            call.request.route_params["clientId"],
            key_id,
            confirm_last=bodies.confirms_last(call.request),
        )
        attempt.came_to(outcome, key_id)
    return border.empty_answer()


def _created(created: CreatedSecret) -> func.HttpResponse:
    """Return the 201: the one place that unwraps a secret's value."""
    body = secret_body(created.secret, created.created_by, created.now)
    return border.json_answer(HTTPStatus.CREATED, body | {"secretText": created.value.reveal()})
