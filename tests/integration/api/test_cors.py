"""A page on another origin: the platform answers for it, from the settings."""

from datetime import timedelta

import httpx

from tests.support.stack import Stack
from tests.support.worlds import credential, new_id

PORTAL = "https://portal.example.org"
STRANGER = "https://portal.example.org.evil.example"


def preflight(product: Stack, method: str, path: str, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return product.http.options(f"{product.functions}{path}", headers=headers)


def test_a_page_on_another_origin_lists_creates_and_deletes(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    old = credential(product.now(), 10)
    application = world.application(
        world.group(jane), secrets=[old, credential(product.now(), 200)]
    )
    product.load(world)
    secrets = f"/api/applications/{application['appId']}/secrets"
    expires_on = (product.now() + timedelta(days=50)).date().isoformat()
    calls = [
        ("GET", "/api/applications", None, 200),
        ("POST", secrets, {"displayName": "x", "expiresOn": expires_on}, 201),
        ("DELETE", f"{secrets}/{old['keyId']}", None, 204),
    ]
    sign_in = {"Authorization": f"Bearer {product.token(jane)}", "Origin": PORTAL}
    for method, path, body, status in calls:
        allowed = preflight(product, method, path, PORTAL)
        assert allowed.is_success
        assert allowed.headers["Access-Control-Allow-Origin"] == PORTAL
        assert method in allowed.headers["Access-Control-Allow-Methods"]
        permitted = allowed.headers["Access-Control-Allow-Headers"].lower()
        assert all(name in permitted for name in ("authorization", "idempotency-key"))
        answer = product.http.request(
            method,
            f"{product.functions}{path}",
            headers=sign_in | {"Idempotency-Key": new_id()},
            json=body,
        )
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
        assert "Origin" in answer.headers["Vary"]


def test_a_foreign_origin_is_refused(product: Stack) -> None:
    for origin in (STRANGER, "null", "http://portal.example.org", f"{PORTAL}:444"):
        refused = preflight(product, "GET", "/api/applications", origin)
        assert "Access-Control-Allow-Origin" not in refused.headers
        answer = product.http.get(f"{product.functions}/api/health", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers
