"""The daily run, and the floor beside it: a bare HTTP client and the standard library's JSON."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.inside.probes import using
from bench.inside.product import Product, warmed
from functions.background import InvocationFailed

Json = dict[str, Any]

FIELDS = "id,appId,displayName,tags,passwordCredentials,requiredResourceAccess"


async def run(_: Json) -> Json:
    """Fire the timer, and again on the day that is done then."""
    warmed()
    product = Product(wakes=True)
    failure = ""
    async with using() as first:
        try:
            await product.fire()
        except InvocationFailed as fault:
            failure = str(fault)
    async with using() as second:
        if not failure:
            await product.fire()
    return {"first": first.as_json(), "second": second.as_json(), "failure": failure}


async def cold(_: Json) -> Json:
    """Fire the timer in a process that has answered nothing yet."""
    product = Product(wakes=True)
    async with using() as first:
        await product.fire()
    return {"first": first.as_json()}


async def floor(wanted: Json) -> Json:
    """Read every page and count what ends soon, as the shortest script would."""
    parsing, count, due = 0.0, 0, 0
    soon = (datetime.now(UTC) + timedelta(days=42)).isoformat()
    async with using() as use, httpx.AsyncClient(timeout=60) as http:
        query = f"$top=999&$select={FIELDS}&$expand=owners($select=id)"
        link: str | None = f"{wanted['graph']}/v1.0/applications?{query}"
        while link:
            body = (await http.get(link)).content
            began = time.process_time()
            page = json.loads(body)
            parsing += time.process_time() - began
            secrets = [s for each in page["value"] for s in each["passwordCredentials"]]
            due += sum(secret["endDateTime"] < soon for secret in secrets)
            count += len(page["value"])
            link = page.get("@odata.nextLink")
    return {"use": use.as_json(), "parsing": parsing, "applications": count, "due": due}
