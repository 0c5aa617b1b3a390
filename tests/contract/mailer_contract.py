"""What every mailer promises: one request a post, under the message's id, and a word for it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest

from shared.domain.ids import MessageId
from shared.ports.ledger import Mailer, Posting
from tests.support.builders import message


class Service(ABC):
    """The mail service behind a mailer, as the suite sees it."""

    mailer: Mailer

    @abstractmethod
    async def answer_next(self, posting: Posting) -> None:
        """Let the next post come to this."""

    @abstractmethod
    async def attempts(self) -> int:
        """Return how many requests have reached the service."""

    @abstractmethod
    async def accepted(self) -> Sequence[tuple[MessageId, str]]:
        """Return what was accepted, with the recipient's address, in order."""


class MailerContract:
    async def test_a_mail_is_accepted_under_its_id_by_one_request(self, service: Service) -> None:
        mail = message()
        assert await service.mailer.post(mail) is Posting.ACCEPTED
        assert await service.accepted() == [(mail.message_id, mail.recipient.address)]
        assert await service.attempts() == 1

    async def test_mails_are_accepted_one_by_one(self, service: Service) -> None:
        mails = [message(number) for number in range(3)]
        assert {await service.mailer.post(each) for each in mails} == {Posting.ACCEPTED}
        assert [found for found, _ in await service.accepted()] == [m.message_id for m in mails]
        assert await service.attempts() == 3

    @pytest.mark.parametrize("posting", [each for each in Posting if each is not Posting.ACCEPTED])
    async def test_whatever_goes_wrong_is_told_by_one_request_and_no_exception(
        self, service: Service, posting: Posting
    ) -> None:
        await service.answer_next(posting)
        assert await service.mailer.post(message()) is posting
        assert await service.accepted() == []
        assert await service.attempts() == 1

    @pytest.mark.parametrize("posting", [Posting.NOT_NOW, Posting.REFUSED_FOR_SENDER])
    async def test_what_was_surely_not_taken_may_be_posted_again_under_its_id(
        self, service: Service, posting: Posting
    ) -> None:
        await service.answer_next(posting)
        mail = message()
        assert await service.mailer.post(mail) is posting
        assert await service.mailer.post(mail) is Posting.ACCEPTED
        assert await service.accepted() == [(mail.message_id, mail.recipient.address)]

    async def test_one_post_that_went_wrong_does_not_touch_the_next(self, service: Service) -> None:
        await service.answer_next(Posting.UNKNOWN)
        await service.mailer.post(message(1))
        assert await service.mailer.post(message(2)) is Posting.ACCEPTED
