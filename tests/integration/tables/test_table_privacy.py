"""What reaches the log and the errors: no credential, no row, no address."""

import logging
import traceback
from typing import Final

import pytest

from local.azurite import ACCOUNT_KEY
from shared.adapters.table_rows import Row
from shared.adapters.tables import Tables
from shared.domain.errors import StoreUnavailable
from tests.integration.tables.scripted import WRITTEN, refusal, row, scripted

CONFIDENTIAL: Final = "jane.doe@example.org"
ROW = Row(partition="p", key="k", nonce="mine", columns={"address": CONFIDENTIAL})


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
async def test_the_log_shows_neither_signatures_nor_rows(
    caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level, "azure.core")
    async with scripted() as (service, table):
        service.will_answer(WRITTEN, row(address=CONFIDENTIAL))
        await table.put(ROW)
        await table.get("p", "k")
    assert "Request URL" in caplog.text
    for confidential in ("SharedKey", ACCOUNT_KEY, CONFIDENTIAL):
        assert confidential not in caplog.text


async def test_an_error_shows_neither_the_address_nor_what_the_service_quotes() -> None:
    async with scripted() as (service, table):
        service.will_answer(refusal(400, "InvalidInput", X_Quoted=CONFIDENTIAL))
        with pytest.raises(StoreUnavailable) as raised:
            await table.put(ROW)
    shown = "".join(traceback.format_exception(raised.value))
    assert str(raised.value) == "table storage: 400 InvalidInput"
    assert "azure.core.exceptions" not in shown
    assert CONFIDENTIAL not in shown
    assert "devstoreaccount1" not in shown


def test_a_connection_needs_an_address() -> None:
    with pytest.raises(ValueError, match="neither an endpoint nor a connection string"):
        Tables.connect(endpoint=None, connection_string=None, credential=None)


def test_a_token_is_not_sent_in_the_clear() -> None:
    class Credential:
        async def get_token(self) -> None: ...

    with pytest.raises(ValueError, match="only supported with HTTPS"):
        Tables.connect(
            endpoint="http://account.table.core.windows.net",
            connection_string=None,
            credential=Credential(),  # type: ignore[arg-type]  # nobody asks it for a token
        )
