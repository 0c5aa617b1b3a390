"""What every mailer promises: one request a post and a question, and a word for what it came to."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest

from shared.domain.ids import MessageId
from shared.domain.messages import Message
from shared.ports.mail import Mailer, Posted, Posting, Status
from tests.support.builders import message, notice

ACCEPTED = Posted(posting=Posting.ACCEPTED)
NOT_TAKEN = [each for each in Posting if each not in {Posting.ACCEPTED, Posting.UNWRITTEN}]


class Service(ABC):
    """The mail service behind a mailer, as the suite sees it."""

    mailer: Mailer

    @abstractmethod
    async def answer_next(self, posting: Posting, retry_after: int | None = None) -> None:
        """Let the next post come to this; `retry_after` for NOT_NOW and UNKNOWN alone."""

    @abstractmethod
    async def let_know(self, mail: Message, status: Status) -> None:
        """Let the service have got a mail, and know this of it from now on."""

    @abstractmethod
    async def unwritable(self) -> Message:
        """Return a message that the mailer cannot put into words."""

    @abstractmethod
    async def attempts(self) -> int:
        """Return how many posts have reached the service."""

    @abstractmethod
    async def questions(self) -> int:
        """Return how many questions have reached the service."""

    @abstractmethod
    async def accepted(self) -> Sequence[tuple[MessageId, str]]:
        """Return what was accepted, with the recipient's address, in order."""


class MailerContract:
    async def test_a_mail_is_accepted_under_its_id_by_one_request(self, service: Service) -> None:
        mail = message()
        assert await service.mailer.post(mail) == ACCEPTED
        assert await service.accepted() == [(mail.message_id, mail.recipient.address)]
        assert await service.attempts() == 1

    async def test_a_notice_is_a_mail_like_any_other(self, service: Service) -> None:
        mail = message(notice=notice())
        assert await service.mailer.post(mail) == ACCEPTED
        assert await service.accepted() == [(mail.message_id, mail.recipient.address)]

    async def test_mails_are_accepted_one_by_one(self, service: Service) -> None:
        mails = [message(number) for number in range(3)]
        assert {await service.mailer.post(each) for each in mails} == {ACCEPTED}
        assert [found for found, _ in await service.accepted()] == [m.message_id for m in mails]
        assert await service.attempts() == 3

    @pytest.mark.parametrize("posting", NOT_TAKEN)
    async def test_whatever_goes_wrong_is_told_by_one_request_and_no_exception(
        self, service: Service, posting: Posting
    ) -> None:
        await service.answer_next(posting)
        assert await service.mailer.post(message()) == Posted(posting=posting)
        assert await service.accepted() == []
        assert await service.attempts() == 1

    @pytest.mark.parametrize("posting", [Posting.NOT_NOW, Posting.UNKNOWN])
    async def test_the_patience_that_the_service_asks_for_is_told(
        self, service: Service, posting: Posting
    ) -> None:
        await service.answer_next(posting, retry_after=7)
        assert await service.mailer.post(message()) == Posted(posting=posting, retry_after=7)

    @pytest.mark.parametrize("posting", [Posting.NOT_NOW, Posting.REFUSED_FOR_SENDER])
    async def test_what_was_surely_not_taken_may_be_posted_again_under_its_id(
        self, service: Service, posting: Posting
    ) -> None:
        await service.answer_next(posting)
        mail = message()
        assert (await service.mailer.post(mail)).posting is posting
        assert await service.mailer.post(mail) == ACCEPTED
        assert await service.accepted() == [(mail.message_id, mail.recipient.address)]

    async def test_one_post_that_went_wrong_does_not_touch_the_next(self, service: Service) -> None:
        await service.answer_next(Posting.UNKNOWN)
        await service.mailer.post(message(1))
        assert await service.mailer.post(message(2)) == ACCEPTED

    async def test_what_was_accepted_is_known_and_nothing_else(self, service: Service) -> None:
        await service.mailer.post(message(1))
        assert await service.mailer.status(message(1).message_id) is Status.TAKEN
        assert await service.mailer.status(message(2).message_id) is Status.DENIED
        assert await service.questions() == 2

    @pytest.mark.parametrize("posting", NOT_TAKEN)
    async def test_what_was_not_taken_is_denied(self, service: Service, posting: Posting) -> None:
        await service.answer_next(posting)
        await service.mailer.post(message())
        assert await service.mailer.status(message().message_id) is Status.DENIED

    @pytest.mark.parametrize("status", Status)
    async def test_whatever_the_service_knows_is_told_by_one_request_and_no_exception(
        self, service: Service, status: Status
    ) -> None:
        await service.let_know(message(), status)
        assert await service.mailer.status(message().message_id) is status
        assert await service.questions() == 1

    async def test_what_cannot_be_put_into_words_is_told_without_a_request(
        self, service: Service
    ) -> None:
        mail = await service.unwritable()
        assert await service.mailer.post(mail) == Posted(posting=Posting.UNWRITTEN)
        assert await service.attempts() == 0
        assert await service.mailer.status(mail.message_id) is Status.DENIED

    async def test_a_question_posts_nothing(self, service: Service) -> None:
        await service.mailer.status(message().message_id)
        assert await service.accepted() == []
        assert await service.attempts() == 0

    async def test_the_edition_is_one_word_and_no_post_changes_it(self, service: Service) -> None:
        before = service.mailer.edition
        await service.mailer.post(message())
        assert service.mailer.edition == before
        assert before.isalnum()
