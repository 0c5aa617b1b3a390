"""The floor beside the daily run: a bare HTTP client and the standard library's JSON."""

import gc
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.inside.probes import using

Json = dict[str, Any]

FIELDS = "id,appId,displayName,tags,passwordCredentials,requiredResourceAccess"


async def floor(wanted: Json) -> Json:
    """Read every page and count what ends soon, as the shortest script would."""
    gc.freeze()
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
