"""The page of the credential managers: GET /manage-clients, and what it loads."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import azure.functions as func

from functions import border
from functions.page_files import PageFile, site
from shared.bootstrap import Composition
from shared.domain.errors import SettingsIncomplete

PAGE = "manage-clients"

_ALL = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_DOCUMENT = _ALL | {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "clipboard-read=(), clipboard-write=(self)",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src {sources}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_FOR_GOOD = "public, max-age=31536000, immutable"
_TAKES_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)")


def blueprint(product: Composition) -> func.Blueprint:
    """Return the triggers of this file."""
    triggers = func.Blueprint()

    @triggers.function_name("page")
    @triggers.route(PAGE, methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def page(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _page)

    @triggers.function_name("page_asset")
    @triggers.route(
        f"{PAGE}/assets/{{version}}/{{name}}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS
    )
    async def page_asset(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _asset)

    @triggers.function_name("page_by_its_other_name")
    @triggers.route("manage-api-credentials", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    async def other_name(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return await border.answer(product, req, context, _elsewhere)

    return triggers


async def _page(call: border.Call) -> func.HttpResponse:
    policy = _POLICY.format(sources=" ".join(["'self'", *_authority(call.product)]))
    headers = {**_DOCUMENT, "Content-Security-Policy": policy}
    return _sent(call.request, site().document, headers)


async def _asset(call: border.Call) -> func.HttpResponse:
    """Answer a file of the table; a browser keeps it only under the version that it is of.

    Another version's address comes from a document sent before or after a deployment: it gets
    what there is, for this once.
    """
    found = site().assets.get(call.request.route_params["name"])
    if found is None:
        return func.HttpResponse(status_code=HTTPStatus.NOT_FOUND.value, headers=_ALL)
    current = call.request.route_params["version"] == site().version
    caching = {"Cache-Control": _FOR_GOOD if current else "no-store"}
    return _sent(call.request, found, _ALL | caching)


async def _elsewhere(call: border.Call) -> func.HttpResponse:
    """Send the reader to the page, with the query; a browser keeps the fragment by itself."""
    query = urlsplit(call.request.url).query
    location = f"/{PAGE}?{query}" if query else f"/{PAGE}"
    headers = {**_ALL, "Cache-Control": "no-store", "Location": location}
    return func.HttpResponse(status_code=HTTPStatus.FOUND.value, headers=headers)


def _authority(product: Composition) -> list[str]:
    """Return the origin that the page signs in at; none while the settings are incomplete."""
    try:
        parts = urlsplit(product.settings.authority)
    except SettingsIncomplete:
        return []
    return [f"{parts.scheme}://{parts.netloc}"]


def _sent(
    request: func.HttpRequest, file: PageFile, headers: Mapping[str, str]
) -> func.HttpResponse:
    """Send a file, compressed here: the platform does not."""
    small = _TAKES_GZIP.search(request.headers.get("accept-encoding", "")) is not None
    encoding = {"Content-Encoding": "gzip"} if small else {}
    return func.HttpResponse(
        body=file.compressed if small else file.plain,
        status_code=HTTPStatus.OK.value,
        mimetype=file.media_type,
        charset="utf-8",
        headers={**headers, **encoding, "Vary": "Accept-Encoding"},
    )
