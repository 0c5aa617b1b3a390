import re
from datetime import timedelta
from uuid import uuid4  # noqa: TID251 - a client makes its Idempotency-Keys

import pytest

from tests.support.stack import Stack
from tests.support.worlds import MICROSOFT_GRAPH, Record, World, credential


def managed(product: Stack, *secrets: Record) -> tuple[World, Record, Record]:
    world = product.world()
    jane = world.user("Jane Doe")
    application = world.application(world.group(jane), secrets=secrets)
    product.load(world)
    return world, jane, application


def body(product: Stack, *, days: int = 100, name: str = "Secret by JD") -> dict[str, str]:
    return {
        "displayName": name,
        "expiresOn": (product.now() + timedelta(days=days)).date().isoformat(),
    }


def test_a_secret_is_made_and_its_value_is_in_the_201_and_nowhere_else(product: Stack) -> None:
    _, jane, application = managed(product)
    with product.api(jane) as api:
        created = api.create(application["appId"], body(product))
        listed = api.list()
    assert created.status_code == 201
    value = created.json()["secretText"]
    assert re.fullmatch(r".{40}", value)
    (secret,) = listed.json()["applications"][0]["secrets"]
    assert secret == {k: v for k, v in created.json().items() if k != "secretText"}
    assert (secret["hint"], secret["createdBy"]) == (value[:3], "Jane Doe")
    assert value not in listed.text
    assert value not in "".join(product.host.printed)


def test_the_directory_holds_what_was_asked_for(product: Stack) -> None:
    _, jane, application = managed(product)
    wanted = body(product, days=364, name="  Secret by Ünal ")
    with product.api(jane) as api:
        created = api.create(application["appId"], wanted).json()
    (kept,) = product.truth(application["appId"])
    assert (kept["keyId"], kept["displayName"]) == (created["keyId"], "Secret by Ünal")
    assert kept["endDateTime"].startswith(f"{wanted['expiresOn']}T23:59:59")
    assert created["expiresOn"] == wanted["expiresOn"]


def test_a_create_is_one_read_one_membership_check_and_one_write(product: Stack) -> None:
    _, jane, application = managed(product)
    with product.api(jane) as api:
        assert api.create(application["appId"], body(product)).status_code == 201
    requests = [(r["method"], r["path"].rpartition("/")[2]) for r in product.graph_requests()]
    assert requests[:3] == [
        ("GET", f"applications(appId='{application['appId']}')"),
        ("POST", "checkMemberGroups"),
        ("POST", "addPassword"),
    ]
    # Whom to notify is read behind the write.
    assert set(requests[3:]) <= {("GET", "appRoleAssignedTo"), ("GET", "graph.user")}


def test_the_same_key_and_body_again_names_the_secret_and_makes_no_other(product: Stack) -> None:
    _, jane, application = managed(product)
    key, wanted = str(uuid4()), body(product)
    with product.api(jane) as api:
        first = api.create(application["appId"], wanted, key=key)
        again = api.create(application["appId"], wanted, key=key.upper())
    assert (again.status_code, again.json()["code"]) == (409, "already_created")
    assert again.json()["keyId"] == first.json()["keyId"]
    assert len(product.truth(application["appId"])) == 1


def test_the_same_key_with_another_body_is_refused(product: Stack) -> None:
    _, jane, application = managed(product)
    key = str(uuid4())
    with product.api(jane) as api:
        api.create(application["appId"], body(product), key=key)
        other = api.create(application["appId"], body(product, name="Other"), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_two_users_may_choose_the_same_key(product: Stack) -> None:
    world = product.world()
    jane, richard = world.user("Jane Doe"), world.user("Richard Roe")
    application = world.application(world.group(jane, richard))
    product.load(world)
    key = str(uuid4())
    for user in (jane, richard):
        with product.api(user) as api:
            assert api.create(application["appId"], body(product), key=key).status_code == 201


@pytest.mark.parametrize(
    ("trap", "parameters", "code"),
    [
        ("policy_lifetime", {"days": 30}, "lifetime_refused"),
        ("personal_audience", {"max": 0}, "too_many_secrets"),
        ("resource_size", {}, "too_many_secrets"),
    ],
)
def test_what_the_directory_refuses_is_said_in_our_words_and_the_key_is_spent(
    product: Stack, trap: str, parameters: dict[str, int], code: str
) -> None:
    _, jane, application = managed(product)
    key = str(uuid4())
    product.trap("graph", trap, **parameters)
    with product.api(jane) as api:
        refused = api.create(application["appId"], body(product), key=key)
        again = api.create(application["appId"], body(product), key=key)
        product.calm()
        fresh = api.create(application["appId"], body(product))
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (again.status_code, again.json()["code"]) == (409, "aborted")
    assert fresh.status_code == 201


def test_the_eleventh_live_secret_is_refused_before_the_directory_is_asked_to_write(
    product: Stack,
) -> None:
    now = product.now()
    expired = credential(now, -1)
    _, jane, application = managed(
        product, expired, *(credential(now, 100 + number) for number in range(9))
    )
    with product.api(jane) as api:
        tenth = api.create(application["appId"], body(product))
        eleventh = api.create(application["appId"], body(product))
    assert tenth.status_code == 201
    assert (eleventh.status_code, eleventh.json()["code"]) == (422, "too_many_secrets")
    assert len(product.graph_writes()) == 1


def test_a_busy_directory_is_asked_again_within_the_lease(product: Stack) -> None:
    _, jane, application = managed(product)
    product.trap("graph", "throttle", retryAfter=1, method="POST", pathContains="add", times=1)
    with product.api(jane) as api:
        assert api.create(application["appId"], body(product)).status_code == 201
    assert [write["status"] for write in product.graph_writes()] == [429, 200]


def test_a_directory_that_stays_busy_is_a_503_and_nothing_is_left_behind(product: Stack) -> None:
    _, jane, application = managed(product)
    key = str(uuid4())
    product.trap("graph", "throttle", retryAfter=1, method="POST", pathContains="addPassword")
    with product.api(jane) as api:
        busy = api.create(application["appId"], body(product), key=key)
        product.calm()
        again = api.create(application["appId"], body(product), key=key)
        fresh = api.create(application["appId"], body(product))
    assert (busy.status_code, busy.json()["code"]) == (503, "directory_busy")
    assert again.json()["code"] == "aborted"
    assert fresh.status_code == 201
    assert len(product.truth(application["appId"])) == 1


@pytest.mark.parametrize(
    ("trap", "parameters"),
    [
        ("drop_answer", {"method": "POST", "pathContains": "addPassword"}),
        (
            "server_error",
            {"status": 503, "applied": True, "method": "POST", "pathContains": "addPassword"},
        ),
        ("html_error", {"method": "POST", "pathContains": "addPassword"}),
    ],
)
def test_a_lost_answer_is_a_503_that_reveals_nothing_and_is_never_sent_twice(
    product: Stack, trap: str, parameters: dict[str, object]
) -> None:
    _, jane, application = managed(product)
    key = str(uuid4())
    product.trap("graph", trap, **parameters)
    with product.api(jane) as api:
        lost = api.create(application["appId"], body(product), key=key)
        writes = len(product.graph_writes())
        product.calm()
        again = api.create(application["appId"], body(product), key=key)
        other = api.create(application["appId"], body(product))
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    assert "secretText" not in lost.text
    assert writes == 1
    assert (again.status_code, again.json()["code"]) == (409, "in_progress")
    assert (other.status_code, other.json()["code"]) == (409, "application_busy")
    assert product.graph_writes() == []


def test_a_privileged_application_is_not_written(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    application = world.application(world.group(jane), permissions=[(MICROSOFT_GRAPH, "Role")])
    product.load(world)
    with product.api(jane) as api:
        refused = api.create(application["appId"], body(product))
    assert (refused.status_code, refused.json()["code"]) == (403, "application_privileged")
    assert product.graph_writes() == []


def test_a_new_secret_is_listed_although_the_directorys_list_lags(product: Stack) -> None:
    _, jane, application = managed(product)
    product.trap("graph", "read_lag", seconds=60)
    with product.api(jane) as api:
        created = api.create(application["appId"], body(product)).json()
        (listed,) = api.list().json()["applications"]
    assert [secret["keyId"] for secret in listed["secrets"]] == [created["keyId"]]
