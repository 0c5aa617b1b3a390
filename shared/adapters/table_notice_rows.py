"""Notices as they are kept: frozen as JSON, beside the instant by which they are forgotten."""

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.adapters.table_rows import Row, instant, written
from shared.domain.ids import ClientId, KeyId
from shared.domain.messages import Change, Notice

NOTICE: Final = "notice"
"""The partition of what is owed."""

COMPACT: Mapping[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}
"""How JSON is written into a column."""

NOTICE_COLUMNS: Final = ("notice",)


def notice_row(notice: Notice, nonce: str) -> Row:
    return Row(
        partition=NOTICE,
        key=notice.claim,
        nonce=nonce,
        columns={"at": written(notice.at), "notice": frozen_notice(notice)},
    )


def frozen_notice(notice: Notice) -> str:
    frozen = {
        "change": notice.change,
        "clientId": notice.client_id,
        "application": notice.application,
        "organisation": notice.organisation,
        "keyId": notice.key_id,
        "secret": notice.secret,
        "hint": notice.hint,
        "endsAt": written(notice.ends_at),
        "by": notice.by,
        "at": written(notice.at),
    }
    return json.dumps(frozen, **COMPACT)


def notice_of(text: str) -> Notice:
    frozen = json.loads(text)
    return Notice(
        change=Change(frozen["change"]),
        client_id=ClientId(frozen["clientId"]),
        application=frozen["application"],
        organisation=frozen["organisation"],
        key_id=KeyId(frozen["keyId"]),
        secret=frozen["secret"],
        hint=frozen["hint"],
        ends_at=instant(frozen["endsAt"]),
        by=frozen["by"],
        at=instant(frozen["at"]),
    )
