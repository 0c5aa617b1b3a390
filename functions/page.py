"""What anyone may read: the settings of the sign-in, the health, the contract."""

from http import HTTPStatus
from pathlib import Path

import azure.functions as func
import orjson

from functions import border
from shared.bootstrap import Composition

_CONTRACT = Path(__file__).with_name("openapi.json")


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("config")
    @triggers.route("api/config", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def config(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _config)

    @triggers.function_name("health")
    @triggers.route("api/health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def health(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _health)

    @triggers.function_name("openapi")
    @triggers.route("api/openapi.json", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def openapi(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _openapi)

    return triggers


async def _config(call: border.Call) -> func.HttpResponse:
    settings = call.product.settings
    call.product.prepare()
    body = {
        "authority": settings.authority,
        "tokenEndpoint": f"{settings.tenant_endpoint}/oauth2/v2.0/token",
        "clientId": settings.portal_client_id,
        "scope": f"api://{settings.portal_client_id}/{settings.required_scope}",
        "providerName": settings.provider_name,
        "supportEmail": settings.support_email,
        "guides": {
            "apiAuthentication": settings.api_auth_guide_url,
            "mfa": settings.mfa_guide_url,
        },
    }
    return border.json_answer(HTTPStatus.OK, body)


async def _health(call: border.Call) -> func.HttpResponse:
    """Answer 200 once every setting is there; asking for them raises what is missing."""
    _ = call.product.settings
    return border.json_answer(HTTPStatus.OK, {"status": "ok"})


async def _openapi(_: border.Call) -> func.HttpResponse:
    return border.json_answer(HTTPStatus.OK, orjson.loads(_CONTRACT.read_bytes()))
