"""The ledger's rows as an observer reads them: past the product, by their keys and columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.simulation.tables import Store

TABLE = "reminders"
FINAL = frozenset({"accepted", "delivered", "bounced", "failed", "uncertain", "void"})
UNDELIVERED = frozenset({"bounced", "failed", "uncertain"})

Claim = tuple[str, str]
"""A partition, and a claim in it with its prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """All claims, messages, entries of the index and notices at one instant."""

    claims: Mapping[Claim, str]
    """The message id of each."""
    states: Mapping[tuple[str, str], str]
    """The state of each message, by its partition and id."""
    posted: Mapping[str, datetime]
    """When each message was last about to be posted."""
    open_entries: Mapping[str, str]
    """The day of each entry of the index that is open."""
    owed_notices: int
    complete_days: Mapping[str, datetime]
    """When each complete day was completed, by the clock of whoever did."""

    def state_of(self, partition: str, claim: str) -> str | None:
        message_id = self.claims.get((partition, f"r|{claim}"))
        return None if message_id is None else self.states.get((partition, message_id))

    @property
    def unfinished(self) -> Mapping[str, str]:
        """The messages that are not final, by their ids."""
        return {
            message_id: f"{partition} {message_id} {state}"
            for (partition, message_id), state in sorted(self.states.items())
            if state not in FINAL
        }

    @property
    def orphans(self) -> list[str]:
        """The claims that lead to no message that holds them: nobody will ever send them."""
        return [
            f"{partition} {claim}"
            for (partition, claim), message_id in sorted(self.claims.items())
            if self.states.get((partition, message_id), "void") == "void"
        ]

    @property
    def unclaimed(self) -> list[str]:
        """The messages that hold no claim, and are not void: what they say may be sent again."""
        held = {(partition, message_id) for (partition, _), message_id in self.claims.items()}
        return [
            f"{partition} {message_id}"
            for (partition, message_id), state in sorted(self.states.items())
            if state != "void" and (partition, message_id) not in held
        ]


def ledger_view(store: Store) -> LedgerView:
    claims: dict[Claim, str] = {}
    states: dict[tuple[str, str], str] = {}
    posted: dict[str, datetime] = {}
    open_entries: dict[str, str] = {}
    complete: dict[str, datetime] = {}
    notices = 0
    for row in store.rows(TABLE):
        partition, key = str(row["PartitionKey"]), str(row["RowKey"])
        if partition == "message":
            open_entries |= {key: str(row["on"])} if row["open"] else {}
        elif partition == "run":
            complete |= {key: datetime.fromisoformat(row["at"])} if row["complete"] else {}
        elif partition == "notice":
            notices += 1
        elif key.startswith("m|"):
            states[partition, key[2:]] = str(row["state"])
            if row.get("postedAt"):
                posted[key[2:]] = datetime.fromisoformat(row["postedAt"])
        elif key.startswith(("r|", "n|")) and partition not in OTHERS:
            claims[partition, key] = str(row["message"])
    return LedgerView(
        claims=claims,
        states=states,
        posted=posted,
        open_entries=open_entries,
        owed_notices=notices,
        complete_days=complete,
    )


OTHERS = frozenset({"address", "managed", "retained"})
