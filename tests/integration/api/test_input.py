"""Bad input: each a problem document with a pointer, no write anywhere, nothing in the tables."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from azure.data.tables import TableServiceClient

from tests.support.stack import Stack
from tests.support.worlds import Record, credential, new_id


@pytest.fixture
def target(product: Stack) -> Iterator[tuple[Record, str]]:
    """Yield a user and a client id; see that nothing was written for it anywhere."""
    world = product.world()
    jane = world.user()
    application = world.application(
        world.group(jane), secrets=[credential(product.now(), days) for days in (50, 60)]
    )
    product.load(world)
    yield jane, application["appId"]
    assert product.graph_writes() == []
    assert len(product.truth(application["appId"])) == 2
    assert rows(product, application["appId"], jane["id"]) == []


def rows(product: Stack, *ids: str) -> list[str]:
    """Return what any table holds, in whatever partition, that names one of the ids."""
    with TableServiceClient.from_connection_string(
        product.settings["TABLES_CONNECTION_STRING"]
    ) as service:
        return [
            f"{table.name}: {entity['PartitionKey']} {entity['RowKey']}"
            for table in service.list_tables()
            for entity in service.get_table_client(table.name).list_entities()
            if any(each in repr(dict(entity)) for each in ids)
        ]


def day(offset: int) -> str:
    return (Stack.now() + timedelta(days=offset)).date().isoformat()


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"", {""}),
        (b"not json", {""}),
        (b"[1]", {""}),
        (b'{"displayName": "\\ud800", "expiresOn": "2027-01-01"}', {""}),
        ({}, {"/displayName", "/expiresOn"}),
        ({"displayName": 7, "expiresOn": day(30)}, {"/displayName"}),
        ({"displayName": "x", "expiresOn": day(30), "value": "mine"}, {"/value"}),
        ({"displayName": "x" * 65, "expiresOn": day(30)}, {"/displayName"}),
        ({"displayName": "a\u0000b", "expiresOn": day(30)}, {"/displayName"}),
        ({"displayName": "a\r\nb", "expiresOn": day(30)}, {"/displayName"}),
        ({"displayName": "a\u202eb", "expiresOn": day(30)}, {"/displayName"}),
        ({"displayName": " ", "expiresOn": day(30)}, {"/displayName"}),
        ({"displayName": "x", "expiresOn": day(-1)}, {"/expiresOn"}),
        ({"displayName": "x", "expiresOn": day(0)}, {"/expiresOn"}),
        ({"displayName": "x", "expiresOn": day(366)}, {"/expiresOn"}),
        ({"displayName": "x", "expiresOn": "2027-02-29"}, {"/expiresOn"}),
        ({"displayName": "x", "expiresOn": "tomorrow"}, {"/expiresOn"}),
        ({"displayName": "x" * 65, "expiresOn": day(0)}, {"/displayName", "/expiresOn"}),
        ({"displayName": "x" * 5120, "expiresOn": day(30)}, {""}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_body_that_breaks_a_rule_is_a_422_with_pointers(
    product: Stack, target: tuple[Record, str], body: object, pointers: set[str]
) -> None:
    jane, client_id = target
    with product.api(jane) as api:
        answer = api.create(client_id, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert {fault["pointer"] for fault in answer.json()["errors"]} == pointers


@pytest.mark.parametrize("key", [None, "", "one", "0" * 36, f"{new_id()}x"])
def test_a_missing_or_malformed_idempotency_key_is_a_422(
    product: Stack, target: tuple[Record, str], key: str | None
) -> None:
    jane, client_id = target
    headers = {"Content-Type": "application/json"}
    headers |= {} if key is None else {"Idempotency-Key": key}
    with product.api(jane) as api:
        answer = api.create(client_id, {"displayName": "x", "expiresOn": day(30)}, headers=headers)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/Idempotency-Key"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_a_415(
    product: Stack, target: tuple[Record, str], media_type: str
) -> None:
    jane, client_id = target
    headers = {"Content-Type": media_type, "Idempotency-Key": new_id()}
    with product.api(jane) as api:
        answer = api.create(client_id, b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("key_id", ["1", "not-a-guid", "%27", "a" * 300, "lease", "%7C"])
def test_a_key_id_that_is_no_guid_is_a_422(
    product: Stack, target: tuple[Record, str], key_id: str
) -> None:
    jane, client_id = target
    with product.api(jane) as api:
        answer = api.delete(client_id, key_id)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/keyId"]


def test_a_confirmation_that_is_neither_true_nor_false_is_a_422(
    product: Stack, target: tuple[Record, str]
) -> None:
    jane, client_id = target
    with product.api(jane) as api:
        answer = api.delete(client_id, new_id(), "?confirmLast=yes")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/confirmLast"]
