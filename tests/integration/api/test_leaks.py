"""No secret's value, token or key in any log, table or mail; no personal address in any log.

Everything logs at DEBUG, and the product runs in this process, so that all of it is heard.
"""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.leaks.canaries import leaks, shown
from tests.leaks.ears import Ears, ears_open, speak_up
from tests.leaks.portal import mails, portal_on, rows
from tests.support.stack import Stack
from tests.support.worlds import credential


@pytest.fixture
def ears() -> Iterator[Ears]:
    with ears_open() as listening:
        yield listening


async def test_nothing_that_must_stay_secret_is_logged_stored_or_mailed(
    product: Stack, ears: Ears
) -> None:
    world = product.world()
    jane = world.user("Jane Doe")
    old = credential(product.now(), 3)
    client_id = world.application(world.group(jane), secrets=[old])["appId"]
    product.load(world)
    token = product.token(jane)
    body = {"displayName": "canary", "expiresOn": f"{(product.now() + timedelta(30)).date()}"}
    async with portal_on(product) as portal:
        speak_up()
        await portal.list(token)
        await portal.fire()
        speak_up()  # the vendors that were imported meanwhile, too
        made = await portal.create(token, client_id, body)
        await portal.list(token)
        await portal.delete(token, client_id, old["keyId"])
        await portal.create(token[:-9], client_id, body)
        product.trap("graph", "drop_answer")
        await portal.create(token, client_id, body)
    records = [*ears.heard]
    places = {"the log": "".join(records), "a table": rows(product), "a mail": mails(product)}
    secret = json.loads(made.get_body())["secretText"]
    assert "attempt" in places["the log"], "the ears hear"
    assert jane["mail"] in places["a mail"], "the reminder was sent"
    assert leaks([secret, *token.split("."), *keys(product)], places) == []
    assert shown(jane["mail"], {"the log": places["the log"]}) == []
    assert heard_no_traceback(records)


def keys(product: Stack) -> list[str]:
    """Return the keys that the connection strings hold."""
    found = [
        part.partition("=")[2]
        for name in ("TABLES_CONNECTION_STRING", "EMAIL_CONNECTION_STRING")
        for part in product.settings[name].split(";")
        if part.lower().startswith(("accountkey", "accesskey"))
    ]
    assert len(found) == 2
    return found


def heard_no_traceback(records: list[str]) -> bool:
    """Tell whether no record holds a traceback: its lines could show what an exception says."""
    return not any("Traceback (most recent call last)" in record for record in records)
