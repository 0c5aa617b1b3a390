"""What every NoticeBook promises: a notice is owed until it is settled."""

import asyncio

from shared.domain.messages import Change
from shared.ports.ledger import NoticeBook
from tests.contract.ledger_scene import LATER, OnBooks
from tests.support.builders import notice


class NoticesContract(OnBooks):
    async def test_nothing_is_owed_at_first(self, notices: NoticeBook) -> None:
        assert list(await notices.owed()) == []

    async def test_what_is_owed_is_kept_as_it_is(self, notices: NoticeBook) -> None:
        created = notice(1, application='😀 "W" <b>', at=LATER)
        bare = notice(2, change=Change.DELETED, secret=None, hint=None, by=None)
        await notices.owe(created)
        await notices.owe(bare)
        assert set(await notices.owed()) == {created, bare}

    async def test_creation_and_deletion_of_one_secret_are_owed_apart(
        self, notices: NoticeBook
    ) -> None:
        both = {notice(1), notice(1, change=Change.DELETED)}
        await asyncio.gather(*(notices.owe(each) for each in both))
        assert set(await notices.owed()) == both

    async def test_what_is_owed_twice_is_owed_once(self, notices: NoticeBook) -> None:
        await notices.owe(notice())
        await notices.owe(notice())
        assert list(await notices.owed()) == [notice()]

    async def test_the_last_attempt_at_a_change_is_the_one_that_is_told(
        self, notices: NoticeBook
    ) -> None:
        await notices.owe(notice(by="Jane Doe"))
        await notices.owe(notice(by="John", at=LATER))
        assert list(await notices.owed()) == [notice(by="John", at=LATER)]

    async def test_what_is_settled_is_owed_no_more(self, notices: NoticeBook) -> None:
        await notices.owe(notice(1))
        await notices.owe(notice(2))
        await notices.settle(notice(1))
        assert list(await notices.owed()) == [notice(2)]

    async def test_a_notice_may_be_settled_twice(self, notices: NoticeBook) -> None:
        await notices.owe(notice())
        await notices.settle(notice())
        await notices.settle(notice())
        assert list(await notices.owed()) == []

    async def test_settling_an_earlier_attempt_leaves_the_later_one(
        self, notices: NoticeBook
    ) -> None:
        await notices.owe(notice())
        await notices.owe(notice(at=LATER))
        await notices.settle(notice())
        assert list(await notices.owed()) == [notice(at=LATER)]
