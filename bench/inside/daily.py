"""The daily run."""

from typing import Any

from bench.inside.probes import using
from bench.inside.product import Product, warmed
from functions.background import InvocationFailed

Json = dict[str, Any]


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
