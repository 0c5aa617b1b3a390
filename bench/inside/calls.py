"""The API's calls: alone, many at once, and by a crowd that does not stop for a minute."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bench.inside.probes import memory, using
from bench.inside.product import Product

Json = dict[str, Any]
Span = tuple[float, float]
"""When a call began and ended, in seconds."""


async def _timed(call: Callable[[], Awaitable[Any]]) -> tuple[Span, Any]:
    started = time.perf_counter()
    found = await call()
    return (started, time.perf_counter()), found


async def calls(wanted: Json) -> Json:
    """List alone and at once, create and delete; return the spans of each."""
    product, token, wide = Product(), wanted["token"], wanted["wide"]
    listed = await product.ask("list_applications", token)  # the first makes the clients
    await asyncio.gather(*(product.ask("list_applications", token) for _ in range(wanted["many"])))
    spans: dict[str, list[Any]] = {"list": [], "wide": [], "crowd": [], "create": [], "delete": []}
    for _ in range(wanted["repetitions"]):
        spans["list"].append((await _listing(product, token))[0])
        spans["wide"].append((await _listing(product, wide))[0])
        crowd = await asyncio.gather(*(_listing(product, token) for _ in range(wanted["many"])))
        spans["crowd"].append([span for span, _ in crowd])
    clients = [each["clientId"] for each in listed["applications"]]
    # The first of each imports what it needs.
    for client in clients[: wanted["repetitions"] + 1]:
        created, deleted = await _changes(product, token, client)
        spans["create"].append(created)
        spans["delete"].append(deleted)
    return {name: found[name in {"create", "delete"} :] for name, found in spans.items()}


async def _listing(product: Product, token: str) -> tuple[Span, Any]:
    return await _timed(lambda: product.ask("list_applications", token))


async def _changes(product: Product, token: str, client: str) -> tuple[Span, Span]:
    """Make a secret and delete it again, one after the other has come to rest."""
    until = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    created, secret = await _timed(
        lambda: product.ask(
            "create_secret",
            token,
            route={"clientId": client},
            headers={"content-type": "application/json", "idempotency-key": str(uuid4())},
            body={"displayName": "Secret by JD", "expiresOn": until},
        )
    )
    route = {"clientId": client, "keyId": secret["keyId"]}
    deleted, _ = await _timed(lambda: product.ask("delete_secret", token, route=route))
    return created, deleted


async def crowd(wanted: Json) -> Json:
    """Let each user list again and again, without a pause, for so many seconds."""
    product, waits, samples = Product(), [], []
    await asyncio.gather(*(product.ask("list_applications", each) for each in wanted["tokens"]))
    ends = time.perf_counter() + wanted["seconds"]
    errors = 0

    async def user(token: str) -> None:
        nonlocal errors
        while time.perf_counter() < ends:
            try:
                (started, ended), _ = await _listing(product, token)
                waits.append(ended - started)
            except ValueError:
                errors += 1
            await asyncio.sleep(wanted["pause"])

    async def look() -> None:
        while True:
            samples.append(memory("VmRSS"))
            await asyncio.sleep(1)

    looking = asyncio.create_task(look())
    async with using() as use:
        await asyncio.gather(*map(user, wanted["tokens"]))
    looking.cancel()
    return {"waits": waits, "errors": errors, "memory": samples, "use": use.as_json()}
