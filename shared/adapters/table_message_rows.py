"""The rows of table `reminders` about mails: messages, their claims, and the index.

What a message says is frozen as JSON, in as many columns as it needs: a column holds 32 Ki UTF-16
units, which worst-case names exceed.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from shared.adapters.table_notice_rows import COMPACT, frozen_notice, notice_of
from shared.adapters.table_report_rows import frozen_report, report_of
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
from shared.ports.ledger import OpenMessage

MESSAGE: Final = "m|"
REMINDER_CLAIM: Final = "r|"
NOTICE_CLAIM: Final = "n|"
REPORT_CLAIM: Final = "o|"
AFTER_ALL: Final = "s"
"""A row key after those of messages and claims."""

INDEX: Final = "message"
"""The partition of the index."""

PART_LENGTH: Final = 16_000
"""Characters, each at most two UTF-16 units."""

PARTS: Final = ("lines", *(f"lines{number}" for number in range(2, 21)))

COLUMNS: Final = (
    "message",
    "state",
    "address",
    "organisation",
    "on",
    "claimedAt",
    "edition",
    "notice",
    "postedAt",
    "attempts",
    *PARTS,
)

INDEX_COLUMNS: Final = ("recipient", "claimedAt")

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def message_key(message_id: MessageId) -> str:
    return f"{MESSAGE}{message_id}"


def message_row(message: Message) -> Row:
    return Row(
        partition=message.recipient.partition,
        key=message_key(message.message_id),
        nonce=message.nonce,
        columns={
            "address": message.recipient.address,
            "organisation": message.organisation,
            "on": message.on.isoformat(),
            "claimedAt": written(message.claimed_at),
            "edition": message.edition,
            "notice": frozen_notice(message.notice) if message.notice else None,
            **_parts(message),
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
    """Return the message; rows of the first version lack `claimedAt` and `edition`."""
    on = date.fromisoformat(row.text("on"))
    notice = row.optional("notice")
    said = json.loads(_joined(row) or "[]")
    return Message(
        message_id=MessageId(row.key.removeprefix(MESSAGE)),
        recipient=Recipient(partition=Partition(row.partition), address=row.text("address")),
        organisation=row.text("organisation"),
        on=on,
        claimed_at=row.optional_instant("claimedAt") or datetime.combine(on, time(), UTC),
        edition=row.optional("edition") or "",
        lines=() if isinstance(said, dict) else tuple(_line(frozen) for frozen in said),
        notice=notice_of(notice) if notice else None,
        report=report_of(said) if isinstance(said, dict) else None,
        state=State(row.text("state")),
        nonce=row.nonce,
        posted_at=row.optional_instant("postedAt"),
        attempts=row.number("attempts"),
        version=row.version,
    )


def claim_keys(message: Message) -> list[str]:
    prefix = _claim_prefix(message)
    return [f"{prefix}{claim}" for claim in sorted(message.claims)]


def _claim_prefix(message: Message) -> str:
    if message.report is not None:
        return REPORT_CLAIM
    return REMINDER_CLAIM if message.notice is None else NOTICE_CLAIM


def claim_rows(message: Message) -> list[Row]:
    return [
        Row(
            partition=message.recipient.partition,
            key=key,
            nonce=message.nonce,
            columns={"message": message.message_id},
        )
        for key in claim_keys(message)
    ]


def claim_of(row: Row) -> Claim | None:
    """Return what a row claims, be it a reminder, a notice or a report; None for any other."""
    for prefix in (REMINDER_CLAIM, NOTICE_CLAIM, REPORT_CLAIM):
        if row.key.startswith(prefix):
            return Claim(row.key.removeprefix(prefix))
    return None


def index_row(message: Message, *, is_open: bool) -> Row:
    return Row(
        partition=INDEX,
        key=message.message_id,
        nonce=message.nonce,
        columns={
            "recipient": message.recipient.partition,
            "open": is_open,
            "on": message.on.isoformat(),
            "claimedAt": written(message.claimed_at),
        },
    )


def open_message_of(row: Row) -> OpenMessage:
    """Return an entry of the index; rows of the first version lack `claimedAt`."""
    return OpenMessage(
        message_id=MessageId(row.key),
        partition=Partition(row.text("recipient")),
        claimed_at=row.optional_instant("claimedAt") or _LONG_AGO,
        version=row.version,
    )


def _parts(message: Message) -> Mapping[str, Column]:
    """Return what the message says but for a notice: a list of lines, or the object of a report."""
    text = ""
    if message.lines:
        text = json.dumps([_frozen(line) for line in message.lines], **COMPACT)
    elif message.report is not None:
        text = json.dumps(frozen_report(message.report), **COMPACT)
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
        "addresses": line.addresses,
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
        addresses=tuple(frozen.get("addresses", ())),
    )
