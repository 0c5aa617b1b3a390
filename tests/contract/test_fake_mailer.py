"""The fake mailer keeps the promises; and its switches work."""

from collections.abc import Sequence

import pytest

from shared.domain.ids import MessageId
from shared.domain.messages import Message
from shared.ports.mail import Posted, Posting, Status
from tests.contract.mailer_contract import MailerContract, Service
from tests.fakes.mailer import FakeMailer
from tests.support.builders import message


class InMemory(Service):
    def __init__(self) -> None:
        self.fake = FakeMailer()
        self.mailer = self.fake

    async def answer_next(self, posting: Posting, retry_after: int | None = None) -> None:
        self.fake.answer_next(posting, retry_after)

    async def let_know(self, mail: Message, status: Status) -> None:
        self.fake.knows(mail.message_id, status)

    async def unwritable(self) -> Message:
        self.fake.answer_next(Posting.UNWRITTEN)
        return message()

    async def attempts(self) -> int:
        return self.fake.posts

    async def questions(self) -> int:
        return self.fake.questions

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

    async def test_an_answer_may_be_lost_and_the_mail_taken(self, service: InMemory) -> None:
        service.fake.answer_next(Posting.UNKNOWN, is_taken=True)
        assert await service.fake.post(message()) == Posted(posting=Posting.UNKNOWN)
        assert await service.fake.status(message().message_id) is Status.TAKEN
        assert service.fake.accepted == [message()]
