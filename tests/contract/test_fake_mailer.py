"""The fake mailer keeps the promises; and its switches work."""

from collections.abc import Sequence

import pytest

from shared.domain.ids import MessageId
from shared.ports.ledger import Posting
from tests.contract.mailer_contract import MailerContract, Service
from tests.fakes.mailer import FakeMailer
from tests.support.builders import message


class InMemory(Service):
    def __init__(self) -> None:
        self.fake = FakeMailer()
        self.mailer = self.fake

    async def answer_next(self, posting: Posting) -> None:
        self.fake.answer_next(posting)

    async def attempts(self) -> int:
        return self.fake.posts

    async def accepted(self) -> Sequence[tuple[MessageId, str]]:
        return [(each.message_id, each.recipient.address) for each in self.fake.accepted]


@pytest.fixture
def service() -> InMemory:
    return InMemory()


class TestFakeMailer(MailerContract):
    async def test_it_keeps_the_messages_that_it_accepted(self, service: InMemory) -> None:
        await service.fake.post(message())
        assert service.fake.accepted == [message()]

    async def test_something_may_happen_just_before_a_post(self, service: InMemory) -> None:
        seen: list[int] = []
        service.fake.before_post(lambda: seen.append(len(service.fake.accepted)))
        await service.fake.post(message(1))
        await service.fake.post(message(2))
        assert seen == [0, 1]
