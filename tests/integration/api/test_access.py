"""Who gets what: the same 404 for all that is not one's own, 403 without the role, 401 else."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from tests.support.api import Api
from tests.support.stack import Stack
from tests.support.worlds import Record, World, credential, new_id

Ask = Callable[[Api, str, str], httpx.Response]


def create(api: Api, client_id: str, _: str) -> httpx.Response:
    return api.create(client_id, {"displayName": "x", "expiresOn": later(30)})


def delete(api: Api, client_id: str, key_id: str) -> httpx.Response:
    return api.delete(client_id, key_id, "?confirmLast=true")


def later(days: int) -> str:
    return (Stack.now() + timedelta(days=days)).date().isoformat()


ENDPOINTS = [pytest.param(create, id="create"), pytest.param(delete, id="delete")]


def foreign_ones(product: Stack, world: World) -> dict[str, tuple[str, str]]:
    """Return (client id, key id) of everything that is not Jane's, by why it is not."""
    jane, erika = world.user("Jane Doe"), world.user("Erika Mustermann")
    mine, theirs = world.group(jane), world.group(erika)
    described: dict[str, Record] = {
        kind: credential(product.now(), 100)
        for kind in ("foreign", "untagged", "unowned", "portal")
    }
    applications = {
        "foreign": world.application(theirs, secrets=[described["foreign"]]),
        "untagged": world.application(secrets=[described["untagged"]]),
        "unowned": world.application(mine, owned=False, secrets=[described["unowned"]]),
        "portal": world.application(
            mine, app_id=world.portal["clientId"], secrets=[described["portal"]]
        ),
    }
    world.application(mine)
    found = {k: (a["appId"], described[k]["keyId"]) for k, a in applications.items()}
    absent = {"absent": (new_id(), new_id()), "malformed": ("not-a-guid", new_id())}
    odd = {"quoted": ("'%20or%201%20eq%201", new_id()), "braced": (f"%7B{new_id()}%7D", new_id())}
    return found | absent | odd


@pytest.mark.parametrize("ask", ENDPOINTS)
def test_whatever_is_not_ones_own_is_the_same_404_byte_for_byte(product: Stack, ask: Ask) -> None:
    world = product.world()
    others = foreign_ones(product, world)
    product.load(world)
    with product.api(world.users[0]) as api:
        answers = {kind: ask(api, *ids) for kind, ids in others.items()}
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(
        others, 404
    )
    assert len({answer.content for answer in answers.values()}) == 1
    shown = [
        {k: v for k, v in answer.headers.items() if k not in {"x-trace-id", "date"}}
        for answer in answers.values()
    ]
    assert all(headers == shown[0] for headers in shown)
    assert product.graph_writes() == []


@pytest.mark.parametrize("ask", ENDPOINTS)
def test_a_member_removed_since_the_token_was_issued_writes_nothing(
    product: Stack, ask: Ask
) -> None:
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    secret = credential(product.now(), 100)
    application = world.application(group, secrets=[secret])
    product.load(world)
    with product.api(jane) as api:
        group["members"] = []
        product.dev("PUT", product.graph, "world", world.described())
        answer = ask(api, application["appId"], secret["keyId"])
    assert answer.status_code == 404
    assert product.graph_writes() == []


@pytest.mark.parametrize("ask", ENDPOINTS)
def test_without_the_role_every_application_is_a_403(product: Stack, ask: Ask) -> None:
    world = product.world()
    ola = world.user("Ola Nordmann")
    group = world.group(ola, role=False)
    application = world.application(group)
    product.load(world)
    with product.api(ola) as api:
        answers = [ask(api, i, new_id()) for i in (application["appId"], new_id(), "malformed")]
        answers.append(api.list())
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(403, "role_missing")}
    assert product.graph_requests() == []


@pytest.mark.parametrize("ask", ENDPOINTS)
@pytest.mark.parametrize(
    "oddity",
    [
        {"claims": {"aud": new_id()}},
        {"claims": {"exp": 1}},
        {"claims": {"scp": "User.Read"}},
        {"defect": "none_algorithm"},
        {"defect": "hs256_public_key"},
        {"defect": "foreign_key"},
        {"defect": "tampered_payload"},
    ],
    ids=str,
)
def test_a_defective_token_is_a_401_everywhere(
    product: Stack, ask: Ask, oddity: dict[str, object]
) -> None:
    world = product.world()
    jane = world.user()
    application = world.application(world.group(jane))
    product.load(world)
    with product.api(jane, **oddity) as api:
        answers = [ask(api, application["appId"], new_id()), api.list()]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(401, "invalid_token")}
    assert all(a.headers["WWW-Authenticate"].startswith("Bearer ") for a in answers)
    assert product.graph_requests() == []


def test_without_a_token_there_is_no_way_in(product: Stack) -> None:
    with product.api(None) as api:
        assert api.list().status_code == 401
        assert api.create(new_id(), {}).status_code == 401
        assert api.delete(new_id(), new_id()).status_code == 401


def test_a_user_of_more_groups_than_a_token_can_name_is_told_so(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    for _ in range(201):
        world.group(jane)
    product.load(world)
    with product.api(jane) as api:
        answer = api.list()
    assert (answer.status_code, answer.json()["code"]) == (403, "too_many_groups")


def test_what_anyone_may_read_holds_no_secret_and_needs_no_token(product: Stack) -> None:
    with product.api(None) as api:
        assert api.get("/api/health").json() == {"status": "ok"}
        assert api.get("/api/openapi.json").json()["openapi"] == "3.1.0"
        config = api.get("/api/config").json()
    assert config["authority"] == product.settings["TOKEN_AUTHORITY"]
    assert config["scope"] == f"api://{config['clientId']}/Credentials.Manage"
    assert config["tokenEndpoint"].endswith("/oauth2/v2.0/token")
