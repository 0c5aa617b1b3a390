"""Addresses that are left alone, and notices that are owed, in memory."""

from datetime import datetime

from shared.domain.delivery import AddressDigest, Suppression, suppressed
from shared.domain.messages import Notice
from shared.domain.reminders import Claim
from tests.fakes.faults import Faulty

Owed = dict[Claim, Notice]


class FakeSuppressions(Faulty):
    """The Suppressions in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.suppressions: dict[AddressDigest, Suppression] = {}

    async def suppressed(self, now: datetime) -> frozenset[AddressDigest]:
        async with self.called("suppressed"):
            return frozenset(
                address for address, each in self.suppressions.items() if now < each.until
            )

    async def suppress(self, address: AddressDigest, bounced_at: datetime) -> Suppression:
        async with self.called("suppress"):
            known = self.suppressions.get(address)
            self.suppressions[address] = suppressed(known, bounced_at)
            return self.suppressions[address]


class FakeNotices(Faulty):
    """The NoticeBook in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: Owed = {}

    async def owe(self, notice: Notice) -> None:
        async with self.called("owe"):
            self.notices[notice.claim] = notice

    async def owed(self) -> list[Notice]:
        async with self.called("owed"):
            return list(self.notices.values())

    async def settle(self, notice: Notice) -> None:
        async with self.called("settle"):
            if self.notices.get(notice.claim) == notice:
                del self.notices[notice.claim]
