"""What must hold once the services are well again, and the timer has fired four times."""

import json
from hashlib import sha256

from shared.domain.ids import KeyId
from tests.simulation.credentials.observer import Observer
from tests.simulation.credentials.tenant import CANARY
from tests.simulation.tables import Entity, Store

SETTLED = {"created", "aborted"}


def judge(store: Store, observer: Observer) -> None:
    """Look at the tables and at the directory."""
    rows = list(store.rows("secrets"))
    for row in rows:
        _judge_row(row, observer)
    _judge_secrets(rows, observer)
    if any(CANARY in repr(dict(row)) for table in store.tables for row in store.rows(table)):
        observer.violate("leak", "a value is in a table")


def _judge_row(row: Entity, observer: Observer) -> None:
    partition, key, state = row["PartitionKey"], row["RowKey"], row.get("state")
    if partition == "open":
        observer.violate("left over", f"a pointer: {key}")
    elif key.startswith("intent|") and state not in SETTLED:
        observer.violate("left over", f"a wish: {key[7:15]} is {state}")
    elif key.startswith("key|") and state == "deleting":
        observer.violate("left over", f"a deletion: {key[4:12]} is {state}")


def _judge_secrets(rows: list[Entity], observer: Observer) -> None:
    """Every secret that the portal made and that is there is that of a wish that came true."""
    wishes = {row["RowKey"]: row for row in rows if row["RowKey"].startswith("intent|")}
    for key_id, known in observer.known.items():
        if not observer.tenant.holds(known.client_id, key_id):
            continue
        # Written down a second time here: the product's own way to the name is not asked.
        named = sha256(json.dumps([known.act.user, known.act.key]).encode()).hexdigest()
        wish = wishes.get(f"intent|{named}")
        if wish is None or wish["state"] != "created" or KeyId(wish.get("keyId", "")) != key_id:
            state = wish["state"] if wish else "unknown"
            observer.violate("left over", f"a secret: {key_id} of a wish that is {state}")
