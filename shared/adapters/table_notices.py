"""Table `reminders`: the notices that are owed."""

from collections.abc import Sequence

from shared.adapters.table_notice_rows import NOTICE, NOTICE_COLUMNS, notice_of, notice_row
from shared.adapters.table_rows import partition_is, readable
from shared.adapters.tables import Tables
from shared.domain.messages import Notice
from shared.ports.system import Ids


class TableNotices:
    """The NoticeBook on Table Storage."""

    def __init__(self, tables: Tables, ids: Ids) -> None:
        self._table = tables.table("reminders")
        self._ids = ids

    async def owe(self, notice: Notice) -> None:
        await self._table.put(notice_row(notice, self._ids.new()))

    async def owed(self) -> Sequence[Notice]:
        pages = self._table.pages(partition_is(NOTICE), NOTICE_COLUMNS)
        rows = [row async for page in pages for row in page]
        return readable(rows, lambda row: notice_of(row.text("notice")))

    async def settle(self, notice: Notice) -> None:
        """See the port; a later notice of the same change, such as a second attempt's, stays."""
        row = await self._table.get(NOTICE, notice.claim)
        if row is not None and notice_of(row.text("notice")) == notice:
            await self._table.drop(row.partition, row.key, row.version)
