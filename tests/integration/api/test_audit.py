"""Every attempt leaves one row in table `audit`, refused ones too; none for input that is none."""

from datetime import timedelta

from azure.data.tables import TableServiceClient

from tests.support.stack import Stack
from tests.support.worlds import Record, credential, new_id


def rows(product: Stack, user: Record) -> list[tuple[str, ...]]:
    """Return (partition, action, outcome, reason, key id) of the user's attempts, oldest first."""
    with TableServiceClient.from_connection_string(
        product.settings["TABLES_CONNECTION_STRING"]
    ) as service:
        found = service.get_table_client("audit").query_entities(f"oid eq '{user['id']}'")
        ordered = sorted(found, key=lambda row: str(row["RowKey"]))
    columns = ("PartitionKey", "action", "outcome", "reason", "keyId")
    return [tuple(str(row.get(column) or "") for column in columns) for row in ordered]


def test_attempts_are_told_apart_by_who_what_and_what_came_of_it(product: Stack) -> None:
    world = product.world()
    jane, erika, ola = world.user("Jane Doe"), world.user("Erika M"), world.user("Ola Nordmann")
    last = credential(product.now(), 50)
    mine = world.application(world.group(jane), secrets=[last])["appId"]
    world.application(world.group(erika))
    world.group(ola, role=False)
    product.load(world)
    day = (product.now() + timedelta(days=30)).date().isoformat()
    body = {"displayName": "x", "expiresOn": day}
    absent, gone = new_id(), new_id()
    with product.api(jane) as api:
        api.delete(mine, last["keyId"])
        made = api.create(mine, body).json()["keyId"]
        api.delete(mine, made)
        api.delete(mine, gone)
        api.create(absent, body)
        api.create("malformed", body)
        api.create(mine, {"displayName": ""})
        api.delete(mine, "no-guid")
    with product.api(erika) as api:
        api.delete(mine, last["keyId"])
    with product.api(ola) as api:
        api.create(mine, body)
    assert rows(product, jane) == [
        (mine, "delete_secret", "last_valid_secret", "", last["keyId"]),
        (mine, "create_secret", "created", "", made),
        (mine, "delete_secret", "deleted", "", made),
        (mine, "delete_secret", "already_gone", "", gone),
        ("refused", "create_secret", "not_found", "absent", ""),
        ("refused", "create_secret", "not_found", "malformed", ""),
    ]
    assert rows(product, erika) == [(mine, "delete_secret", "not_found", "foreign", last["keyId"])]
    assert rows(product, ola) == [(mine, "create_secret", "role_missing", "", "")]
