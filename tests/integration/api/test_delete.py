from datetime import timedelta

import pytest

from tests.support.stack import Stack
from tests.support.worlds import Record, credential, new_id


def managed(product: Stack, *secrets: Record) -> tuple[Record, str]:
    world = product.world()
    jane = world.user("Jane Doe")
    application = world.application(world.group(jane), secrets=secrets)
    product.load(world)
    return jane, application["appId"]


def keys(product: Stack, client_id: str) -> set[str]:
    return {secret["keyId"] for secret in product.truth(client_id)}


def test_a_secret_is_deleted_and_a_second_time_it_is_gone_already(product: Stack) -> None:
    old, new = credential(product.now(), 10), credential(product.now(), 200)
    jane, client_id = managed(product, old, new)
    with product.api(jane) as api:
        statuses = [api.delete(client_id, old["keyId"]).status_code for _ in range(2)]
        (listed,) = api.list().json()["applications"]
    assert statuses == [204, 204]
    assert keys(product, client_id) == {new["keyId"]}
    assert [secret["keyId"] for secret in listed["secrets"]] == [new["keyId"]]
    assert len(product.graph_writes()) == 1


def test_a_key_id_that_never_was_is_gone_already(product: Stack) -> None:
    jane, client_id = managed(product, credential(product.now(), 10))
    with product.api(jane) as api:
        assert api.delete(client_id, new_id()).status_code == 204
    assert product.graph_writes() == []


def test_a_key_id_of_another_application_deletes_nothing(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    other = credential(product.now(), 10)
    mine = world.application(group, secrets=[credential(product.now(), 10)])
    beside = world.application(group, secrets=[other, credential(product.now(), 20)])
    product.load(world)
    with product.api(jane) as api:
        assert api.delete(mine["appId"], other["keyId"]).status_code == 204
    assert other["keyId"] in keys(product, beside["appId"])


def test_a_delete_is_one_read_one_membership_check_and_one_write(product: Stack) -> None:
    old = credential(product.now(), 10)
    jane, client_id = managed(product, old, credential(product.now(), 20))
    with product.api(jane) as api:
        api.delete(client_id, old["keyId"])
    requests = [(r["method"], r["path"].rpartition("/")[2]) for r in product.graph_requests()]
    assert requests[:3] == [
        ("GET", f"applications(appId='{client_id}')"),
        ("POST", "checkMemberGroups"),
        ("POST", "removePassword"),
    ]
    # Whom to notify is read behind the write.
    assert set(requests[3:]) <= {("GET", "appRoleAssignedTo"), ("GET", "graph.user")}


@pytest.mark.parametrize("query", ["", "?confirmLast=false"])
def test_the_last_valid_secret_is_not_deleted_without_a_confirmation(
    product: Stack, query: str
) -> None:
    now = product.now()
    last, expired = credential(now, 10), credential(now, -5)
    future = credential(now, 400, lives=395)
    jane, client_id = managed(product, last, expired, future)
    with product.api(jane) as api:
        refused = api.delete(client_id, last["keyId"], query)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_valid_secret")
        assert product.graph_writes() == []
        assert api.delete(client_id, last["keyId"], "?confirmLast=true").status_code == 204
    assert keys(product, client_id) == {expired["keyId"], future["keyId"]}


def test_an_expired_secret_needs_no_confirmation(product: Stack) -> None:
    expired = credential(product.now(), -5)
    jane, client_id = managed(product, expired)
    with product.api(jane) as api:
        assert api.delete(client_id, expired["keyId"]).status_code == 204
    assert keys(product, client_id) == set()


def test_a_secret_just_made_is_deleted_although_no_read_shows_it_yet(product: Stack) -> None:
    jane, client_id = managed(product, credential(product.now(), 300))
    expires_on = (product.now() + timedelta(days=50)).date().isoformat()
    with product.api(jane) as api:
        created = api.create(client_id, {"displayName": "new", "expiresOn": expires_on}).json()
        product.trap("graph", "read_lag", seconds=60, times=2)
        assert api.delete(client_id, created["keyId"]).status_code == 204
    assert created["keyId"] not in keys(product, client_id)


def test_a_lost_answer_is_a_503_and_the_application_rests(product: Stack) -> None:
    old = credential(product.now(), 10)
    jane, client_id = managed(product, old, credential(product.now(), 20))
    product.trap("graph", "drop_answer", method="POST", pathContains="removePassword")
    with product.api(jane) as api:
        lost = api.delete(client_id, old["keyId"])
        product.calm()
        again = api.delete(client_id, old["keyId"])
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    assert again.status_code == 204
    assert old["keyId"] not in keys(product, client_id)
