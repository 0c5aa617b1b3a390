"""Many writes on one application at once, through two hosts, on a directory that loses some."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from tests.support.api import Api
from tests.support.stack import Stack, running_host
from tests.support.worlds import Record, credential

AT_ONCE = 30


@pytest.fixture
def second(product: Stack) -> Iterator[str]:
    with running_host(product.settings) as host:
        yield host.address()


def test_what_was_answered_with_success_is_really_so_and_the_others_are_told_to_wait(
    product: Stack, second: str
) -> None:
    world = product.world()
    jane = world.user()
    old = [credential(product.now(), 100 + n, name=f"Old {n}") for n in range(3)]
    application = world.application(world.group(jane), secrets=old)
    product.load(world)
    product.trap("graph", "lost_writes", milliseconds=50)
    token = product.token(jane)
    clients = [Api(host, token) for host in (product.functions, second)]
    until = (product.now() + timedelta(days=200)).date().isoformat()

    def write(number: int) -> tuple[httpx.Response, str]:
        api = clients[number % 2]
        if number % 10 == 9:
            key_id = old[number // 10]["keyId"]
            return api.delete(application["appId"], key_id), key_id
        wish = {"displayName": f"Secret {number}", "expiresOn": until}
        return api.create(application["appId"], wish), ""

    answers: list[tuple[httpx.Response, str]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, AT_ONCE * 3, AT_ONCE):
            answers += pool.map(write, range(start % AT_ONCE, start % AT_ONCE + AT_ONCE))
    for client in clients:
        client.close()
    kept = {secret["keyId"]: secret for secret in product.truth(application["appId"])}
    made = [answer.json() for answer, _ in answers if answer.status_code == 201]
    assert made
    assert all(kept[each["keyId"]]["displayName"] == each["displayName"] for each in made)
    gone = {key_id for answer, key_id in answers if answer.status_code == 204}
    assert gone.isdisjoint(kept)
    assert len(kept) == len(old) + len(made) - len(gone)
    refusals = Counter(
        (answer.status_code, answer.json()["code"])
        for answer, _ in answers
        if answer.status_code not in {201, 204}
    )
    assert refusals.keys() <= {
        (409, "application_busy"),
        (409, "in_progress"),
        (422, "too_many_secrets"),
        (503, "directory_busy"),
    }
    assert refusals[409, "application_busy"]
    assert all(answer.headers["Retry-After"] for answer, _ in answers if answer.status_code == 503)


def test_one_wish_repeated_at_once_through_two_hosts_makes_one_secret(
    product: Stack, second: str
) -> None:
    world = product.world()
    jane = world.user()
    application = world.application(world.group(jane))
    product.load(world)
    token = product.token(jane)
    clients = [Api(host, token) for host in (product.functions, second)]
    until = (product.now() + timedelta(days=200)).date().isoformat()
    key = application["id"]

    def create(number: int) -> int:
        wish = {"displayName": "Secret by JD", "expiresOn": until}
        return clients[number % 2].create(application["appId"], wish, key=key).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = Counter(pool.map(create, range(AT_ONCE)))
    for client in clients:
        client.close()
    assert statuses[201] <= 1
    assert statuses.keys() <= {201, 409, 503}
    made: list[Record] = product.truth(application["appId"])
    assert len(made) == statuses[201]
