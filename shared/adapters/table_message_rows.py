"""The rows of table `reminders`: messages, their claims, the index and the run record.

What a message says is frozen as JSON, in as many columns as it needs: a column holds 32 Ki UTF-16
units, which worst-case names exceed.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from shared.adapters.table_rows import Column, Row, instant, optionally_written, written
from shared.domain.ids import ClientId, MessageId
from shared.domain.messages import (
    Line,
    Message,
    Partition,
    Recipient,
    State,
    Successor,
    Unreachable,
)
from shared.domain.reminders import Claim, Stage

MESSAGE: Final = "m|"
CLAIM: Final = "r|"
INDEX: Final = "message"
RUN: Final = "run"

PART_LENGTH: Final = 16_000
"""Characters, each at most two UTF-16 units."""

PARTS: Final = ("lines", "lines2", "lines3", "lines4")

COLUMNS: Final = (
    "message",
    "state",
    "address",
    "organisation",
    "on",
    "postedAt",
    "attempts",
    *PARTS,
)


def message_row(message: Message) -> Row:
    return Row(
        partition=message.recipient.partition,
        key=f"{MESSAGE}{message.message_id}",
        nonce=message.nonce,
        columns={
            "address": message.recipient.address,
            "organisation": message.organisation,
            "on": message.on.isoformat(),
            **_parts(json.dumps([_frozen(line) for line in message.lines], **_COMPACT)),
            **state_columns(message),
        },
    )


def state_columns(message: Message) -> Mapping[str, Column]:
    """Return what changes in the life of a message."""
    return {
        "state": message.state,
        "postedAt": optionally_written(message.posted_at),
        "attempts": message.attempts,
    }


def message_of(row: Row) -> Message:
    return Message(
        message_id=MessageId(row.key.removeprefix(MESSAGE)),
        recipient=Recipient(partition=Partition(row.partition), address=row.text("address")),
        organisation=row.text("organisation"),
        on=date.fromisoformat(row.text("on")),
        lines=tuple(_line(frozen) for frozen in json.loads(_joined(row))),
        state=State(row.text("state")),
        nonce=row.nonce,
        posted_at=row.optional_instant("postedAt"),
        attempts=row.number("attempts"),
        version=row.version,
    )


def claim_row(message: Message, claim: Claim) -> Row:
    return Row(
        partition=message.recipient.partition,
        key=f"{CLAIM}{claim}",
        nonce=message.nonce,
        columns={"message": message.message_id},
    )


def index_row(message: Message, *, is_open: bool) -> Row:
    return Row(
        partition=INDEX,
        key=message.message_id,
        nonce=message.nonce,
        columns={"recipient": message.recipient.partition, "open": is_open},
    )


_COMPACT: Mapping[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}


def _parts(text: str) -> Mapping[str, Column]:
    if len(text) > PART_LENGTH * len(PARTS):
        raise ValueError("a message longer than any that the domain allows")
    starts = range(0, len(text), PART_LENGTH)
    return {
        name: text[start : start + PART_LENGTH] for name, start in zip(PARTS, starts, strict=False)
    }


def _joined(row: Row) -> str:
    return "".join(row.optional(name) or "" for name in PARTS)


def _frozen(line: Line) -> Mapping[str, object]:
    successor = line.successor
    return {
        "claim": line.claim,
        "clientId": line.client_id,
        "application": line.application,
        "secret": line.secret,
        "hint": line.hint,
        "endsAt": written(line.ends_at),
        "stage": line.stage,
        "successor": {"secret": successor.secret, "hint": successor.hint} if successor else None,
        "unreachable": line.unreachable,
    }


def _line(frozen: Mapping[str, Any]) -> Line:
    successor, unreachable = frozen["successor"], frozen["unreachable"]
    return Line(
        claim=Claim(frozen["claim"]),
        client_id=ClientId(frozen["clientId"]),
        application=frozen["application"],
        secret=frozen["secret"],
        hint=frozen["hint"],
        ends_at=instant(frozen["endsAt"]),
        stage=Stage(frozen["stage"]),
        successor=Successor(**successor) if successor else None,
        unreachable=Unreachable(unreachable) if unreachable else None,
    )
