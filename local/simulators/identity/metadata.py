"""The discovery document and the signing keys, for any origin."""

from aiohttp import web

from local.simulators.identity.addresses import Addresses
from local.simulators.identity.state import State

ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
CACHED = {"Cache-Control": "max-age=86400, private", **ANY_ORIGIN}
CLAIMS = (
    "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud"
    " exp iat auth_time acr nonce preferred_username name tid ver at_hash c_hash email"
)


def discovery(state: State, request: web.Request) -> web.Response:
    """Answer with the discovery document."""
    down = state.traps.fire("metadata_down")
    if down:
        return web.Response(status=down["status"])
    at = Addresses.of(request, state.world["tenantId"])
    document = {
        "token_endpoint": at.oauth2("token"),
        "token_endpoint_auth_methods_supported": ["none"],
        "jwks_uri": at.keys,
        "response_modes_supported": ["query", "fragment"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": at.issuer,
        "request_uri_parameter_supported": False,
        "authorization_endpoint": at.oauth2("authorize"),
        "end_session_endpoint": at.oauth2("logout"),
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "claims_supported": CLAIMS.split(),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
    }
    return web.json_response(document, headers=CACHED)


def keys(state: State, request: web.Request) -> web.Response:
    """Answer with the published keys."""
    down = state.traps.fire("keys_down")
    if down:
        return web.Response(status=down["status"])
    published = state.keys.published(Addresses.of(request, state.world["tenantId"]).issuer)
    if state.traps.fire("keys_empty"):
        published = []
    malformed = state.traps.fire("keys_malformed")
    if malformed:
        return _malformed(malformed["kind"], published)
    return web.json_response({"keys": published}, headers=CACHED)


def _malformed(kind: str, published: list[dict[str, str]]) -> web.Response:
    if kind == "no_json":
        return web.Response(text="<html>Sorry</html>", content_type="text/html")
    if kind == "no_set":
        return web.json_response({"error": "server_error"})
    if kind == "encryption":
        return web.json_response({"keys": [{**each, "use": "enc"} for each in published]})
    stripped = [{name: each[name] for name in each if name != "n"} for each in published]
    return web.json_response({"keys": stripped})
